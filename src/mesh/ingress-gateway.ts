import { Duration } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import type {
  GatewayProps, GatewaySpecServers, GatewaySpecServersTlsMode, VirtualServiceProps,
} from '../../imports/networking.istio.io';
import type { AuthorizationPolicyProps } from '../../imports/security.istio.io';
import { everything, exposureProblem, outside, pathsOutside } from '../graph/exposure';
import { LoginParty, behindLogin, loginProblems } from '../graph/login';
import { Caller } from '../graph/party';
import { PathPattern } from '../graph/path-pattern';
import { RedirectCode, RedirectTarget, isLoop, redirectProblem } from '../graph/redirect';
import { Route, gatewayRoutes } from '../graph/routes';
import { Elsewhere } from '../graph/rules';
import { enumerated } from '../manifest/enumerated';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { Callable } from './callable';
import { GatewayDenialOptions, gatewayDenial } from './gateway-denial';
import { GatewayHosts, checkHosts, chosenHosts, nameOfHost } from './gateway-hosts';
import { GatewayRouteOptions, IngressRoutes, open } from './gateway-routes';
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

/** Options of `IngressGateway.redirects`. */
export interface GatewayRedirectOptions extends GatewayHosts {
  /** Where clients should go: another host, another path, or both. */
  readonly to: RedirectTarget;
  /** What they are told. @default 301 */
  readonly code?: RedirectCode;
}

/** Options of `IngressGateway.delegates`. */
export interface GatewayDelegationOptions extends GatewayHosts {
  /** The VirtualService that routes them: a `GatewayDelegate`, most often of another repository. */
  readonly to: { readonly name: string; readonly namespace: string };
}

/** Where requests come in from outside: what is routed here is open to everybody, and nothing else is. */
export class IngressGateway extends Construct implements IngressRoutes {
  /** What it is in the call graph. */
  public readonly party: Caller;
  /** What it listens on. */
  public readonly gateway: Manifest<GatewayProps>;
  /** Its routes, one object a host. */
  public readonly virtualServices: Readonly<Record<string, Manifest<VirtualServiceProps>>>;

  /** Hosts that it answers for, sorted. */
  public readonly hosts: readonly string[];
  /** Name of the TLS Secret of those hosts, if it serves them by TLS. */
  public readonly credentialName?: string;
  /** Namespace of that Secret: where its pods are. */
  public readonly credentialNamespace: string;

  private readonly namespace: MeshNamespace;
  private readonly elsewhere = new Map<string, readonly Elsewhere[]>();
  private readonly logins = new Map<string, LoginParty>();

