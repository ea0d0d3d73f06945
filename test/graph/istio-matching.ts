import { UriMatch } from '../../src/graph/path-pattern';

/** Whether a route's URI match takes a path. Source: `StringMatch` of networking.istio.io/v1; a regex must match the whole path. */
export function routeTakes(match: UriMatch, path: string): boolean {
  if ('exact' in match) return path === match.exact;
  if ('prefix' in match) return path.startsWith(match.prefix);
  return new RegExp(`^(?:${match.regex})$`, 's').test(path);
}

/**
 * Whether a path of an AuthorizationPolicy allows a request path: exact, `prefix*`, or a template with `{*}` for one
 * segment and a last `{**}` for any rest, the empty one too. Source: `Operation.paths` of security.istio.io/v1.
 */
export function policyAllows(allowed: string, path: string): boolean {
  if (allowed.includes('{*}') || allowed.includes('{**}')) return templateAllows(allowed.split('/'), path.split('/'));
  return allowed.endsWith('*') ? path.startsWith(allowed.slice(0, -1)) : path === allowed;
}

function templateAllows(template: readonly string[], path: readonly string[]): boolean {
  if (template.length === 0 || path.length === 0) return template.length === path.length;
  const [[head, ...restOfTemplate], [segment, ...restOfPath]] = [template, path];
  if (head === '{**}') return true;
  const takes = head === '{*}' ? segment !== '' : segment === head;
  return takes && templateAllows(restOfTemplate, restOfPath);
}

/** What a pattern means, from its description alone: literals, `{name}` for one segment, a last `*` for the path itself and all below. */
export function patternMeans(pattern: string, path: string): boolean {
  const wanted = pattern.split('/').slice(1);
  const given = path.split('/').slice(1);
  const open = wanted.at(-1) === '*';
  const fixed = open ? wanted.slice(0, -1) : wanted;
  if (open ? given.length < fixed.length : given.length !== fixed.length) return false;
  return fixed.every((segment, index) => (segment.startsWith('{') ? given[index] !== '' : segment === given[index]));
}
