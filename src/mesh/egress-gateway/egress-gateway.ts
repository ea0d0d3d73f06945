import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type {
  DestinationRuleProps, DestinationRuleSpecTrafficPolicyTlsMode, GatewayProps, GatewaySpecServers, GatewaySpecServersTlsMode, ServiceEntryProps,
  ServiceEntrySpecLocation, ServiceEntrySpecResolution, VirtualServiceProps,
} from '../../../imports/networking.istio.io';
import type { AuthorizationPolicyProps } from '../../../imports/security.istio.io';
import { isProxyPort } from '../../graph/check-callee';
import { Callee, Service, knownByAddress } from '../../graph/party';
import { Port, isPortNumber } from '../../graph/port';
import { enumerated } from '../../manifest/enumerated';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { checkServiceName, uniqueId } from '../../manifest/names';
import { annotateOwner, declareOwner } from '../../manifest/owner';
import { reject } from '../../manifest/reject';
import { Scalar } from '../../manifest/typed-kind';
import { authorizationPolicy } from '../../security/authorization-policy';
import { networkPolicy } from '../../security/network-policy';
import { serviceAccount } from '../../security/service-account';
import { Resources } from '../../workload/quantity';
import { entryPorts } from '../entry-ports';
import { exportTo } from '../export-to';
import { kubeService } from '../kube-service';
import { MeshNamespace } from '../mesh-namespace';
import { serviceParty } from '../parties';
import { gatewayPods } from './gateway-pods';

/** Properties of `EgressGateway`. */
export interface EgressGatewayProps {
  /** Requests and limits of its proxy. */
  readonly resources: Resources;
  /** How many pods, 1 or more; with two or more one stays while nodes are drained. @default 2 */
  readonly replicas?: number;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
}

/**
 * The only pods that leave the cluster, for hosts that say `through`. A caller reaches the gateway by mutual TLS, at a port that is for one host alone, if it
 * calls that host, and nobody reaches the host otherwise: its network lets the gateway's pods out and no others. Its proxy is Istio's, by the injector's
 * template `gateway`.
 */
export class EgressGateway extends Construct {
  /** What it is in the call graph. */
  public readonly party: Service;
  /** Its identity. */
  public readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its pods. */
  public readonly deployment: Manifest<k8s.KubeDeploymentProps>;
  /** Where callers reach it. */
  public readonly service: Manifest<k8s.KubeServiceProps>;
  /** What stays while nodes are drained, with two pods or more. */
  public readonly disruptionBudget?: Manifest<k8s.KubePodDisruptionBudgetProps>;
  /** Which connections its pods may have. */
  public readonly networkPolicy: Manifest<k8s.KubeNetworkPolicyProps>;
  /** Who may reach which host. */
  public readonly authorizationPolicy: Manifest<AuthorizationPolicyProps>;
  /** How callers reach it: by mutual TLS. */
  public readonly destinationRule: Manifest<DestinationRuleProps>;
  /** What it listens on. */
  public readonly gateway: Manifest<GatewayProps>;

  private readonly ports: Port[] = [];
  private readonly hosts = new Map<number, string>();

