import { request } from 'node:http';

/** What to ask, how often and how many at a time. */
export interface CallOptions {
  readonly protocol: 'http' | 'https' | 'grpc' | 'tcp';
  /** Host and port, as a program would say them. */
  readonly address: string;
  /** IP address and port to connect to, whatever the address says. */
  readonly dial?: string;
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default 1 */
  readonly times?: number;
  /** @default 1 */
  readonly concurrency?: number;
  /** Go on for so long, instead of counting. */
  readonly forMs?: number;
  /** Wait between requests. @default 0 */
  readonly pauseMs?: number;
  /** @default 30000 */
  readonly timeoutMs?: number;
  /** A connection per request. @default false */
  readonly fresh?: boolean;
}

/** How one request ended; `status` and `grpc` are -1 where there is none. */
export interface Outcome {
  readonly status: number;
  readonly grpc: number;
  readonly version: string;
  readonly pod: string;
  readonly error: string;
  readonly milliseconds: number;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: string;
}

/** How a backend answers from now on; the first that fits is taken. */
export interface Behaviour {
  /** Beginning of the path. @default - all but gRPC health checks */
  readonly path?: string;
  /** The `x-case` header. @default - all */
  readonly case?: string;
  /** HTTP status. @default 200 */
  readonly status?: number;
  /** gRPC status. @default 0 */
  readonly grpc?: number;
  /** Delay. @default 0 */
  readonly milliseconds?: number;
  /** End the connection without an answer. @default false */
  readonly close?: boolean;
  /** Requests that it lasts for. @default - for ever */
  readonly times?: number;
}

/** Requests that arrived and look the same. */
export interface Arrival {
  readonly case: string;
  readonly method: string;
  readonly path: string;
  /** Identity that the proxy vouches for. */
  readonly from: string;
  readonly count: number;
  /** At one time. */
  readonly most: number;
}

/** An HTTP exchange over a Unix socket: sockets in the file system are the same in every network namespace. */
export async function exchange(socketPath: string, method: string, path: string, body?: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers: { host: 'localhost' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('error', reject).on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${method} ${path} of ${socketPath} answers ${response.statusCode}: ${text.trim()}`));
      });
    });
    outgoing.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Steers a backend from outside its network namespace. */
export class Steering {
  constructor(private readonly socket: string) {}

  public async call(options: CallOptions): Promise<Outcome[]> {
    return JSON.parse(await exchange(this.socket, 'POST', '/call', options));
  }

  public async behave(...list: Behaviour[]): Promise<void> {
    await exchange(this.socket, 'POST', '/behave', list);
  }

  public async arrivals(): Promise<Arrival[]> {
    return JSON.parse(await exchange(this.socket, 'GET', '/calls'));
  }

  public async nameAddresses(names: Readonly<Record<string, readonly string[]>>): Promise<void> {
    await exchange(this.socket, 'PUT', '/names', names);
  }
}
