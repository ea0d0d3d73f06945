import { Calls } from '../../graph/calls';
import { Edge, carriesRequests, portsOf } from '../../graph/edge';
import { outside } from '../../graph/exposure';
import { Callee, Caller, portOf } from '../../graph/party';
import { PathPattern } from '../../graph/path-pattern';
import { Callable } from '../../mesh/callable';
import { Expectation, ExpectationDescription, describedExpectation, expectationProblems } from './expectation';

/** Requests, and what is expected of their answers. */
export interface MeasurementOptions {
  /** Who asks: a gateway, or a workload of the system that calls it. */
  readonly from: { readonly party: Caller };
  /** How many requests, 1 or more. */
  readonly times: number;
  /** How many at a time, 1 or more. @default 1 */
  readonly concurrency?: number;
  /** Path as it is asked for outside of the service. @default - that of the operation, where it has no variable part */
  readonly path?: string;
  /** Headers. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** A switch of the program: asked once inside one pod before the requests, and once after. @default - none */
  readonly toggles?: { readonly inOnePodOf: Callable<string>; readonly path: string };
  /** What the answers should be like, at least one. */
  readonly expected: readonly [Expectation, ...Expectation[]];
}

/** One measurement in `experiment.yaml`. */
export interface MeasurementDescription {
  /** Workload whose pod asks, or the gateway that the requests come through. */
  readonly from: { readonly workload: string } | { readonly gateway: string };
  readonly request: {
    readonly protocol: 'http' | 'https' | 'grpc' | 'tcp';
    /** Host and port that the program would use; outside of the mesh the host alone. */
    readonly address: string;
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly times: number;
  readonly concurrency: number;
  readonly toggles?: { readonly inOnePodOf: string; readonly port: number; readonly path: string };
  readonly expected: readonly ExpectationDescription[];
}

/** Requests to one operation of a service, and what their answers should be like. */
export class Measurement {
  /** Of an operation. */
  public static of<Op extends string>(callee: Callable<Op>, operation: NoInfer<Op>, options: MeasurementOptions): Measurement {
    return new Measurement(callee.party, operation, options);
  }

  /** Of a callee that does not tell its operations apart. */
  public static ofPort(callee: Callable, options: MeasurementOptions): Measurement {
    return new Measurement(callee.party, undefined, options);
  }

  private constructor(
    private readonly callee: Callee,
    private readonly operation: string | undefined,
    private readonly options: MeasurementOptions,
  ) {}

  /** What is wrong with it, among such calls. */
  public problems(graph: Calls): readonly string[] {
    const { times, concurrency = 1, expected } = this.options;
    const words = this.inWords();
    if (![times, concurrency].every((count) => Number.isInteger(count) && count >= 1)) {
      return [`${words}: times and concurrency must be whole numbers of 1 or more, got ${times} and ${concurrency}`];
    }
    const edge = this.edgeIn(graph);
    if (!edge) return [`${words}: nobody declares that call, got a measurement of it; declare it, or measure another`];
    const path = carriesRequests(edge) ? this.pathProblem(edge) : undefined;
    return [...path === undefined ? [] : [path], ...expected.flatMap((each) => expectationProblems(each, times))].map((problem) => `${words}: ${problem}`);
  }

  /** As it stands in `experiment.yaml`. */
  public described(graph: Calls): MeasurementDescription {
    const { times, concurrency = 1, toggles, expected, from: { party: { name, gateway } } } = this.options;
    return {
      from: gateway ? { gateway: name } : { workload: name },
      request: this.request(this.edgeIn(graph)!),
      times,
      concurrency,
      toggles: toggles && { inOnePodOf: toggles.inOnePodOf.party.name, port: toggles.inOnePodOf.party.ports[0].targetPort, path: toggles.path },
      expected: expected.map((each) => describedExpectation(each, times)),
    };
  }

  private edgeIn(graph: Calls): Edge | undefined {
    const { from } = this.options;
    return graph.to(this.callee).find(({ caller, operations }) => caller === from.party
      && (this.operation === undefined ? operations.length === 0 : operations.includes(this.operation)));
  }

  private request(edge: Edge): MeasurementDescription['request'] {
    const { callee, operation, options: { headers } } = this;
    const asked = operation === undefined ? undefined : callee.operations[operation];
    const port = asked ? portOf(callee, asked) : portsOf(edge)[0];
    const address = edge.exposure ? edge.exposure.hosts[0].replace(/^\*/, 'any') : `${callee.host}:${port.number}`;
    if (!port.carriesRequests) return { protocol: 'tcp', address };
    const isGrpc = port.protocol === 'grpc';
    const http = edge.exposure && edge.caller.servesTls ? 'https' : 'http';
    return { protocol: isGrpc ? 'grpc' : http, address, method: isGrpc ? undefined : asked?.methods[0] ?? 'GET', path: this.path(edge), headers };
  }

  private path({ exposure }: Edge): string {
    const { callee, operation, options: { path } } = this;
    if (path !== undefined || operation === undefined) return path ?? '/';
    return outside(callee.operations[operation].path, exposure)[0].text;
  }

  /** A path that another operation would answer, or none. */
  private pathProblem(edge: Edge): string | undefined {
    if (this.operation === undefined) return undefined;
    const paths = outside(this.callee.operations[this.operation].path, edge.exposure);
    const path = this.path(edge);
    if (/[{*]/.test(path)) return `path must be given where an operation has a variable one, got ${path}`;
    const [withoutQuery] = path.split('?');
    return paths.some((each) => each.covers(new PathPattern(withoutQuery))) ? undefined
      : `path must be one of ${this.operation}, got ${path}; it has ${paths.map(({ text }) => text).join(', ')}`;
  }

  private inWords(): string {
    return [this.options.from.party.name, '→', this.callee.name, this.operation].filter((word) => word !== undefined).join(' ');
  }
}
