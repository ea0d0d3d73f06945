import { isDeepStrictEqual } from 'node:util';
import { ApiObject, ApiObjectMetadata, GroupVersionKind, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { invalid } from '../graph/configuration-error';
import { notePlace } from '../graph/trace';
import { inWave } from './sync-wave';

/** A kind of object: every L1 class of cdk8s-plus and every class that `cdk8s import` makes. */
export interface Kind<Props> {
  readonly GVK: GroupVersionKind;
  manifest(props: Props): unknown;
}

/**
 * One Kubernetes object whose content is a function, evaluated when the app is synthesized:
 * by then everything that calls or is called has been declared, in whatever order.
 *
 * JSON patches come last and may add fields that the kind's types do not know; one that changes nothing fails.
 */
export class Manifest<Props> extends ApiObject {
  private readonly late: Record<string, unknown>;
  private readonly added: { readonly patch: JsonPatch }[] = [];

  /**
   * @param kind for example `k8s.KubeDeployment` or `VirtualService`
   * @param content everything but `apiVersion`, `kind` and `metadata`
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly objectKind: Kind<Props>,
    metadata: ApiObjectMetadata,
    private readonly content: () => Omit<Props, 'metadata'>,
  ) {
    const late = { ...objectKind.GVK, metadata: inWave(objectKind.GVK.kind, metadata) };
    super(scope, id, late);
    this.late = late;
    notePlace(this);
  }

  /** Adds JSON patches (RFC 6902), applied in order to the finished object. */
  public override addJsonPatch(...patches: JsonPatch[]): void {
    for (const patch of patches) {
      const added = { patch };
      notePlace(added); // of the adding: one patch may be added to several objects
      this.added.push(added);
    }
  }

  /** Renders the object. @throws ConfigurationError where a patch has no effect */
  public override toJson(): unknown {
    const plain = this.unpatched();
    if (this.added.length === 0) return plain;
    return inOrder(this.added.reduce((json, { patch }) => this.patched(json, patch), plain), ['apiVersion', 'kind', 'metadata']);
  }

  /** What each patch finds and leaves, in their order; its place is that where it was added. @internal */
  public patchEffects(): readonly { readonly patch: object; readonly was: unknown; readonly is: unknown }[] {
    let json = this.unpatched();
    return this.added.map((added) => {
      const was = structuredClone(json);
      json = this.patched(json, added.patch);
      return { patch: added, was, is: structuredClone(json) };
    });
  }

  private unpatched(): unknown {
    // the kind's own conversion turns typed values into JSON; cdk8s reads its props only now, so they can still grow
    Object.assign(this.late, this.objectKind.manifest(this.content() as Props), this.objectKind.GVK);
    return super.toJson();
  }

  private patched(json: unknown, patch: JsonPatch): unknown {
    const before = structuredClone(json);
    const after = this.applied(json, patch);
    if (isDeepStrictEqual(before, structuredClone(after))) {
      invalid(this.node.path, `patch has no effect, got ${inWords(patch)}; remove it or correct its path`);
    }
    if (holdsNull(after)) invalid(this.node.path, `patch leaves a null, got ${inWords(patch)}; copy from what is there, or use remove`);
    return after;
  }

  private applied(json: unknown, patch: JsonPatch): unknown {
    try {
      return JsonPatch.apply(json, patch);
    } catch {
      return invalid(this.node.path, `patch cannot be applied, got ${inWords(patch)}; its parent must exist, and what it tests must hold`);
    }
  }
}

/** A patch without its value, which may be a secret. */
function inWords(patch: JsonPatch): string {
  return JSON.stringify(patch, (key, value: unknown) => (key === 'value' ? undefined : value));
}

function holdsNull(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  return typeof value === 'object' && Object.values(value).some(holdsNull);
}

/** Sorts keys as cdk8s does, since a patch puts its own last. */
function inOrder(value: unknown, first: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => inOrder(item));
  if (typeof value !== 'object' || value === null) return value;
  const keys = [...first, ...Object.keys(value).filter((key) => !first.includes(key)).sort()];
  const source: Record<string, unknown> = { ...value };
  return Object.fromEntries(keys.filter((key) => key in source).map((key) => [key, inOrder(source[key])]));
}
