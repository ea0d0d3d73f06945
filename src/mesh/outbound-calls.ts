import type { EnvValue } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Address } from '../graph/address';
import { CallGraph } from '../graph/call-graph';
import { Edge, portsOf } from '../graph/edge';
import { Caller } from '../graph/party';
import { reject } from '../manifest/reject';
import { EnvVars, checkVariable, variablesIn } from '../workload/container';
import { Callable, CallOptions, OperationCallOptions, PortCallOptions } from './callable';

/** The calls of one workload, and the environment variables that come with them. */
export class OutboundCalls {
  private readonly edgeVariables = new Map<string, { readonly value: string | EnvValue; readonly edge: Edge }>();
  private readonly combined = new Map<string, string>();

  /** @param ownEnv variables of the container itself, which no call may set again */
  constructor(
    private readonly construct: Construct,
    private readonly graph: CallGraph,
    private readonly caller: Caller,
    private readonly ownEnv: EnvVars = {},
  ) {
    construct.node.addValidation({ validate: () => [...this.problems()] });
  }

  /** Declares a call. @returns where the callee is */
  public add<Op extends string, Own extends string, To>(to: Callable<Op, To>, options: CallOptions<Op, Own, To>): To {
    // both forms of the options, since here it is not known which it is
    const given: Partial<OperationCallOptions<string, string, To>> & PortCallOptions<string, To> = options;
    const edge: Edge = {
      caller: this.caller,
      callee: to.party,
      operations: [...new Set(given.operations ?? [])].sort(),
      port: given.port,
      during: given.during,
      background: given.background ?? false,
      sequential: given.sequential ?? false,
      timeout: given.timeout,
      retries: given.retries,
      headers: given.headers,
      slo: given.slo,
      trafficPolicy: given.trafficPolicy,
      standbyTrafficPolicy: given.standbyTrafficPolicy,
    };
    this.graph.addEdge(edge);
    const address = new Address(this.caller, to.party, portsOf(edge)[0]);
    const told = to.told ? to.told(address) : address as To; // which is what To is where it is not said
    for (const [name, value] of Object.entries(given.env?.(told) ?? {})) {
      this.checkNew(name);
      this.edgeVariables.set(name, { value, edge });
    }
    return told;
  }

  /** Sets a variable that combines several others. @throws ConfigurationError at synth where it uses one that is not set */
  public combine(name: string, value: string): void {
    this.checkNew(name);
    this.combined.set(name, value);
  }

  /** Variables that are used and not set: Kubernetes would leave `$(NAME)` as it stands. */
  private problems(): readonly string[] {
    const known = [...Object.keys(this.ownEnv), ...this.edgeVariables.keys()];
    const told = [...this.edgeVariables].map(([name, { value }]) => [name, value] as const);
    return [...this.combined, ...told].flatMap(([name, value]) => variablesIn(value)
      .filter((used) => !known.includes(used))
      .map((used) => `environment variable ${name} uses one that is not set, got $(${used}); it can use ${known.sort().join(', ')}`));
  }

  /** Variables of single calls, by name, those before that others use. @throws ConfigurationError where a version of the workload sets one of them itself */
  public edgeEnv(version: Construct, own: EnvVars = {}): EnvVars {
    const twice = Object.keys(own).find((name) => this.edgeVariables.has(name));
    if (twice !== undefined) reject(version, `environment variable ${twice} is set by a call already, got another value; remove it, or name it otherwise`);
    return usedFirst([...this.edgeVariables].filter(([, { edge }]) => this.graph.has(edge)).map(([name, { value }]) => [name, value]));
  }

  /** Variables that combine others, by name. */
  public lastEnv(): EnvVars {
    return byName([...this.combined]);
  }

  private checkNew(name: string): void {
    checkVariable(this.construct, name);
    const earlier = this.ownEnv[name] ?? this.edgeVariables.get(name)?.value ?? this.combined.get(name);
    if (earlier !== undefined) reject(this.construct, `environment variable ${name} is set already, got a second value for it; name it otherwise`);
  }
}

function byName(variables: readonly (readonly [string, string | EnvValue])[]): EnvVars {
  return Object.fromEntries([...variables].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same, each after those that its value uses, which Kubernetes must know by then. */
function usedFirst(variables: readonly (readonly [string, string | EnvValue])[]): EnvVars {
  const all = byName(variables);
  const ordered: Record<string, string | EnvValue> = {};
  const seen = new Set<string>();
  const put = (name: string): void => {
    if (seen.has(name) || all[name] === undefined) return;
    seen.add(name);
    for (const used of variablesIn(all[name])) put(used);
    ordered[name] = all[name];
  };
  for (const name of Object.keys(all)) put(name);
  return ordered;
}
