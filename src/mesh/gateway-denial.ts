import { Construct } from 'constructs';
import type { AuthorizationPolicyProps, AuthorizationPolicySpecAction } from '../../imports/security.istio.io';
import { withAnyPort } from '../graph/host-name';
import { Caller } from '../graph/party';
import { PathPattern } from '../graph/path-pattern';
import { checkCidr } from '../manifest/cidr';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { dryRun } from '../security/authorization-policy';
import { GatewayHosts } from './gateway-hosts';

/** Options of `IngressGateway.denies`: address ranges of clients, as the gateway knows them. */
export interface GatewayDenialOptions extends GatewayHosts {
  /** Ranges that are refused, as in `203.0.113.0/24`. @default - none */
  readonly remoteIpBlocks?: readonly [string, ...string[]];
  /** Ranges that alone are let in. @default - any */
  readonly notRemoteIpBlocks?: readonly [string, ...string[]];
  /** Paths from outside that it is for (`/admin/*`). @default - all */
  readonly paths?: readonly [string, ...string[]];
  /** Whether the gateway counts what it would refuse, and refuses nothing. @default false */
  readonly dryRun?: boolean;
}

/**
 * Refuses clients by their address where they come in: only the gateway knows it. The policy stands with the gateway's pods, which other systems share,
 * so that it names hosts.
 */
export function gatewayDenial(
  scope: Construct, gateway: Caller, id: string, hosts: readonly string[], options: GatewayDenialOptions,
): Manifest<AuthorizationPolicyProps> {
  const { remoteIpBlocks, notRemoteIpBlocks, dryRun: counts = false } = options;
  const paths = options.paths?.map((path) => new PathPattern(path));
  checkName(scope, 'denial', id);
  checkDenial(scope, id, hosts, options, paths);
  const name = `${scope.node.id}-${id}`;
  return new Manifest(scope, `Denial-${id}`, kinds.AuthorizationPolicy, { name, namespace: gateway.namespace, annotations: dryRun(counts) }, () => ({
    spec: {
      action: enumerated<AuthorizationPolicySpecAction>('DENY'),
      rules: [{
        from: [{ source: { notRemoteIpBlocks: notRemoteIpBlocks && [...notRemoteIpBlocks], remoteIpBlocks: remoteIpBlocks && [...remoteIpBlocks] } }],
        to: [{ operation: { hosts: withAnyPort(hosts), paths: paths?.flatMap((path) => path.policyPaths()) } }],
      }],
      selector: { matchLabels: { ...gateway.podLabels } },
    },
  }));
}

function checkDenial(
  construct: Construct, id: string, hosts: readonly string[], { remoteIpBlocks, notRemoteIpBlocks }: GatewayDenialOptions, paths: readonly PathPattern[] = [],
): void {
  const refuse = (problem: string): never => reject(construct, `denial '${id}': ${problem}`);
  if (!remoteIpBlocks === !notRemoteIpBlocks) {
    refuse('it must give either remoteIpBlocks or notRemoteIpBlocks, got both or none; make two of one that has both');
  }
  const ranges = Object.entries({ remoteIpBlocks, notRemoteIpBlocks }).flatMap(([what, blocks = []]) => blocks.map((block) => [what, block] as const));
  for (const [what, block] of ranges) {
    if (checkCidr(construct, `${what} of denial '${id}'`, block) > 0) continue;
    refuse(`${what} must leave some clients on either side, got '${block}', which is everybody; narrow it, or remove the denial`);
  }
  const wild = hosts.find((host) => host.includes('*'));
  if (wild !== undefined) refuse(`hosts must be named, since gateways are shared, got '${wild}'; choose hosts without *`);
  const problem = paths.map((path) => path.problem()).find((each) => each !== undefined);
  if (problem !== undefined) refuse(problem);
}
