import { Construct } from 'constructs';
import {
  Gateway, GatewayProps, GatewaySpecServers, GatewaySpecServersTlsMode, VirtualService, VirtualServiceProps,
} from '../../imports/networking.istio.io';
import { Caller } from '../graph/party';
import { gatewayRoutes } from '../graph/routes';
import { Manifest } from '../manifest/manifest';
import { checkName, isDnsName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { Callable, OperationInboundOptions, PortInboundOptions } from './callable';
import { httpRoute } from './http-routes';
import { MeshNamespace } from './mesh-namespace';

/** Properties of `IngressGateway`. */
export interface IngressGatewayProps {
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Hosts that it answers for: `shop.example.com`, `*.example.com` or `*`. */
  readonly hosts: readonly string[];
  /** Certificate, as the name of a TLS Secret in the gateway's namespace; then plain HTTP is redirected. @default - plain HTTP */
  readonly tls?: { readonly credentialName: string };
}

/** Which of a gateway's hosts a route is for. */
export interface GatewayHosts {
  /** Hosts of the gateway. @default - all */
  readonly hosts?: readonly string[];
}

/** Options of `IngressGateway.routes`: a callee with operations wants to know which. */
export type GatewayRouteOptions<Op extends string> = GatewayHosts & ([Op] extends [never] ? PortInboundOptions : OperationInboundOptions<Op>);

/** Where requests come in from outside: what is routed here is open to everybody, and nothing else is. */
export class IngressGateway extends Construct {
  /** What it is in the call graph. */
  public readonly party: Caller;
  /** What it listens on. */
  public readonly gateway: Manifest<GatewayProps>;
  /** Its routes, one object a host. */
  public readonly virtualServices: Readonly<Record<string, Manifest<VirtualServiceProps>>>;

  private readonly namespace: MeshNamespace;
  private readonly hosts: readonly string[];

  constructor(scope: Construct, id: string, { hosts, tls, owner }: IngressGatewayProps) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, owner);
    checkName(this, 'name', id);
    this.namespace = MeshNamespace.of(this);
    this.hosts = [...new Set(hosts)].sort();
    if (hosts.length === 0) reject(this, 'hosts must name at least one, got none');
    for (const host of hosts) checkGatewayHost(this, host);
    if (tls) checkName(this, 'tls.credentialName', tls.credentialName);
    const names = this.hosts.map(virtualServiceName);
    const twin = this.hosts.find((_, index) => names.indexOf(names[index]) < index);
    if (twin !== undefined) reject(this, `hosts would share a VirtualService, got '${twin}' named ${virtualServiceName(twin)} as another is; use two gateways`);
    const { facts } = this.namespace.environment;
    this.party = { path: this.node.path, name: id, environment: facts, operations: {}, gateway: true, routesIn: this.namespace.name, ...facts.gateway };

    this.gateway = new Manifest(this, 'Resource', Gateway, { name: id }, () => ({
      spec: { selector: { ...facts.gateway.podLabels }, servers: serversOf(this.hosts, tls?.credentialName) },
    }));
    this.virtualServices = Object.fromEntries(this.hosts.map((host) => [host, this.virtualService(host)]));
    this.node.addValidation({ validate: () => this.hosts.filter((host) => this.edges(host).length === 0)
      .map((host) => `host ${host} leads nowhere, got no route; route something to it or remove it`) });
  }

  /** Opens operations of a service to the outside. */
  public routes<Op extends string = never>(callee: Callable<Op>, options: GatewayRouteOptions<NoInfer<Op>>): void {
    // both forms of the options, since here it is not known which it is
    const given: GatewayHosts & Partial<OperationInboundOptions<string>> & PortInboundOptions = options;
    const { hosts = this.hosts, operations, port, timeout, retries } = given;
    if (hosts.length === 0) reject(this, 'hosts must name at least one of the gateway, got none; leave it out for all');
    const unknown = hosts.find((host) => !this.hosts.includes(host));
    if (unknown !== undefined) reject(this, `unknown host, got '${unknown}'; it has ${this.hosts.join(', ')}`);
    this.namespace.environment.graph.addEdge({
      caller: this.party,
      callee: callee.party,
      operations: [...new Set(operations)].sort(),
      port,
      background: false,
      sequential: false,
      timeout,
      retries,
      gatewayHosts: [...hosts].sort(),
    });
  }

  private edges(host: string): ReturnType<MeshNamespace['environment']['graph']['from']> {
    return this.namespace.environment.graph.from(this.party).filter(({ gatewayHosts }) => gatewayHosts?.includes(host));
  }

  private virtualService(host: string): Manifest<VirtualServiceProps> {
    const name = virtualServiceName(host);
    return new Manifest(this, `VirtualService-${name}`, VirtualService, { name }, () => ({
      spec: {
        exportTo: [this.party.namespace],
        gateways: [this.gateway.name],
        hosts: [host],
        http: gatewayRoutes(this.namespace.environment.graph, this.edges(host)).map((route) => httpRoute(route, this.namespace.name)),
      },
    }));
  }
}

function virtualServiceName(host: string): string {
  return host.replace('*', 'any').replaceAll('.', '-');
}

function checkGatewayHost(construct: Construct, host: string): void {
  if (host !== '*' && !isDnsName(host.replace(/^\*\./, ''))) reject(construct, `host must be a DNS name, *.<name> or *, got '${host}'`);
}

function serversOf(hosts: readonly string[], credentialName: string | undefined): GatewaySpecServers[] {
  const http: GatewaySpecServers = { hosts: [...hosts], port: { name: 'http', number: 80, protocol: 'HTTP' } };
  if (credentialName === undefined) return [http];
  return [
    { ...http, tls: { httpsRedirect: true } },
    { hosts: [...hosts], port: { name: 'https', number: 443, protocol: 'HTTPS' }, tls: { credentialName, mode: GatewaySpecServersTlsMode.SIMPLE } },
  ];
}
