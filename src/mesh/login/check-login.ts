import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { PathNormalization } from '../../graph/environment-facts';
import { everything } from '../../graph/exposure';
import { PathPattern } from '../../graph/path-pattern';
import { reject } from '../../manifest/reject';
import { proxyPrefix } from './proxy-config';

/** What a login says of itself, and how its environment's proxies read paths. */
export interface LoginWords {
  readonly issuer: { readonly url: string; readonly certificateAuthority?: { readonly key: string } };
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly paths: readonly PathPattern[];
  readonly open: readonly PathPattern[];
  readonly session: Duration;
  readonly refresh: Duration;
  readonly pathNormalization: PathNormalization;
}

/** Refuses what no issuer answers, and what would keep everybody out after a while. */
export function checkLogin(construct: Construct, { issuer, clientId, scopes, groups, paths, session, refresh, ...words }: LoginWords): void {
  const url = URL.canParse(issuer.url) ? new URL(issuer.url) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.search !== '' || url.hash !== '') {
    reject(construct, `issuer.url must be an address with https, got '${issuer.url}'; write what the issuer calls itself: https://id.example.com/realms/shop`);
  }
  const key = issuer.certificateAuthority?.key;
  if (key !== undefined && !/^[\w.-]+$/.test(key)) reject(construct, `issuer.certificateAuthority.key must be a key of the ConfigMap, got '${key}'`);
  if (clientId.trim() === '') reject(construct, `clientId must say what the issuer knows us by, got '${clientId}'`);
  if (!scopes.includes('openid')) reject(construct, `scopes must have openid, got ${scopes.join(', ') || 'none'}; add it`);
  if (groups.some((group) => group.trim() === '')) reject(construct, 'groups must have names, got one without; remove it');
  const problem = paths.map((path) => path.problem()).find((each) => each !== undefined);
  if (problem !== undefined) reject(construct, `apiPaths: ${problem}`);
  checkPublicPaths(construct, words);
  const [seconds, longest] = [refresh.toSeconds({ integral: false }), session.toSeconds({ integral: false })];
  if (!Number.isInteger(seconds) || !Number.isInteger(longest) || seconds < 1 || seconds >= longest) {
    reject(construct, `refresh must be whole seconds, 1 or more, and less than session, got ${seconds}s and ${longest}s`);
  }
}

/** Paths that need no login: the proxies' idea of them has to be the application's, and they must not be all. */
function checkPublicPaths(construct: Construct, { open, pathNormalization }: Pick<LoginWords, 'open' | 'pathNormalization'>): void {
  const own = [`${proxyPrefix}/*`, '/robots.txt'].map((path) => new PathPattern(path));
  for (const path of open) {
    const problem = path.problem();
    if (problem !== undefined) reject(construct, `publicPaths: ${problem}`);
    if (path.covers(everything)) reject(construct, `publicPaths must leave something to the login, got '${path.text}'; leave the host out of it instead`);
    const [match] = path.uriMatches();
    if ('regex' in match) reject(construct, `publicPaths must have no parameter, got '${path.text}'; name the paths, or open all below one with '/*'`);
    if (own.some((each) => each.overlaps(path))) reject(construct, `publicPaths must leave the login its own paths, got '${path.text}'; remove it`);
    if (path.text.endsWith('/*') && pathNormalization !== 'DECODE_AND_MERGE_SLASHES') {
      reject(construct, `publicPaths with * need pathNormalization DECODE_AND_MERGE_SLASHES, got '${path.text}' and ${pathNormalization}: ` +
      `to an application that decodes it, ${path.text.slice(0, -1)}..%2Forders is /orders; set it in the mesh config, then in the Environment`);
    }
  }
}
