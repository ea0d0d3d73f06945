import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { AuthorizationPolicyProps } from '../../imports/security.istio.io';
import type { DestinationRuleProps, EnvoyFilterProps, SidecarProps, VirtualServiceProps } from '../../imports/networking.istio.io';
import { Address } from '../graph/address';
import { controlledRelease } from '../graph/controlled-release';
import { ServiceContract } from '../graph/contract';
import { serviceContract } from '../graph/contract-of';
import { Denial } from '../graph/denial';
import { InjectedFault } from '../graph/fault';
import { Objective } from '../graph/objective';
import { Operation } from '../graph/operation';
import { Caller, Release, Service, Version } from '../graph/party';
import { Port } from '../graph/port';
import { Rollout, releasesOf } from '../graph/releases';
import { TokenRequirement } from '../graph/token';
import { TrafficPolicy } from '../graph/traffic-policy';
import { Manifest } from '../manifest/manifest';
import { checkName, checkServiceName, uniqueId } from '../manifest/names';
import { annotateOwner, declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { authorizationPolicy } from '../security/authorization-policy';
import { DenialOptions, checkedDenial, denialPolicy } from '../security/denial';
import { networkPolicy } from '../security/network-policy';
import { serviceAccount } from '../security/service-account';
import { EnvVars } from '../workload/container';
import { PodProps } from '../workload/pod';
import { Replicas, maxReplicas, minReplicas } from '../workload/replicas';
import { ResourceLimitedDeployment, ResourceLimitedDeploymentProps } from '../workload/resource-limited-deployment';
import { ApplicationMetrics, metricsAnnotations } from './application-metrics';
import { AllowOptions, Callable, CallOptions, OperationInboundOptions, PortInboundOptions } from './callable';
import { destinationRule } from './destination-rule';
import { kubeService } from './kube-service';
import { RateLimit, localRateLimit } from './local-rate-limit';
import { MeshNamespace } from './mesh-namespace';
import { OutboundCalls } from './outbound-calls';
import { ExistingWorkload, checkExisting, podLabels, portList, serviceParty } from './parties';
import { meshedAnnotations } from './pod-annotations';
import { checkExceptions } from './pod-security';
import { checkTrafficPolicy } from './check-traffic-policy';
import { RemoteCaller } from './remote-caller';
import { RolloutOptions, ServiceRollout, checkRollout, rolloutStrategy } from './service-rollout';
import { sidecar } from './sidecar';
import { SpanCollector } from './surroundings';
import { virtualService } from './virtual-service';

/** Properties of `MeshedMicroservice`. */
export interface MeshedMicroserviceProps<Op extends string = never> extends PodProps {
  /** What it listens on; several where it serves several protocols, the first is the one meant by default. @default - nothing: a client */
  readonly port?: Port | readonly Port[];
  /** What can be asked of it, by name. @default - nothing that is told apart */
  readonly operations?: Readonly<Record<Op, Operation>>;
  /** How many pods run. @default - what the environment says */
  readonly replicas?: Replicas;
  /** Name of the version: a fixed word, never a release number, since selectors cannot change. @default 'v1' */
  readonly version?: string;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** The Deployment that runs already under another name or selector, and is taken over. @default - there is none */
  readonly existing?: ExistingWorkload;
  /** Whether services of other repositories may build on it: then it stands in the system's contract. @default false */
  readonly exported?: boolean;
  /** How many requests each pod lets through; the others are answered 429, or `RESOURCE_EXHAUSTED`. @default - no limit */
  readonly rateLimit?: RateLimit<NoInfer<Op>>;
  /** How requests and connections to it are carried, whoever calls. @default - see `TrafficPolicy` */
  readonly trafficPolicy?: TrafficPolicy;
  /** What its callers may count on over 30 days: alerts and panels follow from it. @default - nothing is promised */
  readonly slo?: Objective;
  /**
   * Variables by which its program is told to send spans of its own, to a host and port that take OTLP by gRPC. It has them where an `ObservabilityStack`
   * traces its namespace, and nowhere else. A program that sends all, whatever its caller's span says, makes all behind it do so: it should have them only
   * where the share is 100.
   * @default - its program sends none; the proxies' spans say who called whom
   */
  readonly spans?: (to: SpanCollector) => EnvVars;
  /** Where its program gives what it counts itself: a Prometheus that asks its pods has that too. @default - only what its proxy counts */
  readonly metrics?: ApplicationMetrics;
  /** How a controller, Argo Rollouts, releases a new version: a Rollout runs the pods then. @default - a Deployment, and Kubernetes replaces its pods */
  readonly rollout?: RolloutOptions;
}

type WorkloadProps<Op extends string> = MeshedMicroserviceProps<Op> & Pick<ResourceLimitedDeploymentProps, 'name' | 'selector'>;

/**
 * A workload in the mesh: its identity, its pods, and everything that follows from who calls it and whom it calls.
 * Its id is its name: that of its objects, of its host and of its file.
 */
export class MeshedMicroservice<Op extends string = never> extends Construct implements Callable<Op> {
  /** What can be asked of it. */
  public readonly operations: Readonly<Record<Op, Operation>>;
  /** What it is in the call graph. */
  public readonly party: Service;
  /** Its identity, shared by all its versions. */
  public readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its pods. */
  public readonly workload: ResourceLimitedDeployment;
  /** Where it is reached; a client has none. */
  public readonly service?: Manifest<k8s.KubeServiceProps>;
  /** Which connections its pods may have. */
  public readonly networkPolicy: Manifest<k8s.KubeNetworkPolicyProps>;
  /** Who may do what; a client has none. */
  public readonly authorizationPolicy?: Manifest<AuthorizationPolicyProps>;
  /** Which hosts its proxy knows. */
  public readonly sidecar: Manifest<SidecarProps>;
  /** How callers connect; a client has none. */
  public readonly destinationRule?: Manifest<DestinationRuleProps>;
  /** How requests are routed, where the port carries requests. */
  public readonly virtualService?: Manifest<VirtualServiceProps>;
  /** How many requests each pod lets through, where that is limited. */
  public readonly rateLimit?: Manifest<EnvoyFilterProps>;
  /** What a controller releases it with. */
  public readonly rollout?: ServiceRollout;

  /** Whether services of other repositories may build on it. */
  public readonly exported: boolean;

  /** What it was made of: a second version starts from it. @internal */
  public readonly props: MeshedMicroserviceProps<Op>;
  private readonly outbound: OutboundCalls;
  private second?: Rollout & Version;
  private readonly faults: InjectedFault[] = [];
  private readonly refused: Denial[] = [];
  private tokens: readonly TokenRequirement[] = [];

  constructor(scope: Construct, id: string, props: MeshedMicroserviceProps<Op>) {
    super(scope, uniqueId(scope, id));
    checkServiceName(this, id);
    declareOwner(this, props.owner);
    const namespace = MeshNamespace.of(this);
    const { graph, replicas: usual } = namespace.environment;
    const { version = 'v1', existing, replicas = usual, operations = {} as Record<Op, Operation> } = props;
    checkName(this, 'version', version);
    const ports = portList(props.port);
    if (ports.length === 0) checkClient(this, props);
    else checkTrafficPolicy(this, ports, props);

    checkExceptions(this, namespace.podSecurity, ports, props.exceptions);
    this.operations = operations;
    this.exported = props.exported ?? false;
    if (existing) checkExisting(this, existing, version);
    this.props = { ...props, version, replicas };
    const versions = () => [{ name: version, minReplicas: minReplicas(replicas), maxReplicas: maxReplicas(replicas) }, ...(this.second ? [this.second] : [])];
    const routed = { versions, releases: (caller?: Caller) => this.releases(caller), lane: () => this.lane(), faults: () => this.faults };
    const guarded = { tokens: () => this.tokens, denials: () => this.refused };
    this.party = serviceParty(this, { ports, operations, trafficPolicy: props.trafficPolicy, slo: props.slo, ...routed, ...guarded }, existing);
    graph.addCallee(this.party);
    this.outbound = new OutboundCalls(this, graph, this.party, props.env);
    if (props.rollout) checkRollout(this, this.party, existing);

    this.serviceAccount = serviceAccount(this, graph, this.party);
    this.workload = this.deploy(this, { ...this.props, name: existing?.deployment ?? id, selector: existing?.selector ?? { app: id, version } });
    this.networkPolicy = networkPolicy(this, graph, this.party, props.exceptions);
    this.sidecar = sidecar(this, graph, this.party);
    if (ports.length === 0) annotateOwner(this, this.workload.deployment);
    if (ports.length === 0) return;
    this.service = kubeService(this, this.party);
    this.authorizationPolicy = authorizationPolicy(this, graph, this.party, props.exceptions);
    this.destinationRule = destinationRule(this, graph, this.party);
    if (ports.some((port) => port.carriesRequests)) this.virtualService = virtualService(this, graph, this.party);
    if (props.rateLimit) this.rateLimit = localRateLimit(this, this.party, props.rateLimit);
    this.rollout = props.rollout && this.releasedBy(props.rollout);
  }

  /** Declares a call: address, route, permission and policies follow from it. @returns where the callee is */
  public calls<Callees extends string = never, To = Address>(callee: Callable<Callees, To>, options: CallOptions<NoInfer<Callees>, Op, NoInfer<To>>): To {
    return this.outbound.add(callee, options);
  }

  /** Lets a workload of another repository call it: the callee's half of what that one declares with `calls`. */
  public allows(caller: RemoteCaller, options: AllowOptions<Op>): void {
    if (!this.exported) reject(this, `others need its contract, got a caller from ${caller.namespace} for a service that is not exported; say exported: true`);
    // both forms of the options, since here it is not known which it is
    const given: Partial<OperationInboundOptions<string>> & PortInboundOptions = options;
    const { graph, facts } = MeshNamespace.of(this).environment;
    const { operations = [], ...how } = given;
    graph.addEdge({
      caller: caller.in(facts), callee: this.party, operations: [...new Set(operations)].sort(), background: false, sequential: false, ...how,
    });
  }

  /** Makes the pods of a version. @internal */
  public deploy(scope: Construct, props: WorkloadProps<Op>): ResourceLimitedDeployment {
    const { rollout } = props;
    return new ResourceLimitedDeployment(scope, 'Workload', {
      ...this.podsOf(scope, props),
      rollout: rollout && rolloutStrategy(this, this.party, rollout),
      scaled: rollout?.deployment === 'arriving' ? 'Deployment' : undefined,
    });
  }

  private podsOf(scope: Construct, props: WorkloadProps<Op>): ResourceLimitedDeploymentProps {
    return {
      ...props,
      rollout: undefined,
      podAnnotations: {
        ...meshedAnnotations(scope, props.podAnnotations), ...metricsAnnotations(scope, this.party.ports, props.metrics, props.podAnnotations),
      },
      labels: { ...podLabels(MeshNamespace.of(this)), version: props.version! },
      serviceAccountName: this.party.serviceAccount,
      ports: this.party.ports,
      edgeEnv: () => ({ ...this.outbound.edgeEnv(scope, props.env), ...this.spanEnv(props) }),
      lastEnv: () => this.outbound.lastEnv(),
    };
  }

  private spanEnv({ spans }: WorkloadProps<Op>): EnvVars {
    const { environment, name } = MeshNamespace.of(this);
    const tracing = environment.surroundings.tracingOf(name);
    return spans && tracing ? spans(tracing) : {};
  }

  private releasedBy(options: RolloutOptions): ServiceRollout {
    const { graph, prometheusAddress } = MeshNamespace.of(this).environment;
    const selector = { app: this.node.id, version: this.props.version! };
    const pods = this.podsOf(this, { ...this.props, name: this.node.id, selector });
    return new ServiceRollout(this, graph, this.party, { options, prometheusAddress, pods });
  }

  /** Lets requests reach a second version. @internal */
  public release(second: Rollout & Version): void {
    if (this.second) reject(this, `there can be one release at a time, got '${second.name}' beside '${this.second.name}'; finish one first`);
    this.second = second;
  }

  /** Refuses requests whatever calls declare. Its id is the end of the policy's name. */
  public denies(id: string, options: DenialOptions<Op>): Manifest<AuthorizationPolicyProps> {
    const denial = checkedDenial(this, this.party, id, options);
    this.refused.push(denial);
    return denialPolicy(this, this.party, id, { denial, dryRun: options.dryRun ?? false });
  }

  /** Makes requests need a token. @internal */
  public requireTokens(tokens: readonly TokenRequirement[]): void {
    const [earlier] = this.tokens;
    if (earlier) reject(this, `tokens are said in one place, got ${tokens[0].path} beside ${earlier.path}; give one of them all issuers`);
    this.tokens = tokens;
  }

  /** Makes requests go wrong on their way to it. @internal */
  public inject(fault: InjectedFault): void {
    this.faults.push(fault);
  }

  /** To all pods while the namespace joins: some may have no version yet, and proxies may learn of the route before the subset. */
  private releases(caller?: Caller): readonly Release[] {
    const { rollout, version } = this.props;
    if (rollout) return [controlledRelease(this.party.host, version!, rollout.deployment)];
    const isJoining = this.party.enforcement?.authorization === 'dry-run';
    return isJoining ? [{ destinations: [{}] }] : releasesOf(version!, this.second, caller);
  }

  private lane(): ReturnType<NonNullable<Service['lane']>> {
    return this.second?.laneHeader === undefined ? undefined : { header: this.second.laneHeader, value: this.second.name };
  }

  /** What it promises to other repositories, as it stands in the system's contract. */
  public contract(): ServiceContract {
    return serviceContract(MeshNamespace.of(this).environment.graph, this.party);
  }

  /** Sets an environment variable that combines several calls or the container's own variables (`$(NAME)`); it comes last. */
  public addEnv(name: string, value: string): void {
    this.outbound.combine(name, value);
  }
}

/** Refuses what only a workload with a port can have. */
function checkClient(construct: Construct, { operations = {}, exported, trafficPolicy, rateLimit, slo }: MeshedMicroserviceProps<string>): void {
  const asked = Object.keys(operations);
  if (asked.length > 0) reject(construct, `operations need a port, got none for ${asked.join(', ')}; give it one`);
  if (trafficPolicy) reject(construct, 'trafficPolicy is of those who call, got a workload without a port; give it one, or say it where it calls');
  if (exported) reject(construct, 'a service that is exported needs a port, got none; give it one');
  if (slo) reject(construct, 'slo is of those who are called, got a workload without a port; give it one, or say it where it calls');
  if (rateLimit) reject(construct, 'rateLimit needs a port, got none; give it one');
}
