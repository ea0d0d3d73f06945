import { Duration, Size } from 'cdk8s';
import { parse } from 'yaml';
import { CallGraph } from '../../src/graph/call-graph';
import {
  Environment, GitOpsApp, MeshNamespace, MeshedMicroservice, Metrics, ObservabilityStack, type Objective, Operation, Port, Receiver, RedisCache,
} from '../../src';
import { at, client, container, expectRefusal, listAt, objectIn, objectsIn, payment, world } from '../mesh/world';
import { rulesIn } from './rule-files';
import { embedded, slack, watchedShop, withApi } from './watched-world';

const { resources } = container;
const alertsOf = (scope: Parameters<typeof rulesIn>[0]) => rulesIn(scope).filter((rule) => 'alert' in rule);
const operated = () => watchedShop({ metrics: Metrics.operator() });

test('one more promise to a caller is one more alert of each kind, and nothing else changes', () => {
  const [before, after] = [watchedShop(), watchedShop()];
  client(after.shop, 'late').calls(after.web, { operations: ['find'], slo: { availability: 99 } });
  const names = (world: typeof before) => alertsOf(world.app).map(({ alert, labels }) => `${alert} ${labels.service ?? ''} ${labels.caller ?? ''}`);
  expect(names(after).filter((name) => !names(before).includes(name))).toEqual(['ErrorBudgetBurnsFast web late', 'ErrorBudgetBurns web late']);
});

test.each([['copies alone', 'destination', { at: 0, mirror: 10 }], ['requests and copies', 'source', { at: 5, mirror: 10 }]])(
  'a version that gets %s is compared by what the %s counts', (_, reporter, release) => {
    const releases = alertsOf(watchedShop({}, release).app).filter(({ labels }) => labels.version === 'canary');
    expect(releases.map(({ alert }) => alert)).toEqual(['CanaryFailsMore', 'CanaryIsSlower']);
    for (const { expr } of releases) expect(new Set(expr.match(/reporter="\w+"/g))).toEqual(new Set([`reporter="${reporter}"`]));
  },
);

test('every alert says who is hurt, who owns it and where its runbook is', () => {
  const { app } = watchedShop({ runbooks: 'https://git.example/runbooks/', owner: '@shops/platform' });
  const alerts = alertsOf(app);
  expect(alerts.length).toBeGreaterThan(10);
  for (const { labels, annotations } of alerts) {
    expect(labels.severity).toMatch(/^(page|ticket)$/);
    expect(annotations.impact).not.toBe('');
    expect(annotations.runbook_url).toMatch(/^https:\/\/git\.example\/runbooks\/[a-z-]+\.md$/);
  }
});

test('a budget that no failure could burn so fast has no such alert', () => {
  const { app, shop, staging } = world(withApi);
  new MeshedMicroservice(shop, 'lax', { ...container, port: Port.http(80), slo: { availability: 50 } });
  new ObservabilityStack(staging, 'observability', { watches: [shop], metrics: embedded });
  expect(alertsOf(app).filter(({ alert }) => alert.startsWith('ErrorBudget')).map(({ alert }) => alert)).toEqual(['ErrorBudgetBurns']);
});

test('a store has no alert of requests, and a namespace without autoscaler, store, job or certificate none of those', () => {
  const { app, shop, staging } = world(withApi);
  client(shop, 'caller');
  new ObservabilityStack(staging, 'observability', { watches: [shop], metrics: embedded });
  const ofShop = alertsOf(app).filter(({ labels }) => labels.namespace === 'shop').map(({ alert }) => alert);
  expect(ofShop).toEqual(['PodRestarts', 'PlaintextSeen', 'MetricsMissing']);
});

test('what nobody measures has no alert', () => {
  const blind = Metrics.embedded({ storage: { size: Size.gibibytes(1) }, resources, alerting: { otherwise: [slack] } });
  const names = alertsOf(watchedShop({ metrics: blind }).app).map(({ alert }) => alert);
  expect(names).not.toContain('VolumeFills');
  expect(names).not.toContain('CertificateExpires');
});

