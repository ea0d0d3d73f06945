import { Calls } from './calls';
import { EnvironmentFacts } from './environment-facts';
import { Callee, knownByAddress } from './party';

/**
 * External hosts that a proxy cannot tell from others. A TCP port without addresses catches all traffic to its number, and so
 * do requests: in the cluster they too are told apart by the name that is asked for. With DNS capture every host has an
 * address of its own.
 */
export function externalPortProblems(graph: Calls, { dnsCapture }: EnvironmentFacts, callees: readonly Callee[]): readonly string[] {
  const externals = callees.filter(({ external }) => external !== undefined);
  const alike = externals.filter(knownByAddress).flatMap((callee, index, all) => all.slice(0, index)
    .filter((other) => sharedNumber(callee, other) !== undefined && callee.external?.cidrs.some((cidr) => other.external?.cidrs.includes(cidr)))
    .map((other) => `[${callee.path}] TCP hosts at one port need different cidrs, got those of ${other.path}; give each its own`));
  if (dnsCapture) return alike;
  const open = externals.filter((callee) => !knownByAddress(callee) && callee.ports.some(({ protocol }) => protocol === 'tcp'));
  return [...alike, ...open.flatMap((callee) => {
    const others = [...externals.filter((other) => !knownByAddress(other)), ...calledBeside(graph, callee)];
    return [...new Set(others)].filter((other) => other !== callee && sharedNumber(callee, other) !== undefined).map((other) =>
      `[${callee.path}] a TCP port of an external host needs cidrs where others use its number, ` +
      `got ${sharedNumber(callee, other)} as ${other.path} has; give cidrs, or switch on dnsCapture in the mesh and in the environment`);
  })];
}

/** Callees in the cluster that take requests, of those who call an external. */
function calledBeside(graph: Calls, callee: Callee): readonly Callee[] {
  const besides = graph.to(callee).flatMap(({ caller }) => graph.from(caller).map((edge) => edge.callee));
  return besides.filter(({ pods, ports }) => pods !== undefined && ports.some((port) => port.carriesRequests));
}

/** Number of a TCP port that the other uses too, for whatever catches all traffic to it. */
function sharedNumber(callee: Callee, other: Callee): number | undefined {
  const catching = other.ports.filter((port) => other.external !== undefined || port.carriesRequests);
  return callee.ports.find(({ protocol, number }) => protocol === 'tcp' && catching.some((port) => port.number === number))?.number;
}
