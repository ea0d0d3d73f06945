import { Construct } from 'constructs';
import type {
  AuthorizationPolicyProps, AuthorizationPolicySpecAction, AuthorizationPolicySpecRulesTo,
} from '../../imports/security.istio.io';
import { Denial } from '../graph/denial';
import { Operation } from '../graph/operation';
import { Service, hasSeveralPorts, portOf } from '../graph/party';
import { ClaimCondition, claimProblem } from '../graph/token';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { conditionOf, dryRun } from './authorization-policy';

/** Options of `MeshedMicroservice.denies`: which requests are refused. All that is given must hold for one. */
export interface DenialOptions<Op extends string = string> {
  /** Operations that are asked for, any of these. @default - anything */
  readonly operations?: readonly [Op, ...Op[]];
  /** Requests beside the operations, or a part of one: `Operation.http('DELETE', '/api/admin/*')`. @default - none */
  readonly requests?: readonly [Operation, ...Operation[]];
  /** Namespaces that they come from, by the caller's identity. @default - any */
  readonly namespaces?: readonly [string, ...string[]];
  /** Namespaces that alone may ask. @default - any */
  readonly notNamespaces?: readonly [string, ...string[]];
  /** What their token says; a request without a token says nothing. @default - whatever */
  readonly claims?: readonly [ClaimCondition, ...ClaimCondition[]];
  /** Whether proxies count what they would refuse, and refuse nothing. @default false */
  readonly dryRun?: boolean;
}

/** Checks a denial by itself. @throws ConfigurationError on what cannot be, or would deny nothing */
export function checkedDenial(construct: Construct, service: Service, id: string, options: DenialOptions): Denial {
  const refuse = (problem: string): never => reject(construct, `denial '${id}': ${problem}`);
  checkName(construct, 'denial', id);
  const { operations = [], requests = [], namespaces, notNamespaces, claims = [] } = options;
  if (!service.ports.some((port) => port.carriesRequests) && (operations.length + requests.length + claims.length > 0)) {
    refuse(`the mesh sees no requests at a ${service.ports[0]?.protocol ?? 'missing'} port, got some to deny; deny namespaces alone`);
  }
  const known = Object.keys(service.operations);
  const unknown = operations.find((name) => !known.includes(name));
  if (unknown !== undefined) refuse(`unknown operation of ${service.name}, got '${unknown}'; it has ${known.sort().join(', ') || 'none'}`);
  const problem = [...requests.map((request) => request.problem()), ...claims.map(claimProblem)].find((each) => each !== undefined);
  if (problem !== undefined) refuse(problem);
  for (const name of [...namespaces ?? [], ...notNamespaces ?? []]) checkName(construct, `namespace of denial '${id}'`, name);
  const denied = [...operations.map((name) => service.operations[name]), ...requests];
  const isEmpty = denied.length === 0 && !namespaces && !notNamespaces && claims.length === 0;
  if (isEmpty) refuse('it must say what is denied, got nothing; name operations, namespaces or claims');
  return { path: construct.node.path, requests: denied.length > 0 ? denied : undefined, namespaces, notNamespaces, claims };
}

/** Refuses requests before any rule allows them. */
export function denialPolicy(
  scope: Construct, service: Service, id: string, { denial, dryRun: counts }: { readonly denial: Denial; readonly dryRun: boolean },
): Manifest<AuthorizationPolicyProps> {
  const { requests, namespaces, notNamespaces, claims } = denial;
  const annotations = dryRun(counts || service.enforcement?.authorization === 'dry-run');
  return new Manifest(scope, `Denial-${id}`, kinds.AuthorizationPolicy, { name: `${service.name}-${id}`, annotations }, () => ({
    spec: {
      action: enumerated<AuthorizationPolicySpecAction>('DENY'),
      rules: [{
        from: namespaces || notNamespaces ? [{ source: { namespaces: copy(namespaces), notNamespaces: copy(notNamespaces) } }] : undefined,
        to: requests ? requests.map((request) => requestOf(service, request)) : portsOf(service, claims),
        when: claims.length > 0 ? claims.map(conditionOf) : undefined,
      }],
      selector: { matchLabels: { ...service.podLabels } },
    },
  }));
}

function requestOf(service: Service, request: Operation): AuthorizationPolicySpecRulesTo {
  const ports = hasSeveralPorts(service) ? [String(portOf(service, request).targetPort)] : undefined;
  return { operation: { methods: [...request.methods], paths: [...request.path.policyPaths()], ports } };
}

/** At a port whose bytes are not read, Istio leaves out what it cannot see of a DENY rule, and denies all. */
function portsOf({ ports }: Service, claims: readonly ClaimCondition[]): AuthorizationPolicySpecRulesTo[] | undefined {
  const read = ports.filter((port) => port.carriesRequests);
  if (claims.length === 0 || read.length === ports.length) return undefined;
  return [{ operation: { ports: read.map(({ targetPort }) => String(targetPort)) } }];
}

function copy(names: readonly string[] | undefined): string[] | undefined {
  return names && [...names];
}
