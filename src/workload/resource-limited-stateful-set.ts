import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Port } from '../graph/port';
import { annotateExceptions } from '../manifest/exception';
import { keptByArgoCd } from '../manifest/kept';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { storeWave } from '../manifest/sync-wave';
import { Scalar } from '../manifest/typed-kind';
import { checkedVolumeName } from './container';
import { PodProps, exceptionsOfPods, podTemplate } from './pod';
import { sizeText } from './quantity';
import { selectedLabels } from './selected-labels';

/** A claim for storage that outlives the pod. */
export interface VolumeClaim {
  /** How much. */
  readonly size: Size;
  /** Name of the StorageClass. @default - the cluster's default */
  readonly storageClassName?: string;
}

/** Properties of `ResourceLimitedStatefulSet`. */
export interface ResourceLimitedStatefulSetProps extends PodProps {
  /** Name of the StatefulSet: a DNS label, 1-52 characters. */
  readonly name: string;
  /** Labels that select its pods, and no other's. They can never change. */
  readonly selector: Readonly<Record<string, string>>;
  /** Further labels of the pods. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Name of the Service that governs it. */
  readonly serviceName: string;
  /** ServiceAccount that the pods run as. @default 'default' */
  readonly serviceAccountName?: string;
  /** Ports of the container. @default - none */
  readonly ports?: readonly Port[];
  /** Storage by the path where it stands. It can only grow, by hand. @default - none */
  readonly claims?: Readonly<Record<string, VolumeClaim>>;
  /**
   * Command that runs in the main container beside the program at each start. The pod is not ready before it ends, and starts again where it fails.
   * @default - none
   */
  readonly postStart?: readonly string[];
  /** Command that runs in the main container before it is told to stop, within its grace. @default - none */
  readonly preStop?: readonly string[];
}

/** One pod that keeps its name and its storage, with requests and limits on every container. */
export class ResourceLimitedStatefulSet extends Construct {
  /** The StatefulSet. */
  public readonly statefulSet: Manifest<k8s.KubeStatefulSetProps>;

  constructor(scope: Construct, id: string, props: ResourceLimitedStatefulSetProps) {
    super(scope, id);
    const { name } = props;
    checkName(this, 'name', name);
    // Kubernetes adds eleven characters to it in a label of the pods
    if (name.length > 52) reject(this, `name of a StatefulSet must have at most 52 characters, got ${name.length} in '${name}'; shorten it`);
    for (const [path, { size }] of Object.entries(props.claims ?? {})) {
      if (props.volumes?.[path]) reject(this, `a claim and a volume stand at one path, got '${path}'; remove one`);
      if (size.toKibibytes() <= 0) reject(this, `claim at ${path} must have a size above 0, got ${sizeText(size)}`);
    }
    const spec = statefulSetSpec(this, props); // what is wrong with the pod is said where it is written
    const metadata = { name, annotations: { ...keptByArgoCd, ...storeWave } };
    this.statefulSet = new Manifest(this, 'Resource', kinds.StatefulSet, metadata, () => ({ spec }));
    annotateExceptions(this.statefulSet, props.exceptions ?? [], ...exceptionsOfPods);
  }
}

function statefulSetSpec(construct: Construct, props: ResourceLimitedStatefulSetProps): k8s.StatefulSetSpec {
  const claims = Object.entries(props.claims ?? {}).map(([path, claim]) => claimTemplate(construct, path, claim));
  return {
    selector: { matchLabels: { ...props.selector } },
    serviceName: props.serviceName,
    template: templateOf(construct, props),
    volumeClaimTemplates: claims.length > 0 ? claims : undefined,
  };
}

function templateOf(construct: Construct, props: ResourceLimitedStatefulSetProps): k8s.PodTemplateSpec {
  const { selector, labels, serviceAccountName = 'default', ports, claims = {} } = props;
  const template = podTemplate(construct, props, { labels: selectedLabels(construct, selector, labels), serviceAccountName, ports });
  const mounts = Object.keys(claims).map((path) => ({ name: checkedVolumeName(construct, path), mountPath: path }));
  if (!template.spec) return template;
  const [main, ...others] = template.spec.containers;
  const volumeMounts = [...main.volumeMounts ?? [], ...mounts];
  return {
    ...template,
    spec: {
      ...template.spec,
      containers: [{ ...main, lifecycle: lifecycleOf(props), volumeMounts: volumeMounts.length > 0 ? volumeMounts : undefined }, ...others],
    },
  };
}

function lifecycleOf({ postStart, preStop }: ResourceLimitedStatefulSetProps): k8s.Lifecycle | undefined {
  const handler = (command: readonly string[] | undefined) => command && { exec: { command: [...command] } };
  return postStart || preStop ? { postStart: handler(postStart), preStop: handler(preStop) } : undefined;
}

function claimTemplate(construct: Construct, path: string, { size, storageClassName }: VolumeClaim): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: { name: checkedVolumeName(construct, path) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: new Scalar(sizeText(size)) } },
      storageClassName,
    },
  };
}
