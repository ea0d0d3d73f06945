import { invalid } from './configuration-error';
import { Callee, Caller } from './party';
import { Port } from './port';

/** How a caller writes down where a callee is. */
export class Address {
  /** Host: short inside the caller's namespace, fully qualified elsewhere. */
  public readonly host: string;
  /** Port, as environment variables have it. */
  public readonly port: string;
  /** `<host>:<port>`. */
  public readonly hostPort: string;

  constructor(
    private readonly caller: Caller,
    private readonly callee: Callee,
    private readonly servicePort: Port,
    host = callee.pods?.namespace === caller.namespace ? callee.name : callee.host,
  ) {
    this.host = host;
    this.port = String(servicePort.number);
    this.hostPort = `${this.host}:${this.port}`;
  }

  /** The same place with its fully qualified host, for programs that need it inside the namespace too. */
  public get qualified(): Address {
    return new Address(this.caller, this.callee, this.servicePort, this.callee.host);
  }

  /**
   * A URL.
   * @param path begins with a slash. @default - none
   * @param scheme for example `jdbc:postgresql`. @default - `https` where the application speaks TLS, else `http`
   * @throws ConfigurationError where one of them cannot be
   */
  public url(path = '', scheme = this.servicePort.protocol === 'tls' ? 'https' : 'http'): string {
    if (!/^[a-z][a-z0-9+.-]*(:[a-z0-9+.-]+)*$/.test(scheme)) invalid(this.caller.path, `scheme of a URL must be one without ://, got '${scheme}'`);
    if (path !== '' && !path.startsWith('/')) invalid(this.caller.path, `path of a URL must begin with '/', got '${path}'`);
    return `${scheme}://${this.hostPort}${path}`;
  }
}
