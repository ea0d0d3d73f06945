import { Construct } from 'constructs';
import { Address } from '../graph/address';
import { CallGraph } from '../graph/call-graph';
import { Edge, portsOf } from '../graph/edge';
import { Caller } from '../graph/party';
import { defaultTimeout } from '../graph/routes';
import { reject } from '../manifest/reject';
import { EnvVars } from '../workload/container';
import { Callable, CallOptions, OperationCallOptions, PortCallOptions } from './callable';

/** The calls of one workload, and the environment variables that come with them. */
export class OutboundCalls {
  private readonly edgeVariables = new Map<string, string>();
  private readonly combined = new Map<string, string>();

  /** @param ownEnv variables of the container itself, which no call may set again */
  constructor(
    private readonly construct: Construct,
    private readonly graph: CallGraph,
    private readonly caller: Caller,
    private readonly ownEnv: EnvVars = {},
  ) {}

  /** Declares a call. @returns where the callee is */
  public add<Op extends string, Own extends string>(to: Callable<Op>, options: CallOptions<Op, Own>): Address {
    // both forms of the options, since here it is not known which it is
    const given: Partial<OperationCallOptions<string, string>> & PortCallOptions<string> = options;
    const edge: Edge = {
      caller: this.caller,
      callee: to.party,
      operations: [...new Set(given.operations ?? [])].sort(),
      port: given.port,
      during: given.during,
      background: given.background ?? false,
      sequential: given.sequential ?? false,
      timeout: given.timeout ?? defaultTimeout,
      retries: given.retries,
    };
    this.graph.addEdge(edge);
    const address = new Address(this.caller, to.party, portsOf(edge)[0]);
    for (const [name, value] of Object.entries(given.env?.(address) ?? {})) this.setVariable(this.edgeVariables, name, value);
    return address;
  }

  /** Sets a variable that combines several addresses. */
  public combine(name: string, value: string): void {
    this.setVariable(this.combined, name, value);
  }

  /** Variables of single calls by name, then those that combine several, so that these may use the former as `$(NAME)`. */
  public variables(): EnvVars {
    const sorted = (variables: Map<string, string>): [string, string][] => [...variables].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries([...sorted(this.edgeVariables), ...sorted(this.combined)]);
  }

  private setVariable(variables: Map<string, string>, name: string, value: string): void {
    if (!/^[A-Za-z_.-][A-Za-z0-9_.-]*$/.test(name)) reject(this.construct, `environment variable must have letters, digits, _ - and ., got '${name}'`);
    const earlier = this.ownEnv[name] ?? this.edgeVariables.get(name) ?? this.combined.get(name);
    if (earlier !== undefined) reject(this.construct, `environment variable ${name} is set already, got '${value}' for it too; name it otherwise`);
    variables.set(name, value);
  }
}
