import type { Cluster } from '../cluster';
import type { Outcome } from '../run/steering';

/** How a request is made that is no usual one. */
export interface Unusual {
  /** @default 'GET' */
  readonly method?: string;
  /** A path that no client would leave as it is. @default - that of the address */
  readonly path?: string;
  /** The `Host` header. @default - that of the address */
  readonly host?: string;
}

/** A browser outside of the mesh: keeps cookies by host, secure ones for https alone, and goes where it is sent if it is told to. */
export class Browser {
  /** Cookies that it was given, as they were. */
  public readonly received: string[] = [];
  private readonly cookies = new Map<string, Map<string, string>>();

  /** @param dials IP address of each host */
  constructor(private readonly cluster: Cluster, private readonly dials: Readonly<Record<string, string>>) {}

  /** Asks once. */
  public async get(url: string, headers: Readonly<Record<string, string>> = {}, { method = 'GET', path, host: named }: Unusual = {}): Promise<Outcome> {
    const { host, pathname, search, protocol } = new URL(url);
    const secure = protocol === 'https:';
    const cookie = secure ? [...this.cookies.get(host) ?? []].map(([name, value]) => `${name}=${value}`).join('; ') : '';
    const [outcome] = await this.cluster.requestFromOutside({
      protocol: secure ? 'https' : 'http', address: host, dial: `${this.dials[host]}:${secure ? 443 : 80}`, method, path: path ?? pathname + search,
      host: named, timeoutMs: 10000, headers: { ...(cookie ? { cookie } : {}), ...headers },
    });
    for (const line of secure ? cookiesIn(outcome) : []) this.keep(host, line);
    return outcome;
  }

  /** Goes on until an answer is no redirect, and says at each page who it is. @returns the last answer, and all addresses on the way */
  public async follow(url: string, person: string): Promise<{ readonly outcome: Outcome; readonly way: readonly string[] }> {
    const way = [url];
    let outcome = await this.get(url);
    while (outcome.status >= 300 && outcome.status < 400 && way.length < 12) {
      const next = new URL(outcome.headers!.location, way.at(-1));
      if (next.pathname.startsWith('/interaction/')) next.searchParams.set('as', person);
      way.push(next.href);
      outcome = await this.get(next.href);
    }
    return { outcome, way };
  }

  private keep(host: string, line: string): void {
    this.received.push(line);
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    const jar = this.cookies.get(host) ?? new Map<string, string>();
    this.cookies.set(host, jar);
    if (value === '' || /max-age=0|expires=[^;]*(1970|0001)/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
}

/** Cookies that an answer sets; several stand in one line, and dates have commas too. */
function cookiesIn({ headers }: Outcome): readonly string[] {
  return (headers?.['set-cookie'] ?? '').split(/,(?=[^;,\s]+=)/).filter((line) => line !== '');
}
