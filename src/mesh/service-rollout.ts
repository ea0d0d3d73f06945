import type { k8s } from 'cdk8s-plus-28';
import { Construct, IConstruct } from 'constructs';
import type { DestinationRuleProps, VirtualServiceProps } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { BesideRollout, controlledRelease, hostsOfReleases } from '../graph/controlled-release';
import { Callee } from '../graph/party';
import { Port } from '../graph/port';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { ResourceLimitedDeploymentProps, podsManifest } from '../workload/resource-limited-deployment';
import { RolloutStrategy, RoutesOfRelease, rolloutHashLabel } from '../workload/rollout';
import { releaseRule } from './destination-rule';
import { delegateName, destinationsOf } from './http-routes';
import { kubeService } from './kube-service';
import { AnalysisTemplateProps, RolloutAnalysis, analysisTemplate, checkMeasured } from './rollout-analysis';
import { Step, rolloutSteps } from './step';

/** How a controller releases a new version: Argo Rollouts. */
export interface RolloutOptions {
  /** What a release goes through by itself: it begins with a weight, and weights rise. */
  readonly steps: readonly [Step, ...Step[]];
  /** What the new version is measured by meanwhile; it is taken back where it falls short. @default - nothing: only its pods have to be ready */
  readonly analysis?: RolloutAnalysis;
  /**
   * Set for one commit on the way from a Deployment (`leaving`) and on the way back to one (`arriving`): both run and get requests.
   * @default - the Rollout runs alone
   */
  readonly deployment?: BesideRollout;
}

/** What the controller writes into an object of ours, and nobody else may. */
export interface ControllerEdit {
  /** API group; empty for Kubernetes' own. */
  readonly group: string;
  /** Kind of the object. */
  readonly kind: string;
  /** Name of the object. */
  readonly name: string;
  /** Fields that it writes, as JSON pointers. */
  readonly jsonPointers: readonly string[];
}

/** Name of the routes that hold the weights. */
const ROUTE = 'release';

/** What `MeshedMicroservice` makes a `ServiceRollout` of. */
export interface ServiceRolloutProps {
  /** How it is released. */
  readonly options: RolloutOptions;
  /** Address of Prometheus that the environment says. @default - none */
  readonly prometheusAddress?: string;
  /** The Deployment that runs beside it, if one does. */
  readonly pods: ResourceLimitedDeploymentProps;
}

/**
 * What Argo Rollouts needs of a service beside its pods: a Service for each of the two releases, and the VirtualService in which it
 * alone decides between them. Policies of callers stay in the service's own VirtualService, which delegates to it.
 */
export class ServiceRollout extends Construct {
  /** What the new version is measured by. */
  public readonly analysisTemplate?: Manifest<AnalysisTemplateProps>;
  /** The Deployment that runs beside the Rollout for one commit. */
  public readonly deployment?: Manifest<k8s.KubeDeploymentProps>;
  /** Pods of the release that serves, and of the one that comes. */
  public readonly services: readonly Manifest<k8s.KubeServiceProps>[];
  /** How callers connect to either. */
  public readonly destinationRules: readonly Manifest<DestinationRuleProps>[];
  /** The weights, one object a port where the service has several. */
  public readonly delegates: readonly Manifest<VirtualServiceProps>[];
  /** What the controller writes: what delivers the objects has to leave it alone. */
  public readonly controllerEdits: readonly ControllerEdit[];

