import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { PathPattern } from '../../graph/path-pattern';
import { reject } from '../../manifest/reject';

/** What a login says of itself. */
export interface LoginWords {
  readonly issuer: { readonly url: string; readonly certificateAuthority?: { readonly key: string } };
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly paths: readonly PathPattern[];
  readonly session: Duration;
  readonly refresh: Duration;
}

/** Refuses what no issuer answers, and what would keep everybody out after a while. */
export function checkLogin(construct: Construct, { issuer, clientId, scopes, groups, paths, session, refresh }: LoginWords): void {
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
  const [minutes, longest] = [refresh.toSeconds({ integral: false }), session.toSeconds({ integral: false })];
  if (!Number.isInteger(minutes) || !Number.isInteger(longest) || minutes < 1 || minutes >= longest) {
    reject(construct, `refresh must be whole seconds, 1 or more, and less than session, got ${minutes}s and ${longest}s`);
  }
}
