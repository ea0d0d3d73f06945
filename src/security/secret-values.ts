import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';

/** Secrets among constructs that carry their values: YAML is committed and read by many. */
export function secretValueProblems(constructs: readonly IConstruct[]): readonly string[] {
  const secrets = constructs.filter((each): each is ApiObject => ApiObject.isApiObject(each) && each.kind === 'Secret' && each.apiGroup === 'core');
  return secrets.flatMap((secret) => {
    const manifest: unknown = secret.toJson();
    const keys = ['data', 'stringData'].flatMap((field) => keysOf(manifest, field)).sort();
    if (keys.length === 0) return [];
    return [`[${secret.node.path}] a Secret must not carry values, got keys ${keys.join(', ')}; create it outside and refer to it by name`];
  });
}

function keysOf(manifest: unknown, field: string): readonly string[] {
  const value: unknown = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, field) : undefined;
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
