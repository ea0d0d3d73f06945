import { Construct } from 'constructs';
import { Calls } from '../graph/calls';
import { Edge, portsOf } from '../graph/edge';
import { Operation } from '../graph/operation';
import { Callee, Service, hasSeveralPorts, portOf } from '../graph/party';
import { AuthorizationPolicy, AuthorizationPolicyProps } from '../../imports/security.istio.io';
import { Exception, allowedBy, annotateExceptions } from '../manifest/exception';
import { Manifest } from '../manifest/manifest';
import { principal } from '../graph/principal';

type Rule = NonNullable<NonNullable<AuthorizationPolicyProps['spec']>['rules']>[number];
type To = NonNullable<Rule['to']>[number];

/** Lets exactly the declared callers do exactly the declared operations; without callers, nobody anything. */
export function authorizationPolicy(
  scope: Construct, graph: Calls, service: Service, exceptions: readonly Exception[] = [],
): Manifest<AuthorizationPolicyProps> {
  const annotations = dryRun(service.enforcement?.authorization === 'dry-run');
  const policy = new Manifest(scope, 'AuthorizationPolicy', AuthorizationPolicy, { name: service.name, annotations }, () => {
    const declared = [...byCaller(graph.to(service))].map(([caller, edges]) => ruleOf(caller, edges));
    const rules = [...declared, ...exceptedRules(service, exceptions)];
    return { spec: { rules: rules.length > 0 ? rules : undefined, selector: { matchLabels: { ...service.podLabels } } } };
  });
  annotateExceptions(policy, exceptions, 'request');
  return policy;
}

/** What makes an AuthorizationPolicy count what it would refuse, and refuse nothing. Source: Istio, task "Dry Run". */
export function dryRun(isDry: boolean): Record<string, string> | undefined {
  return isDry ? { 'istio.io/dry-run': 'true' } : undefined;
}

function exceptedRules({ environment }: Service, exceptions: readonly Exception[]): Rule[] {
  return allowedBy(exceptions, 'request').map(({ from, methods, paths, ports }) => ({
    from: from && [{ source: { principals: [principal({ environment, ...from })] } }],
    to: [{ operation: { methods: methods && [...methods], paths: [...paths], ports: ports?.map(String) } }],
  }));
}

/** Edges by the identity they come from, which several gateways share. */
function byCaller(edges: readonly Edge[]): ReadonlyMap<string, readonly Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const edge of edges) {
    const identity = principal(edge.caller);
    const group = groups.get(identity);
    if (group) group.push(edge);
    else groups.set(identity, [edge]);
  }
  return groups;
}

function ruleOf(identity: string, edges: readonly Edge[]): Rule {
  const ports = edges.filter(({ operations }) => operations.length === 0).flatMap(portsOf).map((port) => String(port.targetPort));
  const byPort = ports.length > 0 ? [{ operation: { ports: [...new Set(ports)].sort() } }] : [];
  return { from: [{ source: { principals: [identity] } }], to: [...operationsOf(edges), ...byPort] };
}

/** Operations of calls to one callee, those with the same methods at the same port together. */
function operationsOf(edges: readonly Edge[]): To[] {
  const groups = new Map<string, { readonly callee: Callee; readonly operations: Set<Operation> }>();
  for (const { callee, operations } of edges) {
    for (const operation of operations.map((name) => callee.operations[name])) {
      const key = `${operation.methods.join()} ${portOf(callee, operation).targetPort}`;
      const group = groups.get(key) ?? { callee, operations: new Set() };
      groups.set(key, group);
      group.operations.add(operation);
    }
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => toOf(group.callee, [...group.operations]));
}

function toOf(callee: Callee, operations: readonly Operation[]): To {
  return {
    operation: {
      methods: [...operations[0].methods],
      paths: [...new Set(operations.flatMap(({ path }) => path.policyPaths()))].sort(),
      ports: hasSeveralPorts(callee) ? [String(portOf(callee, operations[0]).targetPort)] : undefined,
    },
  };
}
