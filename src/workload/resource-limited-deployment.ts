import { Duration, JsonPatch } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Port } from '../graph/port';
import { annotateExceptions } from '../manifest/exception';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { Scalar } from '../manifest/typed-kind';
import { ScaleTarget, autoscalerSpec } from './autoscaling';
import { EnvVars } from './container';
import { PodContext, PodProps, defaultContainerName, exceptionsOfPods, podTemplate } from './pod';
import { Replicas, checkReplicas, minReplicas } from './replicas';
import { RolloutStrategy, rolloutHashLabel, rolloutKind, rolloutStrategy } from './rollout';
import { selectedLabels } from './selected-labels';

/** Properties of `ResourceLimitedDeployment`. */
export interface ResourceLimitedDeploymentProps extends PodProps {
  /** Name of the Deployment: a DNS label, 1-63 characters. */
  readonly name: string;
  /** Labels that select its pods, and no other's. They can never change. */
  readonly selector: Readonly<Record<string, string>>;
  /** Further labels of the pods. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** ServiceAccount that the pods run as. @default 'default' */
  readonly serviceAccountName?: string;
  /** Ports of the container. @default - none */
  readonly ports?: readonly Port[];
  /** How many pods run. @default 1 */
  readonly replicas?: Replicas;
  /** Variables that are known only when the app is synthesized; they stand before `env`. @default - none */
  readonly edgeEnv?: () => EnvVars;
  /** Variables that are known only when the app is synthesized; they stand after `env`. @default - none */
  readonly lastEnv?: () => EnvVars;
  /** How an Argo Rollout, in place of the Deployment, replaces one version by the next. @default - a Deployment runs the pods */
  readonly rollout?: RolloutStrategy;
  /** Which of the two follows the load, while a Deployment runs beside the Rollout. @default - what runs the pods */
  readonly scaled?: 'Deployment' | 'Rollout';
}

/** Time that a pod goes on serving after it was told to stop, until all who call it know. */
const drain = Duration.seconds(5);

/** The types are of Kubernetes 1.28; `sleep` is a hook from 1.30 on, and needs no shell in the image. */
const drainFirst = JsonPatch.add('/spec/template/spec/containers/0/lifecycle', { preStop: { sleep: { seconds: drain.toSeconds() } } });

/**
 * One version of one workload, with requests and limits on every container: its Deployment, how it scales,
 * and a PodDisruptionBudget where at least two pods are guaranteed (with one it would block every node drain).
 */
export class ResourceLimitedDeployment extends Construct {
  /** The Deployment, or the Argo Rollout in its place. */
  public readonly deployment: Manifest<k8s.KubeDeploymentProps>;
  /** The HorizontalPodAutoscaler, where replicas follow the load. */
  public readonly autoscaler?: Manifest<k8s.KubeHorizontalPodAutoscalerProps>;
  /** The PodDisruptionBudget, where two pods or more are guaranteed. */
  public readonly disruptionBudget?: Manifest<k8s.KubePodDisruptionBudgetProps>;

  constructor(scope: Construct, id: string, props: ResourceLimitedDeploymentProps) {
    super(scope, id);
    const { name, replicas = 1 } = props;
    checkName(this, 'name', name);
    checkReplicas(this, replicas);

    this.deployment = podsManifest(this, 'Resource', props);
    if (typeof replicas !== 'number') {
      this.autoscaler = new Manifest(this, 'HorizontalPodAutoscaler', kinds.HorizontalPodAutoscaler, { name }, () => ({
        spec: autoscalerSpec(scaleTarget(props), replicas),
      }));
    }
    if (minReplicas(replicas) > 1) {
      this.disruptionBudget = new Manifest(this, 'PodDisruptionBudget', kinds.PodDisruptionBudget, { name }, () => ({
        spec: {
          minAvailable: new Scalar(1),
          selector: { matchLabels: { ...props.selector } },
          unhealthyPodEvictionPolicy: 'AlwaysAllow', // a pod that never became ready must not block a drain
        },
      }));
    }
  }
}

/** What keeps the pods running: a Deployment, or the Argo Rollout in its place. */
export function podsManifest(scope: Construct, id: string, props: ResourceLimitedDeploymentProps): Manifest<k8s.KubeDeploymentProps> {
  const { name, rollout, exceptions = [], ports } = props;
  const spec = deploymentSpec(scope, props); // what is wrong with the pod is said where it is written
  const manifest = new Manifest(scope, id, rollout ? rolloutKind : kinds.Deployment, { name }, () => ({ spec }));
  annotateExceptions(manifest, exceptions, ...exceptionsOfPods);
  if (ports?.length) manifest.addJsonPatch(drainFirst);
  return manifest;
}

function contextOf(construct: Construct, props: ResourceLimitedDeploymentProps): PodContext {
  return {
    labels: selectedLabels(construct, props.selector, props.labels),
    serviceAccountName: props.serviceAccountName ?? 'default',
    ports: props.ports,
    drain: props.ports?.length ? drain : undefined,
    edgeEnv: props.edgeEnv,
    lastEnv: props.lastEnv,
  };
}

function deploymentSpec(construct: Construct, props: ResourceLimitedDeploymentProps): k8s.DeploymentSpec {
  const { replicas = 1, selector, rollout } = props;
  const hashLabel = rollout ? rolloutHashLabel : 'pod-template-hash';
  const template = podTemplate(construct, props, contextOf(construct, props));
  const spread = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((key) => spreadOver(key, selector, hashLabel));
  return {
    replicas: typeof replicas === 'number' ? replicas : undefined, // the autoscaler's to write, else every apply resets it
    selector: { matchLabels: { ...selector } },
    strategy: strategyOf(construct, props),
    template: {
      ...template,
      spec: template.spec && {
        ...template.spec,
        topologySpreadConstraints: minReplicas(replicas) > 1 ? spread : undefined,
      },
    },
  };
}

/** New pods come before old ones go, unless they wait for storage that only one node can have. */
function strategyOf(construct: Construct, { replicas = 1, volumes = {}, rollout }: ResourceLimitedDeploymentProps): k8s.DeploymentStrategy {
  const claimed = Object.keys(volumes).find((path) => volumes[path].oneNode);
  if (claimed !== undefined && rollout) {
    reject(construct, `two versions cannot share the claim at ${claimed}, got a rollout; say shared if it is ReadWriteMany`);
  }
  if (rollout) return rolloutStrategy(rollout);
  if (claimed === undefined) return { rollingUpdate: { maxUnavailable: new Scalar(0) } };
  if (replicas !== 1) reject(construct, `several pods cannot share the claim at ${claimed}, got more than 1 replica; say shared if it is ReadWriteMany`);
  return { type: 'Recreate' };
}

function spreadOver(topologyKey: string, selector: Readonly<Record<string, string>>, hashLabel: string): k8s.TopologySpreadConstraint {
  return {
    labelSelector: { matchLabels: { ...selector } },
    matchLabelKeys: [hashLabel], // old pods of a rollout must not count, or the new ones end up together
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
  };
}

function scaleTarget(props: ResourceLimitedDeploymentProps): ScaleTarget {
  const { name, rollout, containerName = defaultContainerName, scaled = rollout ? 'Rollout' : 'Deployment' } = props;
  return { apiVersion: scaled === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1', kind: scaled, name, container: containerName };
}
