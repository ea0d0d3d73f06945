import type { EnvFieldPaths, EnvValue } from 'cdk8s-plus-28';

/** A variable that has the value of a field of its pod, as `EnvValue.fromFieldRef` gives it, without loading cdk8s-plus. */
export function fieldEnvValue(fieldPath: `${EnvFieldPaths}`): EnvValue {
  return { valueFrom: { fieldRef: { fieldPath } } };
}
