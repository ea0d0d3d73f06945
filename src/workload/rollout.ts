import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { kinds } from '../manifest/kinds';
import { TypedKind } from '../manifest/typed-kind';

/** A step of a release, as a Rollout has it. Source: argoproj.io/v1alpha1, CanaryStep. */
export type RolloutStep = { readonly setWeight: number } | { readonly pause: { readonly duration?: string } };

/** How an Argo Rollout replaces one version by the next. Source: argoproj.io/v1alpha1, CanaryStrategy, as much of it as is written. */
export interface RolloutStrategy {
  /** Templates of the analysis that runs meanwhile, and the step that it begins with. @default - none */
  readonly analysis?: { readonly startingStep: number; readonly templates: readonly { readonly templateName: string }[] };
  /** Service of the pods that a release brings. */
  readonly canaryService: string;
  /** Service of the pods before it. */
  readonly stableService: string;
  /** What the release goes through. */
  readonly steps: readonly RolloutStep[];
  /** VirtualServices that hold the weights: one, or several. */
  readonly trafficRouting: { readonly istio: { readonly virtualService: RoutesOfRelease } | { readonly virtualServices: readonly RoutesOfRelease[] } };
}

/** A VirtualService and those of its routes that hold weights. */
export interface RoutesOfRelease {
  /** Name of the VirtualService. */
  readonly name: string;
  /** Names of the routes. */
  readonly routes: readonly string[];
}

/** Label of an Argo Rollout's pods that tells its versions apart; a Deployment's is `pod-template-hash`. */
export const rolloutHashLabel = 'rollouts-pod-template-hash';

const GVK = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' };

/** An Argo Rollout, which takes the place of a Deployment: the same object but for its strategy. */
export const rolloutKind = new TypedKind<k8s.KubeDeploymentProps>(GVK, kinds.Deployment.type, () => ({ GVK, manifest: rolloutManifest }));

/** The class of a Deployment leaves out what a Deployment's strategy has not. */
function rolloutManifest(props: k8s.KubeDeploymentProps): object {
  const deployment: { readonly spec?: object } = kinds.Deployment.manifest(props);
  return { ...deployment, spec: { ...deployment.spec, strategy: props.spec?.strategy } };
}

/** The strategy of a Rollout, where the types have that of a Deployment. */
export function rolloutStrategy(canary: RolloutStrategy): k8s.DeploymentStrategy {
  const strategy: object = { canary };
  return strategy;
}

/** Whole seconds as Argo Rollouts and Prometheus take them: `10m`, `90s`. */
export function inMinutes(duration: Duration): string {
  const seconds = duration.toSeconds();
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
