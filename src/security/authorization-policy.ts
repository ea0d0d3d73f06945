import { Construct } from 'constructs';
import { Calls } from '../graph/calls';
import { Edge } from '../graph/edge';
import { Service } from '../graph/party';
import type { AuthorizationPolicyProps } from '../../imports/security.istio.io';
import { Exception, allowedBy, annotateExceptions } from '../manifest/exception';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { principal } from '../graph/principal';
import { ClaimCondition, claimKey } from '../graph/token';
import { allowedRequests } from './allowed-requests';

type Rule = NonNullable<NonNullable<AuthorizationPolicyProps['spec']>['rules']>[number];

/** Lets exactly the declared callers do exactly the declared operations; without callers, nobody anything. */
export function authorizationPolicy(
  scope: Construct, graph: Calls, service: Service, exceptions: readonly Exception[] = [],
): Manifest<AuthorizationPolicyProps> {
  const annotations = dryRun(service.enforcement?.authorization === 'dry-run');
  const policy = new Manifest(scope, 'AuthorizationPolicy', kinds.AuthorizationPolicy, { name: service.name, annotations }, () => {
    const declared = [...byCaller(graph.to(service))].flatMap(([caller, edges]) => rulesFor({ principals: [caller] }, edges));
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

/** Who a rule is for: identities, or whoever has none of some. */
type Source = { readonly principals: string[] } | { readonly notPrincipals: string[] };

/** One rule for what needs no token, and one for each token that is needed. */
export function rulesFor(source: Source, edges: readonly Edge[]): Rule[] {
  return allowedRequests(edges).map(({ token, to }) => ({
    from: [{ source: { ...source, requestPrincipals: token?.issuers.map((issuer) => `${issuer}/*`) } }],
    to,
    when: token && token.claims.length > 0 ? token.claims.map(conditionOf) : undefined,
  }));
}

/** A condition on a claim, as policies have it. */
export function conditionOf(condition: ClaimCondition): NonNullable<Rule['when']>[number] {
  return { key: claimKey(condition.claim), values: [...condition.values] };
}
