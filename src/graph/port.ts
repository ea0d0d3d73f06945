/** What a port speaks, in Istio's words for protocol selection. */
export type Protocol = 'http' | 'grpc' | 'tcp' | 'tls';

/** Options of a `Port`. */
export interface PortOptions {
  /** Port that the container listens on, 1-65535. @default - the port itself */
  readonly targetPort?: number;
  /** Name on the Service: the protocol, or the protocol, a dash and a word (`tcp-redis`). @default - the protocol */
  readonly name?: string;
}

/** A port of a Service and what it speaks. */
export class Port {
  /** A port that speaks HTTP. */
  public static http(port: number, options: PortOptions = {}): Port {
    return new Port('http', port, options);
  }

  /** A port that speaks gRPC. */
  public static grpc(port: number, options: PortOptions = {}): Port {
    return new Port('grpc', port, options);
  }

  /** A port whose bytes the mesh passes on without reading them. */
  public static tcp(port: number, options: PortOptions = {}): Port {
    return new Port('tcp', port, options);
  }

  /** A port where the application itself speaks TLS: the mesh reads the server name and nothing else. */
  public static tls(port: number, options: PortOptions = {}): Port {
    return new Port('tls', port, options);
  }

  /** Port of the container, 1-65535. */
  public readonly targetPort: number;
  /** Name on the Service. */
  public readonly name: string;

  private constructor(
    /** What the port speaks. */
    public readonly protocol: Protocol,
    /** Port of the Service, 1-65535. */
    public readonly number: number,
    options: PortOptions,
  ) {
    this.targetPort = options.targetPort ?? number;
    this.name = options.name ?? protocol;
  }

  /** Whether the mesh sees single requests here, so that routes and policies can tell operations apart. */
  public get carriesRequests(): boolean {
    return this.protocol === 'http' || this.protocol === 'grpc';
  }
}

/** Whether a number can be a port. */
export function isPortNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65535;
}

/** What is wrong with a port, or undefined. */
export function portProblem(port: Port): string | undefined {
  for (const [word, value] of [['port', port.number], ['targetPort', port.targetPort]] as const) {
    if (!isPortNumber(value)) return `${word} must be a whole number from 1 to 65535, got ${value}`;
  }
  const named = port.name === port.protocol || port.name.startsWith(`${port.protocol}-`);
  if (!named || port.name.length > 15 || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(port.name)) {
    return `port name must be '${port.protocol}' or '${port.protocol}-<word>' of at most 15 characters, got '${port.name}'`;
  }
  return undefined;
}
