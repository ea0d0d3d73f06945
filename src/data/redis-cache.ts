import { Duration } from 'cdk8s';
import type { EnvValue, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { DestinationRuleProps, SidecarProps } from '../../imports/networking.istio.io';
import type { AuthorizationPolicyProps } from '../../imports/security.istio.io';
import { Address } from '../graph/address';
import { Service } from '../graph/party';
import { Port } from '../graph/port';
import { Manifest } from '../manifest/manifest';
import { uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { Callable } from '../mesh/callable';
import { ExternalService } from '../mesh/external-service';
import { SecretKey, checkSecretKey, secretEnvValue } from '../security/secret-key';
import { Probe } from '../workload/probe';
import { ResourceLimitedStatefulSet, VolumeClaim } from '../workload/resource-limited-stateful-set';
import { Volume } from '../workload/volume';
import { BackedUp, BackupPlan } from './backup/backed-up';
import { redisBackup } from './backup/redis-backup';
import { ExternalServerProps, externalServer } from './external-server';
import { StoreProps, storeParts } from './store-parts';

// who reads its data after a start answers -LOADING: it lives, since redis-cli ends well by any answer, and is not ready
const lives = ['redis-cli', 'ping'];
const ready = ['sh', '-c', 'redis-cli ping | grep -q PONG'];

/** Properties of `RedisCache`. */
export interface RedisCacheProps extends StoreProps {
  /** Image. @default 'docker.io/library/redis:8.10.1-alpine' */
  readonly image?: string;
  /** Storage that the data is kept on, command by command. @default - none: the data goes with the pod */
  readonly persistence?: VolumeClaim;
  /** What of a StatefulSet that runs already can never change: the Service that governs it, where it is not the headless one. @default - there is none */
  readonly existing?: { readonly serviceName: string };
}

/** Properties of a Redis outside of the cluster. */
export interface ExternalRedisProps extends ExternalServerProps {
  /** The password that it asks for. @default - none */
  readonly password?: SecretKey;
}

/** How a caller writes down where a Redis outside of the cluster is. */
export interface RedisAddress extends Pick<Address, 'host' | 'port' | 'hostPort'> {
  /** `rediss://<host>:<port>`, for programs that have the password elsewhere. */
  readonly uri: string;
  /** The password: a reference, for a variable. @default - it asks for none */
  readonly password?: EnvValue;
}

/** A Redis outside of the cluster: what services call, and how the mesh knows it. */
export interface ExternalRedis extends Callable<never, RedisAddress> {
  /** The server. */
  readonly service: ExternalService;
}

/**
 * A Redis of one member that services of its environment call. One member has no PodDisruptionBudget, which would
 * block every node drain, and is never left out of the load balancing, which would turn it off.
 */
export class RedisCache extends Construct implements Callable, BackedUp {
  /**
   * A Redis outside of the cluster: no object but its ServiceEntry, the same calls, over TLS.
   * @throws ConfigurationError on a host of the cluster, on no address ranges, and on a password as text
   */
  public static external(scope: Construct, id: string, props: ExternalRedisProps): ExternalRedis {
    const { password, plaintext } = props;
    const service = externalServer(scope, id, props, { port: 6379, name: 'tcp-redis' });
    if (password) checkSecretKey(service, 'password', password);
    const scheme = plaintext ? 'redis' : 'rediss';
    const told = ({ host, port, hostPort }: Address): RedisAddress =>
      ({ host, port, hostPort, uri: `${scheme}://${hostPort}`, password: password && secretEnvValue(password) });
    return { party: service.party, operations: {}, told, service };
  }

  /** Nothing: the mesh does not read what is asked of it. */
  public readonly operations = {};
  /** What it is in the call graph. */
  public readonly party: Service;
  /** How its data is saved and brought back. */
  public readonly backupPlan: BackupPlan;
  /** Its identity. */
  public readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its pod. */
  public readonly workload: ResourceLimitedStatefulSet;
  /** Where it is reached. */
  public readonly service: Manifest<k8s.KubeServiceProps>;
  /** The Service that governs the StatefulSet and names its pod, unless an existing one has another. */
  public readonly headlessService?: Manifest<k8s.KubeServiceProps>;
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
    declareOwner(this, props.owner);
    const { existing, image = 'docker.io/library/redis:8.10.1-alpine', persistence } = props;
    const parts = storeParts(this, props, {
      ports: [Port.tcp(6379, { name: 'tcp-redis' })],
      serviceName: existing?.serviceName,
      containerName: 'redis',
      image,
      args: persistence && ['--appendonly', 'yes'],
      readiness: Probe.exec(ready, { period: Duration.seconds(5), timeout: Duration.seconds(5) }),
      liveness: Probe.exec(lives, { period: Duration.seconds(5), timeout: Duration.seconds(5) }),
      terminationGrace: Duration.seconds(60),
      ...(persistence ? { claims: { '/data': persistence } } : { volumes: { '/data': Volume.emptyDir() } }),
    });
    this.party = parts.party;
    this.backupPlan = { party: parts.party, image, runAsUser: 1000, ...redisBackup };
    this.serviceAccount = parts.serviceAccount;
    this.workload = parts.workload;
    this.service = parts.service;
    this.headlessService = parts.headlessService;
    this.networkPolicy = parts.networkPolicy;
    this.authorizationPolicy = parts.authorizationPolicy;
    this.sidecar = parts.sidecar;
    this.destinationRule = parts.destinationRule;
  }
}
