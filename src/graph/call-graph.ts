import { invalid } from './configuration-error';
import { checkEdge } from './check-edge';
import { Edge } from './edge';
import { EdgeIndex } from './edge-index';
import { EnvironmentFacts } from './environment-facts';
import { Callee, Party } from './party';
import { portProblem } from './port';
import { externalPortProblems } from './external-ports';
import { retrySafetyProblems } from './retry-safety';
import { timeoutProblems } from './timeout-budget';

/** Who calls whom in one environment: every object that allows, routes or addresses a call is computed from it. */
export class CallGraph {
  private readonly outgoing = new EdgeIndex(({ callee, operations, gatewayHosts = [] }) => [callee.host, ...gatewayHosts, ...operations]);
  private readonly incoming = new EdgeIndex(({ caller, operations, gatewayHosts = [] }) =>
    [caller.namespace, caller.name, ...gatewayHosts, ...operations]);
  private readonly taken = new Map<string, Edge>();
  private readonly callees: Callee[] = [];

  constructor(
    /** The environment that all parties live in. */
    public readonly environment: EnvironmentFacts,
  ) {}

  /** Adds somebody who can be called. @throws ConfigurationError on a port or an operation that cannot be */
  public addCallee(callee: Callee): void {
    for (const port of callee.ports) {
      const problem = portProblem(port);
      if (problem !== undefined) invalid(callee.path, problem);
    }
    checkOperations(callee);
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
    this.outgoing.add(edge.caller, edge);
    this.incoming.add(edge.callee, edge);
  }

  /** Calls that somebody makes, by callee. */
  public from(caller: Party): readonly Edge[] {
    return this.outgoing.of(caller);
  }

  /** Calls that reach somebody, by caller. */
  public to(callee: Party): readonly Edge[] {
    return this.incoming.of(callee);
  }

  /** What is wrong with the graph as a whole: one sentence each, with the path of the caller. */
  public problems(): readonly string[] {
    const edges = this.outgoing.all();
    const problems = [...retrySafetyProblems(this, edges), ...timeoutProblems(this, edges), ...externalPortProblems(this.environment, this.callees)];
    return [...new Set(problems)].sort();
  }
}

/** What only one edge can say: two answers to one request would make the second one dead. */
function claims({ caller, callee, operations, gatewayHosts, port }: Edge): readonly string[] {
  if (gatewayHosts === undefined) {
    const asked = operations.length > 0 ? operations : [port ?? callee.ports[0].name];
    return asked.map((name) => `${caller.path} → ${callee.path} ${name}`);
  }
  const requests = operations.map((name) => callee.operations[name]).flatMap(({ methods, path }) => methods.map((method) => [method, path.text]));
  return gatewayHosts.flatMap((host) => (requests.length > 0 ? requests : [['*', '/*']]).map(([method, path]) => `gateway route ${method} ${host}${path}`));
}

function checkOperations(callee: Callee): void {
  const taken = new Map<string, string>();
  for (const [name, operation] of Object.entries(callee.operations)) {
    const problem = operation.problem();
    if (problem !== undefined) invalid(callee.path, `operation ${name}: ${problem}`);
    if (operation.port !== undefined && !callee.ports.some((port) => port.name === operation.port)) {
      invalid(callee.path, `operation ${name}: port must be one of ${callee.ports.map((port) => port.name).join(', ')}, got '${operation.port}'`);
    }
    for (const method of operation.methods) {
      const request = `${method} ${operation.path.text}`;
      const earlier = taken.get(request);
      if (earlier !== undefined) invalid(callee.path, `operation ${name} answers ${request} as ${earlier} does; remove one`);
      taken.set(request, name);
    }
  }
}
