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

/** What is wrong with a redirect from some hosts, or undefined. */
export function redirectProblem({ path, to }: Redirect, hosts: readonly string[]): string | undefined {
  const problem = path.problem();
  if (problem !== undefined) return problem;
  if (to.host === undefined && to.path === undefined) return 'a redirect must say another host or path, got neither';
  if (to.host !== undefined && !isDnsName(to.host)) return `host of a redirect must be a DNS name, got '${to.host}'`;
  if (to.path !== undefined && !to.path.startsWith('/')) return `path of a redirect must begin with '/', got '${to.path}'`;
  const stays = to.host === undefined || hosts.includes(to.host);
  const again = to.path === undefined || path.covers(new PathPattern(to.path.replace(/[?#].*$/, '')));
  return stays && again ? `a redirect must lead elsewhere, got ${path.text} that leads to itself; change the path or the host` : undefined;
}
