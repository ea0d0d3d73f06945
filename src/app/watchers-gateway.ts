import { Duration } from 'cdk8s';
import { type CertificateIssuer, type ExternalSecretProps, type ObservabilityStack, OidcLogin } from '../index';
import { publicGateway } from './public-gateway';
import { secretOf } from './secret-of';

/** Where those who run the systems look at them. */
export interface WatchersAccess {
  /** Domain below which each of them has its host. */
  readonly domain: string;
  /** Who knows them: customers are known by others. */
  readonly issuer: string;
  /** Who signs the certificate. */
  readonly certificates: CertificateIssuer;
  /** What has the secrets. @default - somebody makes them */
  readonly vault?: ExternalSecretProps['store'];
}

/** Hosts of what a stack shows. */
export function hostsOf({ domain }: WatchersAccess) {
  return { grafana: `grafana.${domain}`, kiali: `kiali.${domain}`, jaeger: `jaeger.${domain}` };
}

/** Lets the platform's people in, by TLS and with a login of their own. */
export function watchersGateway(stack: ObservabilityStack, access: WatchersAccess): void {
  const { issuer, certificates, vault } = access;
  const { grafana, kiali, jaeger } = stack.embedded!;
  const hosts = hostsOf(access);
  const gateway = publicGateway(stack, { hosts: Object.values(hosts), tls: { credentialName: 'observability-tls' }, certificates });
  const path = 'observability/login';
  const secret = secretOf(stack, 'login', { 'client-secret': path, 'cookie-secret': path }, vault);
  new OidcLogin(stack, 'oauth2-proxy', {
    gateway,
    issuer: { url: issuer },
    clientId: 'observability',
    clientSecret: secret('client-secret'),
    cookieSecret: secret('cookie-secret'),
    resources: { cpu: ['50m', '200m'], memory: ['64Mi', '128Mi'] },
    groups: ['platform'],
    apiPaths: ['/api/*'],
  });
  const timeout = Duration.minutes(2); // questions about a long time take long
  gateway.routes(grafana!, { hosts: [hosts.grafana], timeout });
  gateway.routes(kiali!, { hosts: [hosts.kiali], timeout });
  gateway.routes(jaeger!, { hosts: [hosts.jaeger], timeout: Duration.seconds(30) });
}
