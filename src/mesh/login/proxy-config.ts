import { Duration } from 'cdk8s';
import { PathPattern } from '../../graph/path-pattern';

/** What oauth2-proxy is told, beside its secrets. */
export interface ProxyConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly hosts: readonly string[];
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly apiPaths: readonly PathPattern[];
  readonly session: Duration;
  readonly refresh: Duration;
  readonly caFile?: string;
}

/** Port that it listens on. */
export const proxyPort = 4180;
/** Where its own pages are, on each host that it guards. */
export const proxyPrefix = '/oauth2';
/** Where it says how it is: below its own paths, since what it answers with 200 lets a request pass to the application. */
export const proxyHealth = { ping: `${proxyPrefix}/ping`, ready: `${proxyPrefix}/ready` } as const;

/**
 * Its configuration file. The mesh asks it for every request, so it has no upstream of its own: it answers 200 where somebody is logged in.
 * A cookie whose name begins with `__Host-` is one host's alone. Each page that was opened has a cookie of its own until somebody has logged in, and a
 * few at most, since all are sent to the application too. Source: oauth2-proxy 7.15, configuration overview; RFC 6265bis, 4.1.3.2.
 */
export function proxyConfig({ issuer, clientId, hosts, scopes, groups, apiPaths, session, refresh, caFile }: ProxyConfig): string {
  const settings: Readonly<Record<string, string | boolean | number | readonly string[] | undefined>> = {
    allowed_groups: groups.length > 0 ? groups : undefined,
    api_routes: apiPaths.length > 0 ? apiPaths.map((path) => `^${path.requestRegex()}$`) : undefined,
    client_id: clientId,
    code_challenge_method: 'S256',
    cookie_csrf_per_request: true,
    cookie_csrf_per_request_limit: 5,
    cookie_expire: `${session.toSeconds()}s`,
    cookie_name: '__Host-login',
    cookie_refresh: `${refresh.toSeconds()}s`,
    cookie_samesite: 'lax',
    email_domains: ['*'],
    http_address: `0.0.0.0:${proxyPort}`,
    oidc_issuer_url: issuer,
    pass_access_token: true,
    ping_path: proxyHealth.ping,
    provider: 'oidc',
    provider_ca_files: caFile === undefined ? undefined : [caFile],
    ready_path: proxyHealth.ready,
    redirect_url: hosts.length === 1 ? `https://${hosts[0]}${proxyPrefix}/callback` : undefined,
    scope: scopes.join(' '),
    set_xauthrequest: true,
    skip_provider_button: true,
    upstreams: ['static://200'],
  };
  return Object.entries(settings).filter(([, value]) => value !== undefined).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`).join('');
}
