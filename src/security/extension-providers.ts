import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { textAt } from '../graph/json';

/** Policies below a construct that ask a provider which the mesh config does not define: proxies deny everything then. */
export function providerProblems(root: IConstruct, known: readonly string[]): readonly string[] {
  const policies = root.node.findAll().filter((each): each is ApiObject => ApiObject.isApiObject(each) && each.kind === 'AuthorizationPolicy');
  return policies.flatMap((policy) => {
    const name = textAt(policy.toJson(), 'spec.provider.name');
    if (name === undefined || known.includes(name)) return [];
    const others = known.length > 0 ? `known are ${[...known].sort().join(', ')}` : 'none is known';
    return [`[${policy.node.path}] provider must be defined, or everything is denied, got '${name}'; ${others}: ` +
      'make an OidcLogin, or name it in extensionProviders of the Environment'];
  });
}
