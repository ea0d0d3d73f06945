import { Callee, Caller } from './party';
import { Port } from './port';

/** How a caller writes down where a callee is. */
export class Address {
  /** Host: short inside the caller's namespace, fully qualified elsewhere. */
  public readonly host: string;
  /** Fully qualified host. */
  public readonly fqdn: string;
  /** Port, as environment variables have it. */
  public readonly port: string;
  /** `<host>:<port>`. */
  public readonly hostPort: string;

  constructor(caller: Caller, callee: Callee, private readonly servicePort: Port) {
    this.fqdn = callee.host;
    this.host = callee.pods?.namespace === caller.namespace ? callee.name : callee.host;
    this.port = String(servicePort.number);
    this.hostPort = `${this.host}:${this.port}`;
  }

  /**
   * A URL.
   * @param path begins with a slash. @default - none
   * @param scheme for example `jdbc:postgresql`. @default - `https` where the application speaks TLS, else `http`
   */
  public url(path = '', scheme = this.servicePort.protocol === 'tls' ? 'https' : 'http'): string {
    return `${scheme}://${this.hostPort}${path}`;
  }
}
