import { EnvironmentFacts } from './environment-facts';
import { Callee, knownByAddress } from './party';

/**
 * External hosts that a proxy cannot tell apart: a TCP port without addresses catches all traffic to that port number.
 * With DNS capture every host has an address of its own.
 */
export function externalPortProblems({ dnsCapture }: EnvironmentFacts, callees: readonly Callee[]): readonly string[] {
  if (dnsCapture) return [];
  const externals = callees.filter((callee) => callee.external && !knownByAddress(callee));
  return externals.flatMap((callee) => callee.ports.filter(({ protocol }) => protocol === 'tcp').flatMap(({ number }) => {
    const others = externals.filter((other) => other !== callee && other.ports.some((port) => port.number === number));
    return others.map((other) => `[${callee.path}] a TCP port of an external host needs cidrs where others use its number, ` +
      `got ${number} as ${other.path} has; give cidrs, or switch on dnsCapture in the mesh and in the environment`);
  }));
}
