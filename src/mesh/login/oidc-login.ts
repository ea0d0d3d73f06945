import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { AuthorizationPolicyProps } from '../../../imports/security.istio.io';
import { unvouched, vouched } from '../../graph/login';
import { Operation, httpMethods } from '../../graph/operation';
import { PathPattern } from '../../graph/path-pattern';
import { Port } from '../../graph/port';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { uniqueId } from '../../manifest/names';
import { declareOwner } from '../../manifest/owner';
import { loginPolicy, publicPolicy } from '../../security/login-policy';
import { SecretKey, secretEnvValue } from '../../security/secret-key';
import { TokenLocation } from '../../security/token-location';
import { Probe } from '../../workload/probe';
import { Resources } from '../../workload/quantity';
import { Replicas } from '../../workload/replicas';
import { Volume } from '../../workload/volume';
import { ExternalService } from '../external-service';
import { GatewayHosts } from '../gateway-hosts';
import { IngressGateway } from '../ingress-gateway';
import { MeshNamespace } from '../mesh-namespace';
import { MeshedMicroservice } from '../meshed-microservice';
import { checkLogin } from './check-login';
import { proxyConfig, proxyHealth, proxyPort, proxyPrefix } from './proxy-config';

/** Who says who somebody is: an OpenID provider. */
export interface LoginIssuer {
  /** Its address, to the letter what it calls itself in tokens: `https://id.example.com/realms/shop`. */
  readonly url: string;
  /** Its address ranges. @default - any public address */
  readonly cidrs?: readonly string[];
  /** Who signed its certificate, as a file of a ConfigMap. @default - who the image knows */
  readonly certificateAuthority?: { readonly configMap: string; readonly key: string };
}

/** Properties of `OidcLogin`. */
export interface OidcLoginProps extends GatewayHosts {
  /** The gateway whose hosts need a login. */
  readonly gateway: IngressGateway;
  /** Who says who somebody is. */
  readonly issuer: LoginIssuer;
  /** What the issuer knows us by. It must let people back to `https://<host>/oauth2/callback` of each host. */
  readonly clientId: string;
  /** What proves that to the issuer. */
  readonly clientSecret: SecretKey;
  /** What cookies are encrypted with: 16, 24 or 32 bytes. */
  readonly cookieSecret: SecretKey;
  /** Requests and limits of the proxy. */
  readonly resources: Resources;
  /** Groups, any of which somebody must be in; others are answered 403. @default - anybody whom the issuer knows */
  readonly groups?: readonly [string, ...string[]];
  /** What the issuer is asked to tell, `openid` and `email` at least. @default ['openid', 'email', 'profile'] */
  readonly scopes?: readonly string[];
  /** Paths of programs rather than people (`/api/*`): those without a login are answered 401 instead of being sent to one. @default - none */
  readonly apiPaths?: readonly string[];
  /**
   * Paths from outside that need no login (`/health`, `/static/*`). A client that says there who it is, in a header of the login, is answered 403.
   * @default - none
   */
  readonly publicPaths?: readonly string[];
  /** How long a login holds. @default Duration.hours(8) */
  readonly session?: Duration;
  /** How long a token is handed on before a new one is fetched: less than it is good for. @default Duration.minutes(4) */
  readonly refresh?: Duration;
  /** Image. @default 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.3' */
  readonly image?: string;
  /** How many pods run. @default - what the environment says */
  readonly replicas?: Replicas;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
}

const timeout = Duration.seconds(5);

/**
 * Lets nobody in at a gateway who has not logged in: an oauth2-proxy that the gateway asks about every request but those below `/oauth2`, which are its
 * own. If it does not answer, nobody gets in (503). The mesh has to know it as an extension provider: that is in `istiod-values.yaml`, for who installs
 * the mesh. What is behind gets the token in `x-auth-request-access-token`, for a `JwtAuthentication`.
 * Its id is the name of the Deployment and of its file.
 */
export class OidcLogin extends Construct {
  /** Where requests that were let in have their token. */
  public readonly token = TokenLocation.header('x-auth-request-access-token');
  /** The proxy. */
  public readonly proxy: MeshedMicroservice<'check' | 'pages' | 'robots'>;
  /** The issuer, as the proxy reaches it. */
  public readonly issuer: ExternalService;
  /** What the proxy is told. */
  public readonly config: Manifest<k8s.KubeConfigMapProps>;
  /** What makes the gateway ask. */
  public readonly authorizationPolicy: Manifest<AuthorizationPolicyProps>;

