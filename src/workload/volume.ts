import { ApiObject, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Scalar } from '../manifest/typed-kind';
import { sizeText } from './quantity';

/** What stands at a path of a container, whose own file system is read-only. */
export class Volume {
  /** An empty folder that lives as long as the pod. @param sizeLimit @default - the node's disk */
  public static emptyDir(sizeLimit?: Size): Volume {
    return new Volume({ emptyDir: { sizeLimit: sizeLimit && new Scalar(sizeText(sizeLimit)) } });
  }

  /**
   * The keys of a ConfigMap of the same namespace, as files.
   * @param configMap the object itself, so that pods are replaced when it changes; or the name of one that is made elsewhere
   */
  public static configMap(configMap: string | ApiObject): Volume {
    if (typeof configMap === 'string') return new Volume({ configMap: { name: configMap } }, true);
    return new Volume({ configMap: { name: configMap.name } }, true, false, configMap);
  }

  /** The keys of a Secret of the same namespace, as files. */
  public static secret(secretName: string): Volume {
    return new Volume({ secret: { secretName } }, true);
  }

  /** Keys of several Secrets of the same namespace, by the name of the file that each is. */
  public static secretKeys(files: Readonly<Record<string, { readonly secretName: string; readonly key: string }>>): Volume {
    const sources = Object.entries(files).map(([path, { secretName, key }]) => ({ secret: { name: secretName, items: [{ key, path }] } }));
    return new Volume({ projected: { sources } }, true);
  }

  /**
   * A folder of the node, to be read. Its pod needs `hostPaths` of an `Exception.privileges`, or `writableHostPaths` where it writes.
   * @param options whether it is written too, and made where the node does not have it. @default - it is read alone
   */
  public static hostPath(path: string, options: { readonly writable?: boolean } = {}): Volume {
    return options.writable ? new Volume({ hostPath: { path, type: 'DirectoryOrCreate' } }) : new Volume({ hostPath: { path } }, true);
  }

  /**
   * A PersistentVolumeClaim of the same namespace.
   * @param options whether pods on several nodes can have it at once (`ReadWriteMany`). @default - only one node
   */
  public static persistentVolumeClaim(claimName: string, options: { readonly shared?: boolean } = {}): Volume {
    return new Volume({ persistentVolumeClaim: { claimName } }, undefined, !options.shared);
  }

  private constructor(
    private readonly source: Omit<k8s.Volume, 'name'>,
    private readonly readOnly?: boolean,
    /** Whether only pods of one node can have it at once. */
    public readonly oneNode: boolean = false,
    private readonly read?: ApiObject,
  ) {}

  /** Names of the objects of the same namespace that it has its content from. */
  public get objects(): readonly string[] {
    const { configMap, secret, persistentVolumeClaim, projected } = this.source;
    const names = [configMap?.name, secret?.secretName, persistentVolumeClaim?.claimName, ...(projected?.sources ?? []).map((each) => each.secret?.name)];
    return names.filter((name) => name !== undefined);
  }

  /** The folder of the node that it is, if it is one. */
  public get hostPath(): string | undefined {
    return this.source.hostPath?.path;
  }

  /** Whether the container can write what stands there. */
  public get writable(): boolean {
    return this.readOnly !== true;
  }

  /** Whether it is known what stands in it. */
  public get hasContent(): boolean {
    return this.read !== undefined;
  }

  /** What stands in it, where that is known: another text is another content. */
  public get content(): string | undefined {
    return this.read && configMapContent(this.read.toJson());
  }

  /** The volume as the pod has it. */
  public toKube(name: string): k8s.Volume {
    return { name, ...this.source };
  }

  /** The mount as the container has it. */
  public mount(name: string, mountPath: string): k8s.VolumeMount {
    return { name, mountPath, readOnly: this.readOnly };
  }
}

/** What a ConfigMap holds, as one text. */
export function configMapContent(object: unknown): string {
  const { data, binaryData } = Object(object);
  return JSON.stringify([data, binaryData]);
}
