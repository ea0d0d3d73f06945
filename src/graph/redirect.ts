import { isDnsName } from './host-name';
import { PathPattern } from './path-pattern';

/** Where a gateway sends clients instead of answering: at least one of the two differs. */
export interface RedirectTarget {
  /** Host that they ask then. @default - the same */
  readonly host?: string;
  /** Path that they ask for then, whole. @default - the same */
  readonly path?: string;
}

/** Status of a redirect: for good or for now, and whether the method stays (307, 308). */
export type RedirectCode = 301 | 302 | 303 | 307 | 308;

/** Requests that a gateway answers with another place. */
export interface Redirect {
  /** Which they are. */
  readonly path: PathPattern;
  /** Where they should go. */
  readonly to: RedirectTarget;
  /** What the client is told. @default 301 */
  readonly code?: RedirectCode;
}

/** What is wrong with a redirect by itself, or undefined. */
export function redirectProblem({ path, to }: Redirect): string | undefined {
  const problem = path.problem();
  if (problem !== undefined) return problem;
  if (to.host === undefined && to.path === undefined) return 'a redirect must say another host or path, got neither';
  if (to.host !== undefined && !isDnsName(to.host)) return `host of a redirect must be a DNS name, got '${to.host}'`;
  if (to.path !== undefined && (!to.path.startsWith('/') || /[*{}]/.test(to.path))) {
    return `path of a redirect must begin with '/' and be one path, got '${to.path}'`;
  }
  return undefined;
}

/** Whether a redirect of a host leads to itself: of all paths that are answered there, it takes its own target. */
export function isLoop({ path, to }: Redirect, host: string, hosts: readonly string[], answered: readonly PathPattern[]): boolean {
  const there = to.host ?? host;
  const stays = there === host || (!hosts.includes(there) && host.startsWith('*') && there.endsWith(host.slice(1)));
  if (!stays) return false;
  if (to.path === undefined) return true;
  const target = new PathPattern(to.path.replace(/[?#].*$/, ''));
  const [first] = answered.filter((each) => each.covers(target)).sort((a, b) => a.compare(b));
  return first?.key === path.key;
}
