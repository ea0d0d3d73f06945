import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { PathNormalization } from '../../graph/environment-facts';
import { everything } from '../../graph/exposure';
import { PathPattern } from '../../graph/path-pattern';
import { reject } from '../../manifest/reject';
import { SecretKey, checkSecretKey, isDataKey } from '../../security/secret-key';
import { proxyPrefix } from './proxy-config';

/** What a login says of itself, and how its environment's proxies read paths. */
export interface LoginWords {
  readonly issuer: { readonly url: string; readonly certificateAuthority?: { readonly key: string } };
  readonly clientId: string;
  readonly secrets: Readonly<Record<string, SecretKey>>;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly paths: readonly PathPattern[];
  readonly open: readonly PathPattern[];
  readonly session: Duration;
  readonly refresh: Duration;
  readonly pathNormalization: PathNormalization;
}

/** Refuses what no issuer answers, what would keep everybody out after a while, and what would let everybody in. */
export function checkLogin(construct: Construct, words: LoginWords): void {
  const { clientId, scopes, groups, session, refresh } = words;
  checkIssuer(construct, words.issuer);
  for (const [what, key] of Object.entries(words.secrets)) checkSecretKey(construct, what, key);
  if (clientId.trim() === '') reject(construct, `clientId must say what the issuer knows us by, got '${clientId}'`);
  const missing = ['openid', 'email'].filter((scope) => !scopes.includes(scope)); // the proxy lets nobody in who has no e-mail address
  if (missing.length > 0) reject(construct, `scopes must have openid and email, got ${scopes.join(', ') || 'none'}; add ${missing.join(' and ')}`);
  if (groups.some((group) => group.trim() === '')) reject(construct, 'groups must have names, got one without; remove it');
  checkApiPaths(construct, words.paths);
  checkPublicPaths(construct, words);
  const [seconds, longest] = [refresh.toSeconds({ integral: false }), session.toSeconds({ integral: false })];
  if (!Number.isInteger(seconds) || !Number.isInteger(longest) || seconds < 1 || seconds >= longest) {
    reject(construct, `refresh must be whole seconds, 1 or more, and less than session, got ${seconds}s and ${longest}s`);
  }
}

/** An address that may have a password in it is not repeated. */
function checkIssuer(construct: Construct, { url: text, certificateAuthority }: LoginWords['issuer']): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const said = url && `${url.username}${url.password}` !== '' ? 'one with a user' : `'${text}'`;
  if (url?.protocol !== 'https:' || said !== `'${text}'` || url.search !== '' || url.hash !== '') {
    reject(construct, `issuer.url must be an address with https, got ${said}; write what the issuer calls itself: https://id.example.com/realms/shop`);
  }
  const key = certificateAuthority?.key;
  if (key !== undefined && !isDataKey(key)) reject(construct, `issuer.certificateAuthority.key must be a key of the ConfigMap, got '${key}'`);
}

function checkApiPaths(construct: Construct, paths: readonly PathPattern[]): void {
  for (const path of paths) {
    const problem = path.problem();
    if (problem !== undefined) reject(construct, `apiPaths: ${problem}`);
    if (path.covers(everything)) reject(construct, `apiPaths must leave pages from which people are sent to the login, got '${path.text}'; narrow it`);
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
