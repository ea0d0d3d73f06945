import { EnvironmentFacts } from '../graph/environment-facts';
import { at, listAt, textAt } from '../graph/json';
import { RenderedObject } from '../manifest/rendered-object';

/**
 * Whether a policy lets a request through, or checks it less, because its path is another one: `//admin` is no `/admin` to it, and may be one to the
 * application. Source: Istio, "Security Best Practices", path normalization.
 */
export function trustsOtherPaths(object: unknown): boolean {
  if (textAt(object, 'kind') !== 'AuthorizationPolicy') return false;
  const operations = listAt(object, 'spec.rules').flatMap((rule) => listAt(rule, 'to')).map((to) => at(to, 'operation'));
  const action = textAt(object, 'spec.action') ?? 'ALLOW';
  return operations.some((operation) => (action === 'ALLOW'
    ? listAt(operation, 'notPaths').length > 0
    : listAt(operation, 'paths').some((path) => path !== '/*')));
}

/** Policies that such a path passes, where the mesh does not merge slashes. */
export function pathProblems(policies: readonly RenderedObject[], { path, pathNormalization }: EnvironmentFacts): readonly string[] {
  if (pathNormalization !== 'BASE') return [];
  return policies.filter(({ manifest }) => trustsOtherPaths(manifest)).map(({ construct: { node, name } }) =>
    `[${node.path}] pathNormalization of ${path} must be MERGE_SLASHES, or DECODE_AND_MERGE_SLASHES for an application that decodes %2F, got BASE: ` +
    `a request for //x is none for /x to AuthorizationPolicy ${name}, and may be one to the application; set it in the mesh config, then in the Environment`);
}
