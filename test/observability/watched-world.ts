import { Duration, Size } from 'cdk8s';
import {
  Backup, CanaryRelease, type CanaryReleaseProps, CertificateIssuer, IngressGateway, Metrics, MeshedMicroservice, ObservabilityStack,
  type ObservabilityStackProps, Operation, Port, Receiver, RedisCache, TlsCertificate,
} from '../../src';
import { client, container, world } from '../mesh/world';

const { resources } = container;

/** Somebody who is told. */
export const slack = Receiver.slack({ channel: '#shop', webhook: { secret: { name: 'alerts' }, key: 'slack' } });

/** A Prometheus of its own. */
export const embedded = Metrics.embedded({
  storage: { size: Size.gibibytes(10) }, resources, alerting: { otherwise: [slack] }, nodes: ['10.0.0.0/16'], certManager: 'cert-manager',
  probes: {},
});

/** An environment whose workloads may call the API server. */
export const withApi = { apiServer: { addresses: ['10.0.0.10'], port: 6443 } };

/** A shop of which everything that can go wrong is watched. */
export function watchedShop(props: Partial<ObservabilityStackProps> = {}, release: CanaryReleaseProps = { at: 5 }) {
  const { app, staging, shop } = world(withApi);
  const web = new MeshedMicroservice(shop, 'web', {
    ...container,
    port: [Port.http(80), Port.grpc(9090)],
    replicas: { min: 2, max: 5, cpuPercent: 70 },
    operations: { home: Operation.http('GET', '/'), find: Operation.grpc('shop.Web/Find', { port: 'grpc' }) },
    slo: { availability: 99.9, latency: { percentile: 99, below: Duration.millis(250) } },
  });
  new CanaryRelease(web, 'canary', release);
  const caller = client(shop, 'caller');
  caller.calls(web, { operations: ['find'], slo: { availability: 99.95 } });
  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example'], tls: { credentialName: 'shop-tls' } });
  gateway.routes(web, { operations: ['home'] });
  new TlsCertificate(gateway, 'certificate', { issuer: CertificateIssuer.selfSigned() });
  const redis = new RedisCache(shop, 'redis', { resources, persistence: { size: Size.gibibytes(1) } });
  new Backup(shop, 'redis-backup', { of: redis, storage: { size: Size.gibibytes(1) }, resources });
  const stack = new ObservabilityStack(staging, 'observability', { watches: [shop], metrics: embedded, ...props });
  return { app, staging, shop, web, caller, stack };
}