  /** @throws ConfigurationError on hosts that cannot have it, and on what would keep everybody out or let everybody in */
  constructor(scope: Construct, id: string, props: OidcLoginProps) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, props.owner);
    const { gateway, issuer, clientId, clientSecret, cookieSecret, groups = [], scopes = ['openid', 'email', 'profile'] } = props;
    const { session = Duration.hours(8), refresh = Duration.minutes(4), apiPaths = [], publicPaths = [] } = props;
    const [paths, open] = [apiPaths, publicPaths].map((list) => list.map((path) => new PathPattern(path)));
    const { environment, name: namespace } = MeshNamespace.of(this);
    const { pathNormalization } = environment.facts;
    const secrets = { clientSecret, cookieSecret };
    checkLogin(this, { issuer, clientId, secrets, scopes, paths, open, session, refresh, groups, pathNormalization });

    const hosts = props.hosts ?? gateway.hosts;
    const caFile = issuer.certificateAuthority && `/etc/issuer/${issuer.certificateAuthority.key}`;
    const config = proxyConfig({ issuer: issuer.url, clientId, hosts, scopes, groups, apiPaths: paths, session, refresh, caFile });
    this.config = new Manifest(this, 'Config', kinds.ConfigMap, { name: id }, () => ({ data: { 'oauth2_proxy.cfg': config } }));
    this.proxy = this.deploy(id, props);
    gateway.guard(this, { hosts }, this.proxy, timeout);
    const { hostname, port } = new URL(issuer.url);
    this.issuer = new ExternalService(this, `${id}-issuer`, { host: hostname, port: Port.tls(Number(port || 443)), cidrs: issuer.cidrs });
    this.proxy.calls(this.issuer, {});

    const provider = `${namespace}-${id}`;
    environment.provide(this, provider, extensionProvider(this.proxy.party.host));
    const unasked = open.flatMap((path) => path.policyPaths());
    const notPaths = [...new PathPattern(`${proxyPrefix}/*`).policyPaths(), ...unasked];
    this.authorizationPolicy = loginPolicy(this, gateway.party, provider, { hosts, provider, notPaths });
    if (open.length > 0) publicPolicy(this, gateway.party, provider, { hosts, paths: unasked, headers: [...vouched, ...unvouched] });
  }

  private deploy(id: string, { image, resources, replicas, clientSecret, cookieSecret, issuer }: OidcLoginProps): OidcLogin['proxy'] {
    const authority = issuer.certificateAuthority;
    return new MeshedMicroservice(this, id, {
      image: image ?? 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.3',
      args: ['--config=/etc/oauth2-proxy/oauth2_proxy.cfg'],
      port: Port.http(80, { targetPort: proxyPort }),
      resources,
      replicas,
      readiness: Probe.httpGet(proxyHealth.ready),
      liveness: Probe.httpGet(proxyHealth.ping),
      env: {
        OAUTH2_PROXY_CLIENT_SECRET: secretEnvValue(clientSecret),
        OAUTH2_PROXY_COOKIE_SECRET: secretEnvValue(cookieSecret),
      },
      volumes: {
        '/etc/oauth2-proxy': Volume.configMap(this.config), ...(authority ? { '/etc/issuer': Volume.configMap(authority.configMap) } : {}),
      },
      operations: {
        pages: Operation.http(['GET', 'POST'], `${proxyPrefix}/*`),
        robots: Operation.http(['GET', 'HEAD'], '/robots.txt'),
        check: Operation.http(httpMethods, '/*'),
      },
    });
  }
}

/** Source: Istio, MeshConfig `EnvoyExternalAuthorizationHttpProvider`. Who is not answered is not let in: `failOpen` is false by default. */
function extensionProvider(service: string): object {
  return {
    envoyExtAuthzHttp: {
      headersToDownstreamOnAllow: ['set-cookie'],
      headersToDownstreamOnDeny: ['content-type', 'set-cookie'],
      headersToUpstreamOnAllow: [...vouched],
      includeRequestHeadersInCheck: ['accept', 'cookie'],
      port: 80,
      service,
      statusOnError: '503',
      timeout: `${timeout.toSeconds()}s`,
    },
  };
}
