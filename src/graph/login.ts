import { Edge } from './edge';
import { pathsOutside } from './exposure';
import { Route } from './routes';
import { Elsewhere } from './rules';

/** What guards a host of a gateway. */
export interface LoginParty {
  /** Where it was declared. */
  readonly path: string;
  /** Host of its proxy in the mesh. */
  readonly proxy: string;
}

/** What oauth2-proxy says of everybody who is logged in, so that it overwrites what a client says. Source: oauth2-proxy, `set_xauthrequest`. */
export const vouched = ['x-auth-request-access-token', 'x-auth-request-email', 'x-auth-request-user'] as const;
/** What it says of some alone: clients may not say it of themselves. Source: the same. */
export const unvouched = ['x-auth-request-groups', 'x-auth-request-preferred-username'] as const;

/** What is wrong with the routes of a host that a login guards. */
export function loginProblems(host: string, { proxy }: LoginParty, edges: readonly Edge[], elsewhere: readonly Elsewhere[]): readonly string[] {
  const own = edges.filter(({ callee }) => callee.host === proxy).flatMap(pathsOutside);
  const others = edges.filter(({ callee }) => callee.host !== proxy);
  const taken = [...others.flatMap(pathsOutside), ...elsewhere.map(({ path }) => path)].filter((path) => own.some((each) => each.covers(path)));
  const cors = others.some(({ exposure }) => exposure?.cors)
    ? [`cors is of no use behind a login, whose cookie pages of other origins do not send, got it at ${host}; route that to another host`] : [];
  return cors.concat([...new Set(taken.map(({ key }) => key))].map((key) =>
    `${own.map(({ text }) => text).join(' and ')} are the login's own, where nobody has to log in, got ${host}${key}; route that by another path`));
}

/** A route behind a login, which takes away what clients say of themselves. */
export function behindLogin(route: Route | Elsewhere, { proxy }: LoginParty): Route | Elsewhere {
  if (!('policy' in route)) return 'delegate' in route ? { ...route, headers: { request: { remove: [...unvouched] } } } : route;
  if (route.callee.host === proxy) return route;
  const { headers } = route.policy;
  const { set = {}, add = {}, remove = [] } = headers?.request ?? {};
  const said = [...Object.keys(set), ...Object.keys(add), ...remove];
  const request = { ...headers?.request, remove: [...remove, ...unvouched.filter((name) => !said.includes(name))] };
  return { ...route, policy: { ...route.policy, headers: { ...headers, request } } };
}
