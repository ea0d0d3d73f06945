import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { annotateExceptions } from '../manifest/exception';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { EnvVars } from './container';
import { PodProps, exceptionsOfPods, podTemplate } from './pod';
import { selectedLabels } from './selected-labels';

/** A taint of nodes that pods bear. Source: Kubernetes, "Taints and Tolerations". */
export interface Toleration {
  /** Key of the taint. @default - any */
  readonly key?: string;
  /** Value of the taint. @default - any */
  readonly value?: string;
  /** What the taint does to others. @default - any */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** Properties of `ResourceLimitedDaemonSet`. */
export interface ResourceLimitedDaemonSetProps extends PodProps {
  /** Name of the DaemonSet: a DNS label, 1-63 characters. */
  readonly name: string;
  /** Labels that select its pods, and no other's. They can never change. */
  readonly selector: Readonly<Record<string, string>>;
  /** Further labels of the pods. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** ServiceAccount that the pods run as. @default 'default' */
  readonly serviceAccountName?: string;
  /** Taints of nodes that it runs on all the same. @default - none: nodes that take any pod */
  readonly tolerations?: readonly Toleration[];
  /** Variables that are known only when the app is synthesized; they stand before `env`. @default - none */
  readonly edgeEnv?: () => EnvVars;
  /** Variables that are known only when the app is synthesized; they stand after `env`. @default - none */
  readonly lastEnv?: () => EnvVars;
}

/** A pod on every node, with requests and limits on every container. */
export class ResourceLimitedDaemonSet extends Construct {
  /** The DaemonSet. */
  public readonly daemonSet: Manifest<k8s.KubeDaemonSetProps>;

  constructor(scope: Construct, id: string, props: ResourceLimitedDaemonSetProps) {
    super(scope, id);
    checkName(this, 'name', props.name);
    const spec = daemonSetSpec(this, props); // what is wrong with the pod is said where it is written
    this.daemonSet = new Manifest(this, 'Resource', kinds.DaemonSet, { name: props.name }, () => ({ spec }));
    annotateExceptions(this.daemonSet, props.exceptions ?? [], ...exceptionsOfPods);
  }
}

function daemonSetSpec(construct: Construct, props: ResourceLimitedDaemonSetProps): k8s.DaemonSetSpec {
  const { selector, labels, serviceAccountName = 'default', tolerations = [] } = props;
  const context = { labels: selectedLabels(construct, selector, labels), serviceAccountName, edgeEnv: props.edgeEnv, lastEnv: props.lastEnv };
  const template = podTemplate(construct, props, context);
  const keyless = tolerations.find(({ key, value }) => key === undefined && value !== undefined);
  if (keyless) reject(construct, `a toleration with a value needs a key, got '${keyless.value}' without; name the key of the taint`);
  const borne = tolerations.map((each) => ({ operator: each.value === undefined ? 'Exists' : 'Equal', ...each }));
  return {
    selector: { matchLabels: { ...selector } },
    template: { ...template, spec: template.spec && { ...template.spec, tolerations: borne.length > 0 ? borne : undefined } },
  };
}