  /** @throws ConfigurationError on a name that no Service can have, and on no pods */
  constructor(scope: Construct, id: string, { resources, replicas = 2, owner }: EgressGatewayProps) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, owner);
    checkServiceName(this, id);
    const { graph } = MeshNamespace.of(this).environment;
    this.party = serviceParty(this, { ports: this.ports, operations: {}, versions: () => [], releases: () => [{ destinations: [{}] }] });
    graph.addCallee(this.party);

    this.serviceAccount = serviceAccount(this, graph, this.party);
    this.deployment = gatewayPods(this, this.party, replicas, resources);
    this.service = kubeService(this, this.party);
    if (replicas > 1) {
      this.disruptionBudget = new Manifest(this, 'PodDisruptionBudget', kinds.PodDisruptionBudget, { name: id }, () => ({
        spec: {
          minAvailable: new Scalar(1),
          selector: { matchLabels: { ...this.party.podLabels } },
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
        },
      }));
    }
    this.networkPolicy = networkPolicy(this, graph, this.party);
    this.authorizationPolicy = authorizationPolicy(this, graph, this.party);
    this.destinationRule = new Manifest(this, 'DestinationRule', kinds.DestinationRule, { name: id }, () => ({
      spec: {
        exportTo: exportTo(graph, this.party),
        host: this.party.host,
        // said, since nothing tells proxies that a gateway's pods take it
        trafficPolicy: { tls: { mode: enumerated<DestinationRuleSpecTrafficPolicyTlsMode>('ISTIO_MUTUAL') } },
      },
    }));
    this.gateway = new Manifest(this, 'Gateway', kinds.Gateway, { name: id }, () => ({
      spec: { selector: { ...this.party.podLabels }, servers: this.ports.map(serverOf) },
    }));
    annotateOwner(this, this.deployment);
    const idle = 'an egress gateway leads somewhere, got no host that says through; remove it';
    this.node.addValidation({ validate: () => (this.ports.length > 0 ? [] : [idle]) });
  }

  /** The port of one host: bytes of any kind, or HTTP/2 where callers' proxies must be told that it is. @internal */
  public portFor(external: Construct, number: number, [behind]: readonly Port[]): Port {
    if (!isPortNumber(number)) reject(external, `through.port must be a whole number from 1 to 65535, got ${number}`);
    if (isProxyPort(number)) reject(external, `through.port must be none of the proxy's own, got ${number}; choose another`);
    const other = this.hosts.get(number);
    if (other !== undefined) reject(external, `each host has a port of its own at the egress gateway, got ${number} that is for ${other}; choose another`);
    this.hosts.set(number, external.node.path);
    const port = behind.protocol === 'grpc' ? Port.grpc(number, { name: `grpc-${number}` }) : Port.tcp(number, { name: `tcp-${number}` });
    this.ports.push(port);
    this.ports.sort((a, b) => a.number - b.number);
    return port;
  }

  /** Makes the way from its port to a host. @internal */
  public leadTo(external: Callee): void {
    const { graph } = MeshNamespace.of(this).environment;
    graph.addEdge({ caller: this.party, callee: external, operations: Object.keys(external.operations).sort(), background: true, sequential: false });
    if (knownByAddress(external)) this.byName(external);
    const route = [{ destination: { host: external.host, port: { number: external.ports[0].number } } }];
    this.virtualService(external, [{ match: [{ port: external.through!.port.number }], route }]);
  }

  /** Callers know a TCP host by the address that they ask for, which nobody knows any more behind the gateway. */
  private byName(external: Callee): Manifest<ServiceEntryProps> {
    const { host, name } = external;
    return new Manifest(this, `ServiceEntry-${name}`, kinds.ServiceEntry, { name: `${this.node.id}-${name}` }, () => ({
      spec: {
        exportTo: ['.'], hosts: [host], location: enumerated<ServiceEntrySpecLocation>('MESH_EXTERNAL'), ports: entryPorts(external),
        resolution: enumerated<ServiceEntrySpecResolution>('DNS'),
      },
    }));
  }

  private virtualService({ name, host }: Callee, tcp: NonNullable<NonNullable<VirtualServiceProps['spec']>['tcp']>): Manifest<VirtualServiceProps> {
    return new Manifest(this, `VirtualService-${name}`, kinds.VirtualService, { name: `${this.node.id}-${name}` }, () => ({
      spec: { exportTo: ['.'], gateways: [this.node.id], hosts: [host], tcp },
    }));
  }
}

/** Mutual TLS says who calls; the port says whom. */
function serverOf({ name, number }: Port): GatewaySpecServers {
  return { hosts: ['*'], port: { name, number, protocol: 'TLS' }, tls: { mode: enumerated<GatewaySpecServersTlsMode>('ISTIO_MUTUAL') } };
}