  constructor(scope: Construct, id: string, { hosts, tls, owner }: IngressGatewayProps) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, owner);
    checkName(this, 'name', id);
    this.namespace = MeshNamespace.of(this);
    this.hosts = [...new Set(hosts)].sort();
    this.credentialName = tls?.credentialName;
    checkHosts(this, hosts);
    if (tls) checkName(this, 'tls.credentialName', tls.credentialName);
    const names = this.hosts.map(nameOfHost);
    const twin = this.hosts.find((_, index) => names.indexOf(names[index]) < index);
    if (twin !== undefined) reject(this, `hosts would share a VirtualService, got '${twin}' named ${nameOfHost(twin)} as another is; use two gateways`);
    const { facts } = this.namespace.environment;
    this.party = {
      path: this.node.path, name: id, environment: facts, operations: {}, gateway: true, servesTls: tls !== undefined, routesIn: this.namespace.name,
      ...facts.gateway,
    };
    for (const host of this.hosts) this.namespace.environment.graph.claimGatewayHost(host, this.party);
    if (tls) this.namespace.environment.graph.claimCertificate(tls.credentialName, this.party);
    this.credentialNamespace = this.party.namespace;
    this.gateway = new Manifest(this, 'Resource', kinds.Gateway, { name: id }, () => ({
      spec: { selector: { ...facts.gateway.podLabels }, servers: serversOf(this.hosts, this.credentialName) },
    }));
    this.virtualServices = Object.fromEntries(this.hosts.map((host) => [host, this.virtualService(host)]));
    this.node.addValidation({ validate: () => this.hosts.flatMap((host) => this.problems(host)) });
  }

  /** Opens operations of a service to the outside. */
  public routes<Op extends string = never>(callee: Callable<Op>, options: GatewayRouteOptions<NoInfer<Op>>): void {
    open(this.namespace.environment.graph, this.party, callee, options, { hosts: this.chosen(options), pathPrefix: options.pathPrefix });
  }

  /** Sends clients that ask for a path (`/old`, `/old/*`) elsewhere. */
  public redirects(path: string, { to, code, ...where }: GatewayRedirectOptions): void {
    const redirect = { path: new PathPattern(path), to, code };
    const hosts = this.chosen(where);
    const problem = redirectProblem(redirect);
    if (problem !== undefined) reject(this, problem);
    this.sendElsewhere(hosts, redirect);
  }

  /** Leaves all below a path to a VirtualService that another repository renders. */
  public delegates(pathPrefix: string, { to, ...where }: GatewayDelegationOptions): void {
    const problem = exposureProblem({ hosts: [], pathPrefix });
    if (problem !== undefined) reject(this, problem);
    for (const [what, name] of Object.entries(to)) checkName(this, `to.${what}`, name);
    for (const path of outside(everything, { pathPrefix })) this.sendElsewhere(this.chosen(where), { path, delegate: to });
  }

  /** Refuses clients by the range that their address is in. Its id is the end of the policy's name. */
  public denies(id: string, options: GatewayDenialOptions): Manifest<AuthorizationPolicyProps> {
    return gatewayDenial(this, this.party, id, this.chosen(options), options);
  }

  /**
   * Leaves it to a login who may ask for some of its hosts, lets it ask that login's proxy, and gives the proxy its own paths, by whatever method.
   * @internal
   */
  public guard(login: IConstruct, where: GatewayHosts, proxy: Callable<'check' | 'pages' | 'robots'>, timeout: Duration): void {
    const hosts = this.chosen(where);
    for (const host of hosts) {
      const earlier = this.logins.get(host);
      if (earlier !== undefined) reject(login, `a host has one login, got ${host} that ${earlier.path} guards; leave it out here`);
      if (host.includes('*')) reject(login, `a login is for hosts by name, since its provider knows each, got '${host}'; choose hosts without *`);
      this.logins.set(host, { path: login.node.path, proxy: proxy.party.host });
    }
    if (this.credentialName === undefined) {
      reject(login, `a login needs TLS, since its cookie is sent over nothing else, got ${hosts.join(', ')} without; give ${this.party.path} tls`);
    }
    const { graph } = this.namespace.environment;
    graph.addEdge({ caller: this.party, callee: proxy.party, operations: ['check'], background: false, sequential: false, timeout });
    open(graph, this.party, proxy, { operations: ['pages', 'robots'], timeout: Duration.seconds(10) }, { hosts, everyMethod: true });
  }

  /** Whether a login decides who may ask for a host. @internal */
  public isGuarded(host: string): boolean {
    return this.logins.has(host);
  }

  private chosen(where: GatewayHosts): readonly string[] {
    return chosenHosts(this, this.hosts, where);
  }

  private sendElsewhere(hosts: readonly string[], where: Elsewhere): void {
    for (const host of hosts) this.elsewhere.set(host, [...this.sent(host), where]);
  }

  /** A host without answers, and requests that two declarations answer: the second would be dead. */
  private problems(host: string): readonly string[] {
    const routed = this.edges(host).flatMap(pathsOutside);
    const elsewhere = this.sent(host);
    const left = elsewhere.map(({ path }) => path);
    if (routed.length + left.length === 0) return [`host ${host} leads nowhere, got no route; route something to it or remove it`];
    const twice = left.filter(({ key }, index) => [...routed, ...left.slice(0, index)].some((each) => each.key === key));
    const loops = elsewhere.filter((each) => 'to' in each && isLoop(each, host, this.hosts, [...routed, ...left])).map(({ path }) =>
      `a redirect must lead elsewhere, got ${host}${path.text} that leads to itself; change the path or the host`);
    const login = this.logins.get(host);
    const guarded = login ? loginProblems(host, login, this.edges(host), elsewhere) : [];
    return guarded.concat(loops, twice.map(({ key }) =>
      `requests for ${host}${key} have two answers, got a redirect or delegate beside another one; remove one`));
  }

  private sent(host: string): readonly Elsewhere[] {
    return this.elsewhere.get(host) ?? [];
  }

  private edges(host: string): ReturnType<MeshNamespace['environment']['graph']['from']> {
    return this.namespace.environment.graph.from(this.party).filter(({ exposure }) => exposure?.hosts.includes(host));
  }

  private answers(host: string): readonly (Route | Elsewhere)[] {
    const routes = gatewayRoutes(this.namespace.environment.graph, this.edges(host), this.sent(host));
    const login = this.logins.get(host);
    return login ? routes.map((route) => behindLogin(route, login)) : routes;
  }

  private virtualService(host: string): Manifest<VirtualServiceProps> {
    const name = nameOfHost(host);
    return new Manifest(this, `VirtualService-${name}`, kinds.VirtualService, { name }, () => ({
      spec: {
        exportTo: [this.party.namespace],
        gateways: [this.gateway.name],
        hosts: [host],
        http: this.answers(host).map((route) => httpRoute(route, this.namespace.name)),
      },
    }));
  }
}

function serversOf(hosts: readonly string[], credentialName: string | undefined): GatewaySpecServers[] {
  const http: GatewaySpecServers = { hosts: [...hosts], port: { name: 'http', number: 80, protocol: 'HTTP' } };
  if (credentialName === undefined) return [http];
  const mode = enumerated<GatewaySpecServersTlsMode>('SIMPLE');
  return [
    { ...http, tls: { httpsRedirect: true } },
    { hosts: [...hosts], port: { name: 'https', number: 443, protocol: 'HTTPS' }, tls: { credentialName, mode } },
  ];
}