  constructor(scope: Construct, graph: Calls, callee: Callee, { options, prometheusAddress, pods }: ServiceRolloutProps) {
    super(scope, 'Rollout');
    const releases = hostsOfReleases(callee.host).map((host) => ({ host, name: host.split('.')[0] }));
    const delegates = portsOfDelegates(callee).map((port) => ({ port, name: delegateName(callee, port) }));
    for (const { name } of [...releases, ...delegates]) checkName(this, 'name', name);

    if (options.analysis) {
      this.analysisTemplate = analysisTemplate(this, callee, options.analysis, prometheusAddress);
      checkMeasured(this, options.analysis, options.steps);
    }
    if (options.deployment) this.deployment = podsManifest(this, 'Deployment', pods);
    this.services = releases.map((release) => kubeService(new Construct(this, release.name), { ...callee, ...release }));
    this.destinationRules = releases.map((release, index) => releaseRule(this, graph, callee, { ...release, few: index === 1 }));
    this.delegates = delegates.map(({ name, port }) => this.delegate(graph, callee, name, port));
    this.controllerEdits = [
      ...releases.map(({ name }) => ({ group: '', kind: 'Service', name, jsonPointers: [`/spec/selector/${rolloutHashLabel}`, MANAGED_BY] })),
      ...delegates.map(({ name }) => ({ group: 'networking.istio.io', kind: 'VirtualService', name, jsonPointers: WEIGHTS })),
    ];
  }

  /** Nothing but destinations: whatever else a delegate says would win over what the caller's route says. */
  private delegate(graph: Calls, callee: Callee, name: string, port: Port | undefined): Manifest<VirtualServiceProps> {
    const release = controlledRelease(callee.host, '', undefined);
    return new Manifest(this, `VirtualService-${name}`, kinds.VirtualService, { name }, () => ({
      spec: { exportTo: namespacesOfRoutes(graph, callee), http: [{ name: ROUTE, route: destinationsOf(callee, release, port) }] },
    }));
  }
}

const MANAGED_BY = '/metadata/annotations/argo-rollouts.argoproj.io~1managed-by-rollouts';
const WEIGHTS = [0, 1].map((index) => `/spec/http/0/route/${index}/weight`);

/** Where routes may delegate from: the callee's own namespace, and those of gateways that lead to it. */
function namespacesOfRoutes(graph: Calls, callee: Callee): string[] {
  const gateways = graph.to(callee).flatMap(({ caller }) => (caller.gateway ? [caller.routesIn ?? caller.namespace] : []));
  return [...new Set(['.', ...gateways.filter((namespace) => namespace !== callee.namespace)])].sort();
}

/** A route to a host of several ports has to name one: then each has weights of its own. */
function portsOfDelegates({ ports }: Callee): readonly (Port | undefined)[] {
  return ports.length > 1 ? ports.filter((port) => port.carriesRequests) : [undefined];
}

/** How the Rollout of a service replaces one version by the next. */
export function rolloutStrategy(construct: IConstruct, callee: Callee, { steps, analysis }: RolloutOptions): RolloutStrategy {
  const [stable, canary] = hostsOfReleases(callee.host).map((host) => host.split('.')[0]);
  const routes = portsOfDelegates(callee).map((port): RoutesOfRelease => ({ name: delegateName(callee, port), routes: [ROUTE] }));
  return {
    analysis: analysis && { startingStep: 1, templates: [{ templateName: callee.name }] }, // before the first weight nobody asks it
    canaryService: canary,
    stableService: stable,
    steps: rolloutSteps(construct, steps),
    trafficRouting: { istio: routes.length > 1 ? { virtualServices: routes } : { virtualService: routes[0] } },
  };
}

/** Refuses what a controller cannot release. */
export function checkRollout(construct: IConstruct, { ports, enforcement }: Callee, existing: { readonly selector: object } | undefined): void {
  if (!ports.some((port) => port.carriesRequests)) {
    const got = ports.length === 0 ? 'no port' : 'TCP';
    reject(construct, `a rollout needs requests that can be routed, got a service of ${got}; leave the rollout out`);
  }
  if (existing) {
    const got = JSON.stringify(existing.selector);
    reject(construct, `a Deployment that was taken over selects its own pods, got ${got} with a rollout; leave one of them out`);
  }
  if (enforcement?.authorization === 'dry-run') {
    reject(construct, "requests of a namespace that joins go to all pods, got authorization 'dry-run' with a rollout; add it once it is enforced");
  }
}
