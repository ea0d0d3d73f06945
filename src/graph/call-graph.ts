import { invalid } from './configuration-error';
import { Calls } from './calls';
import { circleProblems } from './circles';
import { checkCallee } from './check-callee';
import { checkEdge } from './check-edge';
import { denialProblems } from './denial';
import { Edge } from './edge';
import { EdgeIndex } from './edge-index';
import { EdgeTrace } from './edge-trace';
import { EnvironmentFacts } from './environment-facts';
import { Exposure, everything, exposureProblems, outside } from './exposure';
import { Callee, Party, goesThrough } from './party';
import { externalPortProblems } from './external-ports';
import { laneProblems } from './lanes';
import { policyProblems } from './policy-problems';
import { faultProblems } from './fault-problems';
import { objectiveProblems } from './objective-problems';
import { releaseProblems } from './release-problems';
import { retrySafetyProblems } from './retry-safety';
import { timeoutProblems } from './timeout-budget';
import { tokenProblems } from './token-problems';
import { notePlace } from './trace';

/** Who calls whom in one environment: every object that allows, routes or addresses a call is computed from it. */
export class CallGraph implements Calls {
  /** What is known of its edges beside, where a run is asked about itself. @internal */
  public readonly trace = EdgeTrace.ofRun();
  private readonly outgoing = new EdgeIndex(({ callee, operations, port = '', exposure }) =>
    [callee.host, callee.namespace, callee.name, port, ...placeOf(exposure), ...operations]);
  private readonly incoming = new EdgeIndex(({ caller, operations, port = '', exposure }) =>
    [caller.namespace, caller.name, caller.path, port, ...placeOf(exposure), ...operations]);
  private readonly found = new Map<string, boolean>();
  private readonly taken = new Map<string, Edge>();
  private readonly callees: Callee[] = [];
  private readonly adopted: Callee[] = [];
  private readonly hosts = new Map<string, readonly Callee[]>();
  private readonly gatewayHosts = new Map<string, Party>();
  private readonly certificates = new Map<string, Party>();

  constructor(
    /** The environment that all parties live in. */
    public readonly environment: EnvironmentFacts,
  ) {}

  /** Adds somebody who can be called. @throws ConfigurationError on a port or an operation that cannot be */
  public addCallee(callee: Callee): void {
    checkCallee(callee);
    this.claimHost(callee);
    this.claimPods(callee);
    this.callees.push(callee);
  }

  /** Adds a call. @throws ConfigurationError where its ends cannot meet, or where it was declared before */
  public addEdge(edge: Edge): void {
    checkEdge(edge);
    for (const claim of claims(edge)) {
      const earlier = this.taken.get(claim);
      if (earlier) invalid(edge.caller.path, `${claim} is declared already, by ${earlier.caller.path}, got it twice; declare it once`);
      this.taken.set(claim, edge);
    }
    for (const host of edge.exposure?.hosts ?? []) this.claimGatewayHost(host, edge.caller, edge.exposure?.delegated ? edge.exposure.pathPrefix : undefined);
    this.note(edge);
    this.found.clear();
    this.outgoing.add(edge.caller, edge);
    this.incoming.add(edge.callee, edge);
    if (goesThrough(edge.caller, edge.callee)) this.addWayThrough(edge);
  }

  /** Who calls what is behind an egress gateway calls the gateway, at the port that is for it. */
  private addWayThrough(cause: Edge): void {
    const { caller, callee: { through } } = cause;
    const { gateway, port: { name: port } } = through!;
    const earlier = this.outgoing.of(caller).find((edge) => edge.callee === gateway && edge.port === port);
    const way = earlier ?? { caller, callee: gateway, operations: [], port, background: true, sequential: false }; // waiting is counted to what is behind it
    if (!earlier) this.addEdge(way);
    this.trace?.follows(way, cause);
  }

  /** Notes where a call is declared, also one that the mesh does not carry, where a run is asked about itself. @internal */
  public note(edge: Edge): void {
    notePlace(edge);
    this.trace?.add(edge);
  }

  /** Calls that somebody makes, by callee. */
  public from(caller: Party): readonly Edge[] {
    return this.shown(this.outgoing.of(caller));
  }

  /** Calls that reach somebody, by caller. */
  public to(callee: Party): readonly Edge[] {
    return this.shown(this.incoming.of(callee));
  }

  /** What was found out of retries since the last call was declared; nothing is kept where a run is asked what would be without one. */
  public get repeatable(): Map<string, boolean> {
    return this.trace ? new Map() : this.found;
  }

  /** Whether something is made of a call: of all that are declared, unless a run is asked what would be without one. @internal */
  public has(edge: Edge): boolean {
    return this.shown([edge]).length > 0;
  }

  private shown(edges: readonly Edge[]): readonly Edge[] {
    return this.trace?.shown(edges) ?? edges;
  }