test('who installs the kube-prometheus-stack is told whom its Alertmanager tells, with the chart\'s own chatter left out', () => {
  const alerting = { otherwise: [slack], routes: [{ owner: '@shops/web', to: [slack] }] } as const;
  const { app } = watchedShop({ metrics: Metrics.operator({ alerting }) });
  const values: unknown = parse(app.render().get('staging/kube-prometheus-stack-values.yaml')!);
  expect(at(values, 'alertmanager.alertmanagerSpec.secrets')).toEqual(['alerts']);
  expect(at(values, 'alertmanager.config.receivers.0.slack_configs.0.api_url_file')).toBe('/etc/alertmanager/secrets/alerts/slack');
  expect(at(values, 'alertmanager.config.route.routes')).toEqual([
    { matchers: ['alertname=~"InfoInhibitor|Watchdog"'], receiver: 'nobody' }, { matchers: ['owner="@shops/web"'], receiver: 'route 0: @shops/web' },
  ]);
  expect([...operated().app.render().keys()].filter((path) => path.endsWith('-values.yaml'))).toEqual(['staging/istiod-values.yaml']);
});

test('fails where two stacks say whom that Alertmanager tells', () => {
  const metrics = Metrics.operator({ alerting: { otherwise: [slack] } });
  const { app, staging } = watchedShop({ metrics });
  const other = new MeshNamespace(staging, 'other');
  new ObservabilityStack(staging, 'again', { watches: [other], metrics });
  expectRefusal(() => app.render(), 'staging/again', 'staging/kube-prometheus-stack-values.yaml', 'in one place');
});

test('the operator is told in the namespace itself, by the labels that it selects', () => {
  const { shop, stack } = operated();
  for (const kind of ['PodMonitor', 'PrometheusRule']) expect(at(objectIn(shop, kind), 'metadata.labels')).toEqual({ release: 'prometheus' });
  expect(at(objectIn(shop, 'PodMonitor'), 'spec.podMetricsEndpoints.0')).toEqual({
    path: '/stats/prometheus',
    port: 'http-envoy-prom', // the only one that the injector declares: by 15020 nothing would be found
    relabelings: [{ regex: '(.+):15090', replacement: '$1:15020', sourceLabels: ['__address__'], targetLabel: '__address__' }],
  });
  expect(objectsIn(stack).map((each) => at(each, 'kind')).sort()).toEqual(['ConfigMap', 'PodMonitor', 'PrometheusRule', 'ServiceMonitor']);
});

test.each([
  ['operator', operated, 'monitoring'], ['embedded', watchedShop, 'observability'],
] as const)('%s: its Prometheus alone may ask the pods', (_, make, namespace) => {
  const { shop } = make();
  const [rule] = listAt(objectIn(shop, 'NetworkPolicy', 'allow-mesh'), 'spec.ingress');
  expect(at(rule, 'from.0.namespaceSelector.matchLabels')).toEqual({ 'kubernetes.io/metadata.name': namespace });
  expect(listAt(rule, 'from')).toHaveLength(1);
});

test('Prometheus goes to the pods beside its proxy, and reads nothing but pods there', () => {
  const { app } = watchedShop();
  const pod = at(objectIn(app, 'Deployment', 'prometheus'), 'spec.template');
  expect(at(pod, 'metadata.annotations')).toMatchObject({ 'traffic.sidecar.istio.io/excludeOutboundPorts': '15014,15020,9402' });
  const reading = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }];
  expect(at(objectIn(app, 'Role', 'observability-prometheus-shop'), 'rules')).toEqual(reading);
});

const web = (slo: Objective) => () => new MeshedMicroservice(world().shop, 'web', { ...container, port: Port.http(80), slo });
const latency = (percentile: number, milliseconds: number): Objective => ({ latency: { percentile, below: Duration.millis(milliseconds) } });

