import { Duration, Size } from 'cdk8s';
import {
  type ArgoCdDeliveryProps, CertificateIssuer, type EnvironmentProps, type ExternalSecretProps, type JwtIssuer, type KubeBenchProps, TokenLocation,
} from '../index';
import type { AddisPayOptions } from './addis-pay/addis-pay';
import type { AirportOptions } from './airport/airport';
import type { JhipsterStoreOptions } from './jhipster-store/jhipster-store';
import type { SystemLogs } from './log-stack';
import type { MonitoringOptions } from './monitoring';
import type { MernShopOptions } from './mern-shop/mern-shop';
import type { OnlineBoutiqueOptions } from './online-boutique/online-boutique';

/** What one environment of the app is. */
export interface AppEnvironment extends EnvironmentProps {
  readonly onlineBoutique: OnlineBoutiqueOptions;
  readonly jhipsterStore: JhipsterStoreOptions;
  readonly airport: AirportOptions;
  readonly mernShop: MernShopOptions;
  readonly addisPay: AddisPayOptions;
  readonly monitoring: MonitoringOptions;
  /** How Argo CD applies it. */
  readonly delivery: ArgoCdDeliveryProps;
  /** How its nodes are compared with the CIS benchmark. */
  readonly kubeBench: KubeBenchProps;
  /** Whether experiments change it. @default false */
  readonly experiments?: boolean;
}

/** Customers of a shop, as the identity provider of an environment knows them; their browsers keep the token in a cookie. */
function customersOf(domain: string, shop: string): JwtIssuer {
  const issuer = `https://id.${domain}/realms/${shop}`;
  return { issuer, jwks: { uri: `${issuer}/protocol/openid-connect/certs` }, audiences: [shop], from: [TokenLocation.cookie('id_token')] };
}

/** People of the store, as Keycloak knows them. */
function accessOf(domain: string): JhipsterStoreOptions['access'] {
  return { issuer: `https://id.${domain}/realms/jhipster-store`, audience: 'jhipster-store' };
}

/** Certificates of the shops' domain, whose zone the DNS provider lets cert-manager write. */
const letsEncrypt = CertificateIssuer.acme({
  email: 'certificates@example.com', dns01: { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'api-token' } } },
});

/** What has the secrets of production. */
const vault: ExternalSecretProps['store'] = { name: 'vault', kind: 'ClusterSecretStore' };

/** Logs of a system in production. */
const productionLogs: SystemLogs = {
  storage: { size: Size.gibibytes(10) },
  retention: Duration.days(10),
  resources: { elasticsearch: { cpu: ['1', '2'], memory: ['2Gi', '2Gi'] } },
};

/** Where the rendered folder is published. */
const repository = 'https://git.example.com/shops/gitops.git';
/** The cluster that Argo CD itself runs in. */
const clusters: ArgoCdDeliveryProps['clusters'] = [{ name: 'own', server: 'https://kubernetes.default.svc' }];