  /** Who can be called in a namespace, in the order of their hosts. */
  public calleesIn(namespace: string): readonly Callee[] {
    return this.callees.filter((callee) => callee.namespace === namespace).sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  /** What is wrong with the graph as a whole: one sentence each, with the path of the caller. */
  public problems(): readonly string[] {
    const edges = this.shown(this.outgoing.all());
    const problems = [...retrySafetyProblems(this, edges), ...timeoutProblems(this, edges), ...circleProblems(this, edges), ...objectiveProblems(edges),
      ...externalPortProblems(this, this.environment, this.callees), ...exposureProblems(edges), ...laneProblems(this.callees),
      ...this.callees.flatMap(releaseProblems), ...this.callees.flatMap((callee) => [
        ...policyProblems(this, callee), ...faultProblems(this, callee), ...tokenProblems(this, callee), ...denialProblems(this, callee),
      ])];
    return [...new Set(problems)].sort();
  }

  /** The routes of one host stand in one object, and those below a prefix that is delegated. @throws ConfigurationError where another gateway has it */
  public claimGatewayHost(host: string, gateway: Party, pathPrefix = ''): void {
    const owner = this.gatewayHosts.get(host + pathPrefix) ?? gateway;
    if (owner !== gateway) invalid(gateway.path, `host must belong to one gateway, got '${host}${pathPrefix}' of ${owner.path}; route it there`);
    this.gatewayHosts.set(host + pathPrefix, gateway);
  }

  /**
   * Browsers keep a connection for all hosts of its certificate: they would ask one gateway for the hosts of the other, and get a 404. Source: Istio,
   * "Common Problems", 404 errors occur when multiple gateways configured with same TLS certificate.
   * @throws ConfigurationError where another gateway has it
   */
  public claimCertificate(credentialName: string, gateway: Party): void {
    const owner = this.certificates.get(credentialName) ?? gateway;
    const fix = 'give one gateway the hosts of both, or each a certificate of its own hosts';
    if (owner !== gateway) {
      invalid(gateway.path, `certificate must be of one gateway, got '${credentialName}' of ${owner.path}, for which browsers keep one connection; ${fix}`);
    }
    this.certificates.set(credentialName, gateway);
  }

  /** Workloads that select the same pods would have each other's permissions. Only one that was taken over has other labels than its name. */
  private claimPods(callee: Callee): void {
    const { pods, remote = false, namespace, name, path } = callee;
    if (!pods || remote) return;
    const isOwn = pods.podLabels.app === name && Object.keys(pods.podLabels).length === 1;
    const others = isOwn ? this.adopted : this.callees.filter((other) => other.pods && !other.remote);
    const twin = others.find((other) => other.namespace === namespace && overlap(other.pods!.podLabels, pods.podLabels));
    const labels = Object.entries(pods.podLabels).map(([key, value]) => `${key}=${value}`).join(',');
    if (twin) invalid(path, `pods must be those of one workload, got ${labels} that ${twin.path} selects too; say all labels of their selectors`);
    if (!isOwn) this.adopted.push(callee);
  }

  /** Two entries of one host would be one to a proxy, and two sets of routes for it are one too many. */
  private claimHost(callee: Callee): void {
    const { external, remote, host, namespace, path } = callee;
    const others = this.hosts.get(host) ?? [];
    const rendered = others.find((other) => remote || other.remote);
    if (rendered) invalid(path, `service must be declared once, got '${host}' as ${rendered.path} has; pass that one on`);
    const twin = others.find((other) => external && other.namespace === namespace);
    if (twin) invalid(path, `external host must be declared once a namespace, got '${host}' as ${twin.path} has; give that one the ports of both`);
    this.hosts.set(host, [...others, callee]);
  }
}

/** Whether pods with some labels are all among those with others, or the other way round. */
function overlap(some: Readonly<Record<string, string>>, others: Readonly<Record<string, string>>): boolean {
  const isPart = (a: typeof some, b: typeof some): boolean => Object.entries(a).every(([key, value]) => b[key] === value);
  return isPart(some, others) || isPart(others, some);
}

/** Where a call is open to the outside, to sort by. */
function placeOf(exposure: Exposure | undefined): readonly string[] {
  return exposure ? [...exposure.hosts, exposure.pathPrefix ?? ''] : [];
}

/** What only one edge can say: two answers to one request would make the second one dead. */
function claims({ caller, callee, operations, exposure, port }: Edge): readonly string[] {
  if (exposure === undefined) {
    const asked = operations.length > 0 ? operations : [port ?? callee.ports[0].name];
    return asked.map((name) => `${caller.path} → ${callee.path} ${name}`);
  }
  const requests = operations.map((name) => callee.operations[name]).flatMap(({ methods, path }) => methods.map((method) => ({ method, path })));
  const asked = requests.length > 0 ? requests : [{ method: '*', path: everything }];
  return exposure.hosts.flatMap((host) => asked.flatMap(({ method, path }) =>
    outside(path, exposure).map(({ key }) => `gateway route ${method} ${host}${key}`)));
}