test.each([
  ['an objective of 100 %', web({ availability: 100 }), ['slo.availability must be more than 0 and less than 100 percent, got 100', 'say 99.9']],
  ['an objective that says nothing', web({}), ['slo must say availability, latency or both', 'remove it']],
  ['a bound that nobody counts at', web(latency(99, 300)), ['got 300 ms; say 250 ms or 500 ms']],
  ['a percentile of 100', web(latency(100, 250)), ['slo.latency.percentile', 'got 100']],
  ['latency of bytes', () => new MeshedMicroservice(world().shop, 'db', { ...container, port: Port.tcp(5432), slo: latency(99, 250) }),
    ['[staging/shop/db] the mesh sees no requests at a port of TCP or TLS, got slo.latency; remove it']],
  ['latency of a call to bytes', () => {
    const { shop } = world();
    client(shop, 'caller').calls(new RedisCache(shop, 'redis', { resources }), { slo: latency(99, 250) });
  }, ['[staging/shop/caller] redis: the mesh sees no requests', 'slo.latency']],
  ['latency of streams', () => new MeshedMicroservice(world().shop, 'feed', {
    ...container, port: Port.http(80), operations: { all: Operation.http('GET', '/', { streams: true }) }, slo: latency(99, 250),
  }), ['slo.latency needs requests that end by themselves']],
  ['an objective of a client', () => client(world().shop, 'caller', { slo: { availability: 99 } }), ['slo is of those who are called', 'give it one']],
  ['no namespace', () => watchedShop({ watches: [] as never }), ['watches must name at least one']],
  ['a namespace twice', () => {
    const { shop, staging } = world(withApi);
    new ObservabilityStack(staging, 'observability', { watches: [shop, shop], metrics: embedded });
  }, ["watches must name each namespace once, got 'shop' twice"]],
  ['a namespace of another environment', () => {
    const other = new MeshNamespace(new Environment(new GitOpsApp(), 'production'), 'shop');
    new ObservabilityStack(world(withApi).staging, 'observability', { watches: [other], metrics: embedded });
  }, ['watches must be of its own environment, got production/shop']],
  ['two stacks of one name', () => {
    const { staging, shop } = operated();
    new ObservabilityStack(new MeshNamespace(staging, 'more') as never, 'observability', { watches: [shop], metrics: Metrics.operator() });
  }, ["a namespace has room for one of each name, got 'observability' in staging/shop"]],
  ['runbooks that are no address', () => watchedShop({ runbooks: 'docs/runbooks' }), ["runbooks must be an http address, got 'docs/runbooks'"]],
] as const)('refuses %s', (_, make, parts) => {
  expectRefusal(make, ...parts);
});

const told = (alerting: Parameters<typeof Metrics.embedded>[0]['alerting']) => () =>
  watchedShop({ metrics: Metrics.embedded({ storage: { size: Size.gibibytes(1) }, resources, alerting }) });

test.each([
  ['a secret as text', told({ otherwise: [Receiver.slack({ channel: '#shop', webhook: 'https://hooks.slack.com/services/T/B/x' as never })] }),
    ['alerting.otherwise[0].webhook must be a key of a Secret, got a text of 38 characters']],
  ['nobody, of an operator', () => watchedShop({ metrics: Metrics.operator({ alerting: { otherwise: [] as never } }) }),
    ['alerting.otherwise must name at least one receiver']],
  ['nobody', told({ otherwise: [] as never }), ['alerting.otherwise must name at least one receiver']],
  ['a channel that is none', told({ otherwise: [Receiver.slack({ channel: 'shop', webhook: { secret: { name: 'a' }, key: 'b' } })] }),
    ["got 'shop'", "'#shop-alerts'"]],
  ['a route for all', told({ otherwise: [slack], routes: [{ to: [slack] }] }), ['alerting.routes[0] must say owner or severity']],
  ['a route behind one that takes all of it',
    told({ otherwise: [slack], routes: [{ severity: 'page', to: [slack] }, { severity: 'page', owner: '@a', to: [slack] }] }),
    ['alerting.routes[1] is never reached, got @a page']],
] as const)('tells nobody by %s', (_, make, parts) => {
  expectRefusal(make, ...parts);
});

test('two promises between the same two are one too many', () => {
  const { shop, staging } = world();
  const callee = payment(shop);
  const caller = client(shop, 'caller');
  caller.calls(callee, { operations: ['charge'], slo: { availability: 99 } });
  caller.calls(callee, { operations: ['refunds'], slo: { availability: 99.9 } });
  expect(staging.graph).toBeInstanceOf(CallGraph);
  expect(staging.graph.problems()).toContainEqual('[staging/shop/caller] slo is measured over all calls of a caller to a callee, got one for payment refunds '
    + 'beside that for payment charge; say it once');
});
