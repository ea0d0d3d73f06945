import { Size } from 'cdk8s';
import { parse } from 'yaml';
import { Metrics } from '../../src';
import { at, container, listAt, objectIn, objectsIn } from '../mesh/world';
import { slack, watchedShop } from './watched-world';

type Options = Parameters<typeof Metrics.embedded>[0];
const shown = (more: Partial<Options> = {}) => watchedShop({
  metrics: Metrics.embedded({
    storage: { size: Size.gibibytes(1) }, resources: container.resources, alerting: { otherwise: [slack] }, kiali: {}, ...more,
  }),
});
const configOf = ({ stack }: ReturnType<typeof shown>): unknown => parse(String(Object.values(Object(at(objectIn(stack, 'ConfigMap', 'kiali'), 'data')))[0]));

test('it shows the watched namespaces and that of istiod, and changes nothing', () => {
  const config = configOf(shown());
  expect(at(config, 'deployment.discovery_selectors.default')).toEqual([
    { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['istio-system', 'observability', 'shop'] }] },
  ]);
  expect(at(config, 'deployment.view_only_mode')).toBe(true);
});

test('it asks for metrics, dashboards and traces where those are, and is not told of what is not there', () => {
  const services = (more: Partial<Options>) => {
    const world = shown(more);
    const { grafana, tracing } = at(configOf(world), 'external_services') as { grafana: object; tracing: object };
    return [grafana, tracing, at(objectIn(world.stack, 'Sidecar', 'kiali'), 'spec.egress.0.hosts')];
  };
  const host = (name: string) => `./${name}.observability.svc.cluster.local`;
  const api = 'default/kubernetes.default.svc.cluster.local';
  expect(services({})).toEqual([{ enabled: false }, { enabled: false }, [host('prometheus'), api]]);
  expect(services({ grafana: {}, traces: { samplingPercentage: 1, storage: { size: Size.gibibytes(1) } } })).toEqual([
    { enabled: true, internal_url: 'http://grafana:3000' },
    { enabled: true, internal_url: 'http://jaeger:16686', provider: 'jaeger', use_grpc: false },
    [host('grafana'), host('jaeger'), host('prometheus'), api],
  ]);
});

test('it links to others where people reach them', () => {
  const config = configOf(shown({ grafana: {}, kiali: { links: { grafana: 'https://grafana.example' } } }));
  expect(at(config, 'external_services.grafana')).toEqual({ enabled: true, external_url: 'https://grafana.example', internal_url: 'http://grafana:3000' });
});

test('it may read, by what the platform grants, and neither write nor look into pods nor read Secrets', () => {
  const role = objectsIn(shown().staging).find((each) => at(each, 'metadata.name') === 'observability-kiali' && at(each, 'kind') === 'ClusterRole');
  const rules = listAt(role, 'rules');
  expect(new Set(rules.flatMap((rule) => listAt(rule, 'verbs')))).toEqual(new Set(['get', 'list', 'watch']));
  const resources = rules.flatMap((rule) => listAt(rule, 'resources').map((resource) => `${String(listAt(rule, 'apiGroups')[0])}/${String(resource)}`));
  expect(resources).toContain('/services');
  for (const closed of ['/secrets', '/pods/log', '/pods/portforward', '/pods/exec', '/*']) expect(resources).not.toContain(closed);
});

test('every workload that it shows says what it is and which version: by them it draws its graph', () => {
  const { app } = shown({ grafana: {} });
  const pods = objectsIn(app).filter((each) => ['Deployment', 'StatefulSet'].includes(String(at(each, 'kind'))));
  expect(pods.length).toBeGreaterThan(5);
  for (const each of pods) {
    expect(at(each, 'spec.template.metadata.labels')).toMatchObject({ app: expect.any(String), version: expect.any(String) });
  }
});
