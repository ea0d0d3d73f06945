import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { isHeaderName } from '../graph/header-operations';
import { Port } from '../graph/port';
import { reject } from '../manifest/reject';
import { Scalar } from '../manifest/typed-kind';
import { wholeSeconds } from './whole-seconds';

/** Options of a `Probe`. */
export interface ProbeOptions {
  /** Port of the container. @default - the container's first port */
  readonly port?: number;
  /** How long after the start of the container the first one is sent, whole seconds. @default - at once */
  readonly initialDelay?: Duration;
  /** Time between two, whole seconds. @default - Kubernetes' own, 10 s */
  readonly period?: Duration;
  /** How long an answer may take, whole seconds. @default - Kubernetes' own, 1 s */
  readonly timeout?: Duration;
  /** How many in a row must fail. @default - Kubernetes' own, 3 */
  readonly failureThreshold?: number;
}

/** Options of `Probe.httpGet`. */
export interface HttpGetProbeOptions extends ProbeOptions {
  /** Headers of the request. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How Kubernetes asks a container whether it is well. */
export class Probe {
  /** Asks for a path by HTTP; 200-399 is well. */
  public static httpGet(path: string, options: HttpGetProbeOptions = {}): Probe {
    const headers = Object.entries(options.headers ?? {}).map(([name, value]) => ({ name, value }));
    return new Probe(options, (port) => ({
      httpGet: { path, port: new Scalar(port), httpHeaders: headers.length > 0 ? headers : undefined },
    }), 'http', httpProblem(path, headers));
  }

  /** Asks the gRPC health service. */
  public static grpc(options: ProbeOptions = {}): Probe {
    return new Probe(options, (port) => ({ grpc: { port } }), 'grpc');
  }

  /** Opens a connection. */
  public static tcp(options: ProbeOptions = {}): Probe {
    return new Probe(options, (port) => ({ tcpSocket: { port: new Scalar(port) } }), 'any');
  }

  /** Runs a command in the container; exit code 0 is well. */
  public static exec(command: readonly string[], options: Omit<ProbeOptions, 'port'> = {}): Probe {
    const problem = command.length === 0 ? 'command of a probe must name a program, got none' : undefined;
    return new Probe(options, () => ({ exec: { command: [...command] } }), 'nothing', problem);
  }

  private constructor(
    private readonly options: ProbeOptions,
    private readonly handler: (port: number) => k8s.Probe,
    private readonly speaks: 'http' | 'grpc' | 'any' | 'nothing',
    private readonly problem?: string,
  ) {}

  /** Whether it needs a port to ask at. */
  public get needsPort(): boolean {
    return this.speaks !== 'nothing';
  }

  /** Port that it asks at, if it says so itself. */
  public get port(): number | undefined {
    return this.options.port;
  }

  /** Why it would fail for ever at the container's first port, where it names none, or undefined. A port whose bytes are not read may speak anything. */
  public problemAt({ protocol, targetPort }: Port): string | undefined {
    const { speaks } = this;
    if (this.port !== undefined || speaks === 'any' || speaks === 'nothing' || protocol === 'tcp' || protocol === speaks) return undefined;
    return `a probe by ${speaks} must ask at a port that speaks it, got the first port, ${targetPort}, of ${protocol}; give the probe a port`;
  }

  /**
   * The probe as the container has it.
   * @param port port of the container, for a probe that names none
   */
  public toKube(construct: IConstruct, port: number): k8s.Probe {
    const { initialDelay, period, timeout, failureThreshold = 3 } = this.options;
    if (this.problem !== undefined) reject(construct, this.problem);
    if (!Number.isInteger(failureThreshold) || failureThreshold < 1) {
      reject(construct, `failureThreshold of a probe must be a whole number of 1 or more, got ${failureThreshold}`);
    }
    return {
      ...this.handler(this.options.port ?? port),
      initialDelaySeconds: initialDelay && wholeSeconds(construct, 'initialDelay of a probe', initialDelay, 0),
      periodSeconds: period && wholeSeconds(construct, 'period of a probe', period, 1),
      timeoutSeconds: timeout && wholeSeconds(construct, 'timeout of a probe', timeout, 1),
      failureThreshold: this.options.failureThreshold,
    };
  }
}

function httpProblem(path: string, headers: readonly { readonly name: string }[]): string | undefined {
  if (!path.startsWith('/')) return `path of a probe must begin with '/', got '${path}'`;
  const odd = headers.find(({ name }) => !isHeaderName(name.toLowerCase()));
  return odd && `headers of a probe must be names of headers, got '${odd.name}'`;
}
