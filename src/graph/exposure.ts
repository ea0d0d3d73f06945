import { Duration } from 'cdk8s';
import { Edge } from './edge';
import { StringMatch } from './party';
import { PathPattern } from './path-pattern';
import { takesText } from './text';

/** Which pages of other origins a browser lets use an answer. The methods follow from the operations that are open. */
export interface CorsPolicy {
  /** Origins of those pages, for example `Text.exact('https://shop.example')`. */
  readonly allowOrigins: readonly [StringMatch, ...StringMatch[]];
  /** Headers that they may send beside the simple ones. @default - none */
  readonly allowHeaders?: readonly string[];
  /** Headers of the answer that they may read beside the simple ones. @default - none */
  readonly exposeHeaders?: readonly string[];
  /** Whether they may send cookies; then origins have to be named. @default false */
  readonly allowCredentials?: boolean;
  /** How long a browser remembers what it was told, whole seconds. @default - 5 s, as browsers do */
  readonly maxAge?: Duration;
}

/** How requests of a call come in from outside. */
export interface Exposure {
  /** Hosts that they ask for; sorted. */
  readonly hosts: readonly string[];
  /** What stands outside before the callee's own paths, and is taken off on the way in: `/services/invoice`. @default - nothing */
  readonly pathPrefix?: string;
  /** What browsers let pages of other origins do. @default - nothing */
  readonly cors?: CorsPolicy;
  /** Whether another repository's gateway has the hosts, and leaves the prefix to this one. @default false */
  readonly delegated?: boolean;
  /** Whether requests by other methods go there too, to be refused, so that nobody else gets them. @default false */
  readonly everyMethod?: boolean;
}

/** Every path. */
export const everything = new PathPattern('/*');

/** A path of the callee as it is asked for from outside: `/` below a prefix is the prefix, with a slash at its end or without. */
export function outside(path: PathPattern, exposure: Pick<Exposure, 'pathPrefix'> | undefined): readonly PathPattern[] {
  if (exposure?.pathPrefix === undefined) return [path];
  const whole = new PathPattern(exposure.pathPrefix + path.text);
  return path.text === '/' ? [new PathPattern(exposure.pathPrefix), whole] : [whole];
}

/** Every path that a call opens to the outside; all of them where its callee does not tell operations apart. */
export function pathsOutside({ callee, operations, exposure }: Edge): readonly PathPattern[] {
  const paths = operations.length > 0 ? operations.map((name) => callee.operations[name].path) : [everything];
  return paths.flatMap((path) => outside(path, exposure));
}

/** Whether a call is open wherever another is, under the same paths. */
export function isOpenThere(exposure: Exposure | undefined, other: Exposure | undefined): boolean {
  if (other === undefined) return true;
  return exposure?.pathPrefix === other.pathPrefix && other.hosts.every((host) => exposure?.hosts.includes(host));
}

/** What is wrong with how a call is open to the outside, or undefined. */
export function exposureProblem({ pathPrefix, cors }: Exposure): string | undefined {
  if (pathPrefix !== undefined && (pathPrefix === '/' || !/^(\/[A-Za-z0-9._~-]+)+$/.test(pathPrefix))) {
    return `pathPrefix must be segments of letters, digits and . _ ~ -, each after a slash, got '${pathPrefix}'; write for example '/services/invoice'`;
  }
  return cors && corsProblem(cors);
}

function corsProblem(cors: CorsPolicy): string | undefined {
  const { allowCredentials = false, allowHeaders = [], exposeHeaders = [], maxAge } = cors;
  const slashed = cors.allowOrigins.find((origin) => 'exact' in origin && !/^(\*|[a-z][a-z0-9+.-]*:\/\/[^/]+)$/.test(origin.exact));
  if (slashed) return `cors.allowOrigins must be a scheme and a host without a path, as browsers send them, got ${JSON.stringify(slashed)}`;
  const anybody = ['*', 'https://anybody.invalid', 'http://anybody.invalid'];
  const open = cors.allowOrigins.some((origin) => anybody.some((text) => takesText(origin, text)));
  if (allowCredentials && open) return 'cors.allowCredentials needs origins that are named, got one that takes all; name them';
  const begun = cors.allowOrigins.find((origin) => 'prefix' in origin && !/:\/\/[^/:]+:\d*$/.test(origin.prefix));
  if (allowCredentials && begun) {
    return `cors.allowCredentials needs origins that are whole, got ${JSON.stringify(begun)}, which others can go on with; use Text.exact, or end it with ':'`;
  }
  const odd = [...allowHeaders, ...exposeHeaders].find((name) => !/^[A-Za-z0-9*-]+$/.test(name));
  if (odd !== undefined) return `cors headers must be names of headers, got '${odd}'`;
  const milliseconds = maxAge?.toMilliseconds() ?? 1000;
  return milliseconds < 1000 || milliseconds % 1000 !== 0 ? `cors.maxAge must be whole seconds, 1 or more, got ${milliseconds}ms` : undefined;
}

/** Routes of one host that treat pages of other origins differently: a preflight request does not say which of them it is for. */
export function exposureProblems(edges: readonly Edge[]): readonly string[] {
  const byHost = new Map<string, Edge[]>();
  for (const edge of edges) for (const host of edge.exposure?.hosts ?? []) byHost.set(host, [...byHost.get(host) ?? [], edge]);
  return [...byHost].flatMap(([host, open]) => open.flatMap((edge, index) => open.slice(0, index).flatMap((earlier) => disagreement(host, earlier, edge))));
}

function disagreement(host: string, one: Edge, other: Edge): readonly string[] {
  const [first, second] = [one, other].map(({ exposure }) => JSON.stringify(exposure?.cors));
  if (first === second) return [];
  const isBetween = (a: PathPattern, b: PathPattern): boolean => (first && second ? a.overlaps(b) : a.key === b.key);
  const shared = pathsOutside(one).find((path) => pathsOutside(other).some((each) => isBetween(path, each)));
  if (!shared) return [];
  return [`[${other.caller.path}] routes of one path must have one cors policy, got two for ${host}${shared.key}; give all of them the same`];
}
