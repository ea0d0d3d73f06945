import { ApiObject, ApiObjectMetadata, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { notePlace } from '../graph/trace';
import { applyPatch, applyPatches } from './apply-patches';
import { plainJson } from './plain-json';
import { inWave } from './sync-wave';
import { Kind, TypedKind } from './typed-kind';

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
    return applyPatches(this.node.path, this.unpatched(), this.added.map(({ patch }) => patch));
  }

  /** What each patch finds and leaves, in their order; its place is that where it was added. @internal */
  public patchEffects(): readonly { readonly patch: object; readonly was: unknown; readonly is: unknown }[] {
    let json = this.unpatched();
    return this.added.map((added) => {
      const was = structuredClone(json);
      json = applyPatch(this.node.path, json, added.patch);
      return { patch: added, was, is: structuredClone(json) };
    });
  }

  private unpatched(): unknown {
    const { objectKind: kind } = this;
    const content = this.content() as Props;
    const typed = kind instanceof TypedKind ? plainJson(this, { ...Object(content), ...kind.GVK }, kind.type) : undefined;
    if (typed !== undefined) return typed;
    const props = { ...Object(kind.manifest(content)), ...kind.GVK }; // the class turns typed values into JSON
    const plain = plainJson(this, props);
    if (plain !== undefined) return plain;
    Object.assign(this.late, props); // cdk8s reads its props only now, so they can still grow
    return super.toJson();
  }
}
