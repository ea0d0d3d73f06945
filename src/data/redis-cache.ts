import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DestinationRuleProps, SidecarProps } from '../../imports/networking.istio.io';
import { AuthorizationPolicyProps } from '../../imports/security.istio.io';
import { Service } from '../graph/party';
import { Port } from '../graph/port';
import { TcpConnectionPool } from '../graph/traffic-policy';
import { Exception } from '../manifest/exception';
import { Manifest } from '../manifest/manifest';
import { checkServiceName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { storeWave } from '../manifest/sync-wave';
import { Callable } from '../mesh/callable';
import { checkTrafficPolicy } from '../mesh/check-traffic-policy';
import { destinationRule } from '../mesh/destination-rule';
import { kubeService } from '../mesh/kube-service';
import { MeshNamespace } from '../mesh/mesh-namespace';
import { podLabels, serviceParty } from '../mesh/parties';
import { checkExceptions } from '../mesh/pod-security';
import { sidecar } from '../mesh/sidecar';
import { authorizationPolicy } from '../security/authorization-policy';
import { networkPolicy } from '../security/network-policy';
import { serviceAccount } from '../security/service-account';
import { Probe } from '../workload/probe';
import { Resources } from '../workload/quantity';
import { ResourceLimitedStatefulSet, VolumeClaim } from '../workload/resource-limited-stateful-set';
import { Volume } from '../workload/volume';

const everyFiveSeconds = Probe.tcp({ period: Duration.seconds(5) });

/** Properties of `RedisCache`. */
export interface RedisCacheProps {
  /** Requests and limits. */
  readonly resources: Resources;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Image. @default 'docker.io/library/redis:8.10.1-alpine' */
  readonly image?: string;
  /** Storage that the data is kept on, command by command. @default - none: the data goes with the pod */
  readonly persistence?: VolumeClaim;
  /** How many connections each caller's proxy may have. @default - Istio's own: no limit, 10 s to connect */
  readonly trafficPolicy?: { readonly connectionPool: TcpConnectionPool };
  /** What it may do that others may not, each with its reason. @default - nothing */
  readonly exceptions?: readonly Exception[];
}

/**
 * A Redis of one member that services of its environment call. One member has no PodDisruptionBudget, which would
 * block every node drain, and is never left out of the load balancing, which would turn it off.
 */
export class RedisCache extends Construct implements Callable {
  /** Nothing: the mesh does not read what is asked of it. */
  public readonly operations = {};
  /** What it is in the call graph. */
  public readonly party: Service;
  /** Its identity. */
  public readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its pod. */
  public readonly workload: ResourceLimitedStatefulSet;
  /** Where it is reached. */
  public readonly service: Manifest<k8s.KubeServiceProps>;
  /** Which connections its pod may have. */
  public readonly networkPolicy: Manifest<k8s.KubeNetworkPolicyProps>;
  /** Who may connect. */
  public readonly authorizationPolicy: Manifest<AuthorizationPolicyProps>;
  /** Which hosts its proxy knows: none. */
  public readonly sidecar: Manifest<SidecarProps>;
  /** How callers connect, where that is said. */
  public readonly destinationRule?: Manifest<DestinationRuleProps>;

  constructor(scope: Construct, id: string, props: RedisCacheProps) {
    super(scope, uniqueId(scope, id));
    checkServiceName(this, id);
    declareOwner(this, props.owner);
    const namespace = MeshNamespace.of(this);
    const { graph } = namespace.environment;
    const { exceptions, trafficPolicy } = props;
    const ports = [Port.tcp(6379, { name: 'tcp-redis' })];
    checkExceptions(this, namespace.podSecurity, ports, exceptions);
    this.party = serviceParty(this, { ports, operations: {}, trafficPolicy, versions: () => [], releases: () => [] });
    graph.addCallee(this.party);
    checkTrafficPolicy(this, ports, props);

    this.serviceAccount = serviceAccount(this, graph, this.party);
    this.workload = new ResourceLimitedStatefulSet(this, 'Workload', {
      name: id,
      serviceName: id,
      selector: { app: id, version: 'v1' },
      labels: podLabels(namespace),
      serviceAccountName: id,
      containerName: 'redis',
      image: props.image ?? 'docker.io/library/redis:8.10.1-alpine',
      args: props.persistence && ['--appendonly', 'yes'],
      ports,
      resources: props.resources,
      readiness: everyFiveSeconds,
      liveness: everyFiveSeconds,
      exceptions,
      ...(props.persistence ? { claims: { '/data': props.persistence } } : { volumes: { '/data': Volume.emptyDir() } }),
    });
    this.service = kubeService(this, this.party, storeWave);
    this.networkPolicy = networkPolicy(this, graph, this.party, exceptions);
    this.authorizationPolicy = authorizationPolicy(this, graph, this.party);
    this.sidecar = sidecar(this, graph, this.party);
    if (trafficPolicy) this.destinationRule = destinationRule(this, graph, this.party);
  }
}
