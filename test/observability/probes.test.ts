import { Size } from 'cdk8s';
import { parse } from 'yaml';
import { type HostProbes, IngressGateway, Metrics, ObservabilityStack } from '../../src';
import { at, container, expectRefusal, listAt, objectIn, objectsIn, world } from '../mesh/world';
import { rulesIn } from './rule-files';
import { slack, watchedShop, withApi } from './watched-world';

const probing = (probes?: HostProbes) => watchedShop({
  metrics: Metrics.embedded({ storage: { size: Size.gibibytes(1) }, resources: container.resources, alerting: { otherwise: [slack] }, probes }),
});
const configOf = ({ stack }: ReturnType<typeof probing>, name: string): unknown =>
  parse(String(Object.values(Object(at(objectIn(stack, 'ConfigMap', name), 'data')))[0]));

test('hosts of gateways are asked from outside: by TLS where they have it, each under its namespace', () => {
  const jobs = listAt(configOf(probing({}), 'prometheus'), 'scrape_configs');
  expect(jobs.find((job) => at(job, 'job_name') === 'hosts')).toMatchObject({
    static_configs: [{ targets: ['https://shop.example/'], labels: { namespace: 'shop' } }],
  });
});

test('the exporter may reach those hosts and nobody else, and Prometheus alone may ask it', () => {
  const { stack } = probing({ cidrs: ['203.0.113.7/32'] });
  expect(at(objectIn(stack, 'Sidecar', 'blackbox-exporter'), 'spec.egress.0.hosts')).toEqual(['./shop.example']);
  expect(at(objectIn(stack, 'NetworkPolicy', 'blackbox-exporter'), 'spec.egress')).toEqual([
    { ports: [{ port: 443 }], to: [{ ipBlock: { cidr: '203.0.113.7/32' } }] },
  ]);
  expect(at(objectIn(stack, 'AuthorizationPolicy', 'blackbox-exporter'), 'spec.rules.0.from.0.source.principals')).toEqual([
    'cluster.local/ns/observability/sa/prometheus',
  ]);
});

test('certificates count, unless somebody says that they are signed by themselves', () => {
  const http = (probes: HostProbes) => at(configOf(probing(probes), 'blackbox-exporter'), 'modules.answers.http');
  expect(http({})).not.toHaveProperty('tls_config');
  expect(http({ certificates: 'any' })).toMatchObject({ tls_config: { insecure_skip_verify: true } });
});

test('who does not ask has no exporter and no alert that could never fire', () => {
  const { app, stack } = probing();
  expect(() => objectIn(stack, 'Deployment', 'blackbox-exporter')).toThrow('got 0');
  expect(rulesIn(app).filter((rule) => JSON.stringify(rule).includes('probe_'))).toEqual([]);
});

test('fails where a host comes after the stack, which would not ask it', () => {
  const { app, shop } = probing({});
  new IngressGateway(shop, 'late', { hosts: ['late.example'] });
  expectRefusal(() => app.render(), "metrics.probes asks the hosts that there are when the stack is made, got 'late.example' later", 'after its gateway');
});

test('a long host has a name that a Service may have', () => {
  const long = `${'shop-'.repeat(11)}shop.example.com`; // 71 characters
  const { shop, staging } = world(withApi);
  new IngressGateway(shop, 'long', { hosts: [long] });
  const metrics = Metrics.embedded({ storage: { size: Size.gibibytes(1) }, resources: container.resources, alerting: { otherwise: [slack] }, probes: {} });
  const [entry] = objectsIn(new ObservabilityStack(staging, 'observability', { watches: [shop], metrics })).filter((each) => at(each, 'kind') === 'ServiceEntry'
    && JSON.stringify(each).includes(long));
  expect([at(entry, 'spec.hosts'), String(at(entry, 'metadata.name')).length]).toEqual([[long], 63]);
});