/** The environments: all that differs between them stands here. */
export const environments: Readonly<Record<string, AppEnvironment>> = {
  staging: {
    replicas: 1,
    interception: 'init',
    pathNormalization: 'MERGE_SLASHES',
    severalProviders: true, // the store's customers and the platform's people log in at one gateway
    delivery: { repository, clusters },
    apiServer: { addresses: ['10.20.0.10'], port: 6443 },
    monitoring: {
      storage: Size.gibibytes(10), nodes: ['10.20.0.0/16'], probes: { certificates: 'any' }, channel: '#shop-staging',
      traces: { samplingPercentage: 100, storage: { size: Size.gibibytes(5) } },
      access: { domain: 'staging.example.com', issuer: 'https://id.staging.example.com/realms/platform', certificates: CertificateIssuer.selfSigned() },
    },
    kubeBench: {},
    experiments: true,
    onlineBoutique: {
      ingress: { hosts: ['boutique.staging.example.com'] },
      customers: customersOf('staging.example.com', 'boutique'),
      canaries: { frontend: 20, catalog: 25 },
      loadGenerator: true,
    },
    jhipsterStore: {
      // its login needs TLS; browsers of testers may warn
      ingress: { hosts: ['store.staging.example.com'], tls: { credentialName: 'store-tls' }, certificates: CertificateIssuer.selfSigned() },
      access: accessOf('staging.example.com'),
      databases: { storage: { size: Size.gibibytes(1) } },
      invoiceCanary: 20,
    },
    airport: { ingress: { hosts: ['airport.staging.example.com'] } },
    mernShop: {
      frontend: 'frontend.sushi',
      backend: 'backend.sushi',
      ingress: { controller: 'nginx' },
      stores: { storage: { size: Size.gibibytes(1) } },
      logs: { storage: { size: Size.gibibytes(5) }, retention: Duration.days(3) },
    },
    addisPay: {
      ingress: { hosts: ['shop.staging.addispay.example'] },
      stores: { storage: { size: Size.gibibytes(1) } },
      logs: { storage: { size: Size.gibibytes(5) }, retention: Duration.days(3) },
    },
  },
  production: {
    replicas: { min: 2, max: 5, cpuPercent: 70 },
    interception: 'cni',
    pathNormalization: 'MERGE_SLASHES',
    severalProviders: true, // the store's customers and the platform's people log in at one gateway
    delivery: {
      repository,
      clusters: [{ name: 'production', server: 'https://production.k8s.example.com' }],
      // nothing by itself from Friday afternoon to Monday morning; a person may
      syncWindows: [{ kind: 'deny', schedule: '0 16 * * 5', duration: Duration.hours(63), timeZone: 'Europe/Vienna', manualSync: true }],
    },
    apiServer: { addresses: ['10.30.0.10', '10.30.0.11', '10.30.0.12'], port: 6443 },
    monitoring: {
      storage: Size.gibibytes(50), nodes: ['10.30.0.0/16'], probes: {}, channel: '#shop-alerts',
      traces: { samplingPercentage: 1, storage: { size: Size.gibibytes(20) }, retention: Duration.days(7) },
      access: { domain: 'example.com', issuer: 'https://id.example.com/realms/platform', certificates: letsEncrypt, vault },
      pagerDuty: { secret: { name: 'alertmanager' }, key: 'pagerduty-routing-key' },
    },
    kubeBench: { schedule: '0 3 * * 1' },
    onlineBoutique: {
      ingress: { hosts: ['boutique.example.com'], tls: { credentialName: 'boutique-tls' }, certificates: letsEncrypt },
      customers: customersOf('example.com', 'boutique'),
      canaries: { frontend: 0, catalog: 0 },
      cartStorage: { size: Size.gibibytes(1) },
    },
    jhipsterStore: {
      ingress: { hosts: ['store.example.com'], tls: { credentialName: 'store-tls' }, certificates: letsEncrypt },
      access: { ...accessOf('example.com'), vault },
      databases: { storage: { size: Size.gibibytes(10) }, backups: { size: Size.gibibytes(20) } },
      invoiceCanary: 20,
    },
    airport: { ingress: { hosts: ['airport.example.com'], tls: { credentialName: 'airport-tls' }, certificates: letsEncrypt } },
    mernShop: {
      frontend: 'sushi.example.com',
      backend: 'api.sushi.example.com',
      ingress: { tls: { credentialName: 'sushi-tls' }, certificates: letsEncrypt },
      stores: { storage: { size: Size.gibibytes(8) }, vault, backups: { size: Size.gibibytes(20) } },
      logs: productionLogs,
    },
    addisPay: {
      ingress: { hosts: ['shop.addispay.example'], tls: { credentialName: 'addispay-tls' }, certificates: letsEncrypt },
      stores: { storage: { size: Size.gibibytes(10) }, vault, backups: { size: Size.gibibytes(20) } },
      logs: productionLogs,
      replicas: { min: 2, max: 6, cpuPercent: 70, behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, period: Duration.minutes(1) }] } } },
    },
  },
};
