import { at, listAt } from '../mesh/world';
import { committedFiles, named, nameOf, objectsOf, ofKind } from './built';
import { EDGES, FACTS, type Facts } from './facts';

const files = committedFiles();
const ENVIRONMENTS = ['staging', 'production'] as const;
const DRAIN = 5; // the preStop hook

/** Programs that send spans of their own, and what tells them where to: systems.md §1 (a). */
const SEND_SPANS = ['frontend', 'checkoutservice', 'currencyservice', 'emailservice', 'paymentservice', 'productcatalogservice', 'recommendationservice'];
/** Those in Go, which send all whatever their caller's span says: only where all are wanted. */
const SEND_ALL = ['frontend', 'checkoutservice', 'productcatalogservice'];
function spansOf(environment: string, workload: string): Readonly<Record<string, string>> {
  const name = workload.replace('-canary', '');
  if (environment === 'production' && SEND_ALL.includes(name)) return {};
  const collector = 'jaeger.observability.svc.cluster.local:4317';
  return SEND_SPANS.includes(name) ? { ENABLE_TRACING: '1', COLLECTOR_SERVICE_ADDR: collector, OTEL_SERVICE_NAME: name } : {};
}

function cases(): [environment: string, name: string, facts: Facts][] {
  const expected = (environment: string) => Object.entries(FACTS).filter(([name]) => environment === 'staging' || name !== 'loadgenerator');
  return ENVIRONMENTS.flatMap((environment) => expected(environment).map(([name, facts]): [string, string, Facts] => [environment, name, facts]));
}

describe.each(cases())('in %s, %s', (environment, name, facts) => {
  const objects = objectsOf(files, `${environment}/online-boutique`);
  const pod = at(named(objects, facts.kind, name), 'spec.template.spec');
  const container = at(pod, 'containers.0');

  test('runs its image in its container', () => {
    expect(listAt(pod, 'containers')).toHaveLength(1);
    expect([at(container, 'name'), at(container, 'image')]).toEqual([facts.container, facts.image]);
  });

  test('listens on its port', () => {
    const ports = facts.port === undefined ? undefined : [{ name: facts.service?.[1], containerPort: facts.port }];
    expect(at(container, 'ports')).toEqual(ports);
  });

  test('has a Service at its port, named for what it speaks', () => {
    const services = ofKind(objects, 'Service').filter((service) => nameOf(service) === (facts.serves ?? name));
    const [number, word] = facts.service ?? [];
    const port = { appProtocol: word?.split('-')[0], name: word, port: number, targetPort: number === facts.port ? undefined : facts.port };
    expect(services.map((service) => at(service, 'spec.ports'))).toEqual(facts.service ? [[port]] : []);
  });

  test('is asked whether it is well', () => {
    expect([at(container, 'readinessProbe'), at(container, 'livenessProbe')]).toEqual([facts.readiness, facts.liveness]);
  });

  test('has its variables', () => {
    const env = (at(container, 'env') ?? []) as readonly unknown[];
    expect(Object.fromEntries(env.map((variable) => [at(variable, 'name'), at(variable, 'value')]))).toEqual({ ...facts.env, ...spansOf(environment, name) });
  });

  test('has its requests and limits', () => {
    const [request, limit] = [0, 1].map((index) => ({ cpu: facts.cpu[index], memory: facts.memory[index] }));
    expect(at(container, 'resources')).toEqual({ requests: request, limits: limit });
  });

  test('has its grace to finish, after the drain', () => {
    const drain = facts.port === undefined || facts.kind === 'StatefulSet' ? 0 : DRAIN;
    expect(at(pod, 'terminationGracePeriodSeconds')).toBe(facts.grace && facts.grace + drain);
  });
});

describe.each(ENVIRONMENTS)('in %s', (environment) => {
  const objects = objectsOf(files, `${environment}/online-boutique`);

  test('nothing else runs', () => {
    const running = ofKind(objects, 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod').map(nameOf);
    expect(running.sort()).toEqual(cases().filter(([each]) => each === environment).map(([, name]) => name).sort());
  });

  test('a payment has no retries', () => {
    const routes = listAt(named(objects, 'VirtualService', 'paymentservice'), 'spec.http');
    expect(routes.map((route) => at(route, 'retries.attempts'))).toEqual([0, 0]);
  });

  test('an order is retried nowhere on its way from the gateway', () => {
    const steps = ofKind(objects, 'VirtualService').flatMap((service) => listAt(service, 'spec.http'))
      .filter((route) => /cart\/checkout|PlaceOrder|Charge|ShipOrder/.test(JSON.stringify(at(route, 'match') ?? '')));
    expect(steps.length).toBeGreaterThanOrEqual(4);
    expect(steps.map((route) => at(route, 'retries.attempts'))).toEqual(steps.map(() => 0));
  });

  test('the way of an order keeps its budget', () => {
    const timeout = (service: unknown, text: string) => {
      const route = listAt(service, 'spec.http').find((each) => JSON.stringify(each).includes(text));
      return Number(/^(\d+)s$/.exec(String(at(route, 'timeout')))?.[1]);
    };
    const gateway = ofKind(objects, 'VirtualService').find((service) => at(service, 'spec.gateways') !== undefined);
    const budget = [
      timeout(gateway, '/cart/checkout'),
      timeout(named(objects, 'VirtualService', 'checkoutservice'), 'PlaceOrder'),
      timeout(named(objects, 'VirtualService', 'paymentservice'), 'Charge'),
    ];
    expect([...budget].sort((a, b) => b - a)).toEqual(budget);
    expect(new Set(budget).size).toBe(3);
  });

  test('the gateway alone opens the frontend to the outside', () => {
    const open = ofKind(objects, 'AuthorizationPolicy').filter((policy) => JSON.stringify(policy).includes('istio-ingressgateway'));
    expect(open.map(nameOf)).toEqual(['frontend']);
  });
});

test('staging has exactly the 16 edges of the boutique, with exactly their gRPC methods', () => {
  const policies = ofKind(objectsOf(files, 'staging/online-boutique'), 'AuthorizationPolicy').filter((policy) => at(policy, 'spec.rules') !== undefined);
  const edges = policies.flatMap((policy) => listAt(policy, 'spec.rules').map((rule): [string, string[]] => {
    const caller = String(at(rule, 'from.0.source.principals.0')).replace('cluster.local/ns/demo-app/sa/', '');
    const paths = listAt(rule, 'to').flatMap((to) => (at(to, 'operation.paths') ?? []) as readonly string[]);
    return [`${caller} → ${nameOf(policy)}`, paths.filter((path) => path.startsWith('/hipstershop.')).map((path) => path.replace('/hipstershop.', ''))];
  }));
  const mesh = edges.filter(([edge]) => !edge.includes('istio-ingressgateway'));
  expect(Object.keys(EDGES)).toHaveLength(16);
  expect(Object.fromEntries(mesh.sort())).toEqual(EDGES);
});
