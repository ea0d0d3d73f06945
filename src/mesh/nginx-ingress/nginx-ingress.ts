import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { checkEdge } from '../../graph/check-edge';
import { Edge, carriesRequests, portsOf } from '../../graph/edge';
import { PodIdentity } from '../../graph/environment-facts';
import { Callee, Caller, Service } from '../../graph/party';
import { principal } from '../../graph/principal';
import { timeoutProblems } from '../../graph/timeout-budget';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { checkName, uniqueId } from '../../manifest/names';
import { declareOwner } from '../../manifest/owner';
import { reject } from '../../manifest/reject';
import { Callable } from '../callable';
import { GatewayHosts, checkHosts, chosenHosts } from '../gateway-hosts';
import { IngressRoutes, OpenOptions, inboundEdge } from '../gateway-routes';
import { MeshNamespace } from '../mesh-namespace';
import { ingressAnnotations } from './annotations';
import { pathProblems, rulesOf } from './ingress-rules';
import { letPlaintextIn } from './plaintext-upstream';
import { differences, repeated, sharedPlaintext } from './route-problems';

/** Properties of `NginxIngress`. */
export interface NginxIngressProps {
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Hosts that it answers for: `shop.example.com` or `*.example.com`. */
  readonly hosts: readonly string[];
  /** Certificate, as the name of a TLS Secret in its own namespace; then plain HTTP is redirected. @default - plain HTTP */
  readonly tls?: { readonly credentialName: string };
  /** Class of the controller. @default 'nginx' */
  readonly ingressClassName?: string;
  /** The controller's pods and their identity. @default - those of ingress-nginx's own manifests and chart, in the namespace `ingress-nginx` */
  readonly controller?: PodIdentity;
  /**
   * Why the controller's pods have no sidecar. Then the services' ports take plaintext from them, which no identity proves and a NetworkPolicy alone
   * guards. @default - they have one
   */
  readonly plaintext?: { readonly because: string };
}

/** Options of `NginxIngress.routes`. */
export type NginxRouteOptions<Op extends string> = GatewayHosts & OpenOptions<Op>;

/** Where ingress-nginx runs. Source: its deploy/static manifests and Helm chart 4.x. */
const usualController: PodIdentity = {
  namespace: 'ingress-nginx',
  serviceAccount: 'ingress-nginx',
  podLabels: { 'app.kubernetes.io/component': 'controller', 'app.kubernetes.io/name': 'ingress-nginx' },
};

/**
 * Where requests come in from outside through ingress-nginx, in place of an `IngressGateway`: one Ingress a service. What is routed is open to everybody,
 * and nothing else is. An Ingress knows neither methods nor parameters: what it leads to a service beside the operations, the service's policy refuses.
 */
export class NginxIngress extends Construct implements IngressRoutes {
  /** What it is in the call graph. */
  public readonly party: Caller;
  /** Its Ingresses, by the service that they lead to. */
  public readonly ingresses: Record<string, Manifest<k8s.KubeIngressProps>> = {};
  /** Hosts that it answers for, sorted. */
  public readonly hosts: readonly string[];
  /** Name of the TLS Secret of those hosts, if it serves them by TLS. */
  public readonly credentialName?: string;
  /** Namespace of that Secret: its own. */
  public readonly credentialNamespace: string;

  private readonly namespace: MeshNamespace;
  private readonly edges: Edge[] = [];
  /** The same as the graph has them, where the mesh carries them. */
  private readonly carried = new Map<Edge, Edge>();

  /** @throws ConfigurationError on hosts that there cannot be, and on one that another gateway has */
  constructor(scope: Construct, id: string, private readonly props: NginxIngressProps) {
    super(scope, uniqueId(scope, id));
    const { hosts, tls, owner, controller = usualController, ingressClassName = 'nginx' } = props;
    declareOwner(this, owner);
    checkName(this, 'name', id);
    checkName(this, 'ingressClassName', ingressClassName);
    checkHosts(this, hosts);
    if (hosts.includes('*')) reject(this, "an Ingress is for hosts by name or *.<name>, got '*', which would be those of everybody; name them");
    if (tls) checkName(this, 'tls.credentialName', tls.credentialName);
    this.namespace = MeshNamespace.of(this);
    this.hosts = [...new Set(hosts)].sort();
    this.credentialName = tls?.credentialName;
    this.credentialNamespace = this.namespace.name;
    const { facts, graph } = this.namespace.environment;
    this.party = { path: this.node.path, name: id, environment: facts, operations: {}, gateway: false, ...controller };
    for (const host of this.hosts) graph.claimGatewayHost(host, this.party);
    this.node.addValidation({ validate: () => this.problems() });
  }

