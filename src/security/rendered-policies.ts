import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';

/** An AuthorizationPolicy and what it will be. */
export interface RenderedPolicy {
  readonly policy: ApiObject;
  readonly object: unknown;
}

/** The AuthorizationPolicies among constructs, each rendered once for all that is asked of it. */
export function renderedPolicies(constructs: readonly IConstruct[]): readonly RenderedPolicy[] {
  const policies = constructs.filter((each): each is ApiObject => ApiObject.isApiObject(each) && each.kind === 'AuthorizationPolicy');
  return policies.map((policy) => ({ policy, object: policy.toJson() as unknown }));
}
