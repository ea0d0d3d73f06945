import { Construct } from 'constructs';
import type {
  DestinationRuleProps, ServiceEntryProps, ServiceEntrySpecLocation, ServiceEntrySpecResolution, VirtualServiceProps,
} from '../../imports/networking.istio.io';
import { isDnsName } from '../graph/host-name';
import { Operation } from '../graph/operation';
import { Callee, Destination, knownByAddress } from '../graph/party';
import { Port } from '../graph/port';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkCidr } from '../manifest/cidr';
import { checkName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { Callable } from './callable';
import { connectionsThrough } from './egress-gateway/connections-through';
import { EgressGateway } from './egress-gateway/egress-gateway';
import { entryPorts } from './entry-ports';
import { exportTo } from './export-to';
import { MeshNamespace } from './mesh-namespace';
import { portList } from './parties';
import { TlsOrigination, tlsOrigination } from './tls-origination';
import { virtualService } from './virtual-service';

/** Properties of `ExternalService`. */
export interface ExternalServiceProps<Op extends string = never> {
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Its host, for example `api.payments.example`. */
  readonly host: string;
  /** What it listens on; several where it serves several protocols, the first is the one meant by default. */
  readonly port: Port | readonly Port[];
  /** Its address ranges: what callers may reach, and for TCP how it is told from others. @default - any public address */
  readonly cidrs?: readonly string[];
  /** What can be asked of it where the mesh sees requests: not where the application speaks TLS itself. @default - nothing that is told apart */
  readonly operations?: Readonly<Record<Op, Operation>>;
  /**
   * TLS that the callers' proxies begin, so that the mesh sees the requests of a program that speaks plaintext: `Port.http(80, { targetPort: 443 })`.
   * @default - none: the program speaks TLS itself (`Port.tls`), or nobody does
   */
  readonly tls?: TlsOrigination;
  /** The egress gateway that its callers reach it through, and a port there that is for it alone, 1-65535. @default - they reach it themselves */
  readonly through?: { readonly gateway: EgressGateway; readonly port: number };
}

/** A host outside the cluster. Only those who call it can reach it. */
export class ExternalService<Op extends string = never> extends Construct implements Callable<Op> {
  /** What can be asked of it. */
  public readonly operations: Readonly<Record<Op, Operation>>;
  /** What it is in the call graph. */
  public readonly party: Callee;
  /** How the mesh knows it. */
  public readonly serviceEntry: Manifest<ServiceEntryProps>;
  /** How requests are routed, where the mesh sees them. */
  public readonly virtualService?: Manifest<VirtualServiceProps>;
  /** How the callers' proxies begin TLS, where they do. */
  public readonly destinationRule?: Manifest<DestinationRuleProps>;

  /** @throws ConfigurationError on a host of the cluster, on what is no address range, and on TLS that would be begun twice */
  constructor(scope: Construct, id: string, props: ExternalServiceProps<Op>) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, props.owner);
    checkName(this, 'name', id);
    const { host, cidrs = [], operations = {} as Record<Op, Operation>, tls } = props;
    checkHost(this, host);
    for (const cidr of cidrs) checkRange(this, cidr);
    const namespace = MeshNamespace.of(this);
    const { graph, facts } = namespace.environment;
    this.operations = operations;
    const ports = portList(props.port);
    if (!tls) checkPlaintext(this, ports);
    this.party = {
      path: this.node.path, name: id, namespace: namespace.name, environment: facts, host, ports, operations,
      external: { cidrs }, versions: () => [], releases: () => [{ destinations: [destinationOf(props.through)] }],
      through: props.through && { gateway: props.through.gateway.party, port: props.through.gateway.portFor(this, props.through.port, ports) },
    };
    graph.addCallee(this.party);
    props.through?.gateway.leadTo(this.party);
    const byAddress = knownByAddress(this.party);
    this.serviceEntry = new Manifest(this, 'ServiceEntry', kinds.ServiceEntry, { name: id }, () => ({
      spec: {
        addresses: byAddress ? [...cidrs] : undefined,
        exportTo: exportTo(graph, this.party, (caller) => !byAddress || caller !== this.party.through?.gateway), // which has its own
        hosts: [host],
        location: enumerated<ServiceEntrySpecLocation>('MESH_EXTERNAL'),
        ports: entryPorts(this.party),
        resolution: enumerated<ServiceEntrySpecResolution>(byAddress ? 'NONE' : 'DNS'),
      },
    }));
    if (props.through && this.party.ports.length > 1) reject(this, 'a host behind an egress gateway has one port, got several; declare one a port');
    if (props.through && !this.party.ports[0].carriesRequests) this.virtualService = connectionsThrough(this, graph, this.party);
    if (this.party.ports.some((port) => port.carriesRequests)) this.virtualService = virtualService(this, graph, this.party);
    if (tls) this.destinationRule = tlsOrigination(this, graph, this.party, tls);
  }
}

/** A request goes where the way begins. */
function destinationOf(through: ExternalServiceProps['through']): Destination {
  return through ? { host: through.gateway.party.host, port: through.port } : {};
}

function checkRange(construct: Construct, cidr: string): void {
  if (checkCidr(construct, 'cidr', cidr) > 0) return;
  reject(construct, `cidr must be a range outside of the cluster, got '${cidr}', which is all of it too; narrow it, or leave cidrs out for any public address`);
}

/** A server that speaks TLS refuses plaintext, and whoever is on the way has read it by then. */
function checkPlaintext(construct: Construct, ports: readonly Port[]): void {
  const plain = ports.find(({ carriesRequests, targetPort }) => carriesRequests && targetPort === 443);
  if (!plain) return;
  reject(construct, `requests go to port 443 by TLS, got ${plain.protocol} in plaintext; say Port.tls(443) where the program speaks TLS, ` +
  'or tls: {} with Port.http(80, { targetPort: 443 })');
}

function checkHost(construct: Construct, host: string): void {
  if (!isDnsName(host) || !host.includes('.')) reject(construct, `host must be a DNS name, got '${host}'; write for example 'api.payments.example'`);
  if (host.endsWith('.svc') || host.includes('.svc.')) reject(construct, `host must be outside the cluster, got '${host}'; call the service itself`);
}