  /** Opens operations of a service of its namespace to the outside. */
  public routes<Op extends string = never>(callee: Callable<Op>, options: NginxRouteOptions<NoInfer<Op>>): void {
    const { party } = callee;
    if (!isService(party) || party.namespace !== this.namespace.name) {
      reject(this, `an Ingress leads to services of its own namespace, got ${party.path} from ${this.namespace.name}; declare one there`);
    }
    const edge = inboundEdge(this.party, callee, options, { hosts: chosenHosts(this, this.hosts, options) });
    checkEdge(edge);
    if (!carriesRequests(edge)) {
      const port = portsOf(edge)[0];
      reject(this, `an Ingress leads to ports that carry requests, got ${party.name} at a ${port.protocol} port; choose another port`);
    }
    const { plaintext } = this.props;
    const carried = (['retries', 'headers', 'trafficPolicy'] as const).find((each) => edge[each] !== undefined);
    if (plaintext && carried) reject(this, `${carried} is the sidecar's to carry out, got it for ${party.name} and a controller without; remove it`);
    if (!this.declared(edge)) return;
    this.edges.push(edge);
    if (this.ingresses[party.name]) return;
    this.ingresses[party.name] = this.ingress(party);
    if (plaintext) letPlaintextIn(this, party, { controller: this.party, because: plaintext.because, edges: () => this.edgesTo(party) });
  }

  /** Declares a call of the controller. @returns whether something is to be made of it */
  private declared(edge: Edge): boolean {
    const { graph } = this.namespace.environment;
    const carried = this.props.plaintext ? edge : { ...edge, exposure: undefined }; // its sidecar calls like any other
    if (this.props.plaintext) graph.note(edge);
    else graph.addEdge(carried);
    this.carried.set(edge, carried);
    return graph.has(carried);
  }

  private problems(): string[] {
    const { graph } = this.namespace.environment;
    const { plaintext } = this.props;
    const own = { path: this.node.path, edges: this.edges };
    const earlier = this.namespace.node.findAll().filter((each) => each instanceof NginxIngress).filter((each) => each.node.path < this.node.path)
      .filter((each) => (each.props.plaintext === undefined) === (plaintext === undefined));
    const between = earlier.flatMap((each) => {
      const other = { path: each.node.path, edges: each.edges };
      if (plaintext) return sharedPlaintext(own, other);
      return principal(this.party) === principal(each.party) ? differences(own, other) : [];
    });
    return [...pathProblems(this.hosts, this.edges), ...between, ...(plaintext ? [...repeated(this.edges), ...timeoutProblems(graph, this.edges)] : [])];
  }

  private edgesTo(callee: Callee): readonly Edge[] {
    const { graph } = this.namespace.environment;
    return this.edges.filter((edge) => edge.callee === callee && graph.has(this.carried.get(edge)!));
  }

  private ingress(callee: Service): Manifest<k8s.KubeIngressProps> {
    const { ingressClassName = 'nginx', plaintext } = this.props;
    const name = `${this.node.id}-${callee.name}`;
    checkName(this, 'name', name);
    const annotations = ingressAnnotations(this, callee, () => this.edgesTo(callee), plaintext !== undefined);
    return new Manifest(this, `Ingress-${callee.name}`, kinds.Ingress, { name, annotations }, () => {
      const rules = rulesOf(callee, this.hosts, this.edgesTo(callee));
      const hosts = rules.map(({ host }) => host!);
      return { spec: { ingressClassName, rules, tls: this.credentialName === undefined ? undefined : [{ hosts, secretName: this.credentialName }] } };
    });
  }
}

function isService(callee: Callee): callee is Service {
  return callee.pods !== undefined && callee.remote !== true && 'serviceAccount' in callee;
}
