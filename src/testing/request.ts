import { Operation } from '../graph/operation';
import { at, listAt, textAt } from '../graph/json';

/** A request as a proxy sees it. */
export interface Request {
  /** HTTP method. */
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** The token that comes with it and was found right. @default - none */
  readonly token?: Token;
}

/** What a right token says. */
export interface Token {
  /** Claim `iss`. */
  readonly issuer: string;
  /** Claim `sub`. @default - none, so that no policy takes it for somebody's */
  readonly subject?: string;
  /** Its other claims. @default - none */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** What is asked: an `Operation`, a gRPC method (`shop.Payment/Charge`), or an HTTP method and a path (`GET /orders/7`). */
export type Asked = Operation | string;

/** One request that is what was asked. */
export function requestOf(asked: Asked): Request {
  if (asked instanceof Operation) return { method: asked.methods[0], path: asked.path.text.replace(/\{\w+\}/g, 'x').replace(/\/\*$/, '/x') };
  const [method, path] = asked.split(' ');
  return path === undefined ? { method: 'POST', path: `/${method}` } : { method, path };
}

/** A request as a person writes it. */
export function inWords({ method, path, token }: Request): string {
  return `${method} ${path}${token ? ` with a token of ${token.issuer}` : ''}`;
}

/** Whether a match of a route takes a request. Source: Istio, HTTPMatchRequest; what is left out takes all. */
export function routeTakes(match: unknown, { method, path }: Request): boolean {
  return stringTakes(at(match, 'uri'), path) && stringTakes(at(match, 'method'), method);
}

/** Whether an operation of an AuthorizationPolicy covers a request at a port. */
export function policyTakes(operation: unknown, { method, path }: Request, port: number): boolean {
  const [methods, paths, notPaths, ports] = ['methods', 'paths', 'notPaths', 'ports'].map((field) => listAt(operation, field).map(String));
  return (methods.length === 0 || methods.includes(method)) && (ports.length === 0 || ports.includes(String(port)))
    && (paths.length === 0 || paths.some((pattern) => pathTakes(pattern, path))) && !notPaths.some((pattern) => pathTakes(pattern, path));
}

function stringTakes(match: unknown, text: string): boolean {
  if (match === undefined) return true;
  const [exact, prefix, regex] = ['exact', 'prefix', 'regex'].map((field) => textAt(match, field));
  if (exact !== undefined) return text === exact;
  if (prefix !== undefined) return text.startsWith(prefix);
  return regex !== undefined && new RegExp(`^(?:${regex})$`).test(text); // Envoy's regex matches the whole text
}

/** Source: Istio, AuthorizationPolicy `paths`: exact, `prefix*`, `*suffix`, and templates of `{*}` and `{**}`. */
function pathTakes(pattern: string, path: string): boolean {
  if (pattern.includes('{')) {
    const regex = pattern.split(/(\{\*\*?\})/).map((part) => ({ '{*}': '[^/]+', '{**}': '.*' })[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('');
    return new RegExp(`^${regex}$`).test(path);
  }
  if (pattern.endsWith('*')) return path.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? path.endsWith(pattern.slice(1)) : pattern === path;
}
