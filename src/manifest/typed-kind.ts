import { GroupVersionKind } from 'cdk8s';

/** A kind of object: every L1 class of cdk8s-plus and every class that `cdk8s import` makes. */
export interface Kind<Props> {
  readonly GVK: GroupVersionKind;
  manifest(props: Props): unknown;
}

/**
 * A kind of such a class that is known without it: what the class does to props is to call some fields as JSON does, and to take the value out of an
 * `IntOrString` or a `Quantity`. Loading the classes takes as long as all the rest of a shop, so that is left to objects which only cdk8s can render.
 */
export class TypedKind<Props> implements Kind<Props> {
  /**
   * @param type of the props in `imports/json-names.ts`, for example `k8s/KubeServiceProps`
   * @param load gives the class
   */
  constructor(public readonly GVK: GroupVersionKind, public readonly type: string, public readonly load: () => Kind<Props>) {}

  /** What the class makes of props, with this version of the kind. */
  public manifest(props: Props): object {
    return { ...Object(this.load().manifest(props)), ...this.GVK };
  }
}

/** A number or a text, or an amount: what `k8s.IntOrString` and `k8s.Quantity` are, without loading them. */
export class Scalar {
  constructor(public readonly value: string | number) {}
}
