import { Environment, MeshNamespace, MeshedMicroservice, NginxIngress, type NginxIngressProps, Operation, Port } from '../../src';
import { attempts } from './checks';
import { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { synthesized } from './manifests';
import { controllerObjects, throughNginx } from './nginx';
import { refusedByPolicy } from './outcomes';
import type { CallOptions } from './run/steering';
import { judge } from './table';

const HOST = 'fish.example';
const render = (props: Partial<NginxIngressProps>): KubeObject[] => synthesized((app) => {
  const namespace = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), 'fish');
  const web = new MeshedMicroservice(namespace, 'web', {
    image: 'example.com/web:1',
    resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
    port: Port.http(80, { targetPort: 8080 }),
    operations: { get: Operation.http('GET', '/orders/{id}'), place: Operation.http('POST', '/orders'), admin: Operation.http('POST', '/admin') },
  });
  const ingress = new NginxIngress(namespace, 'ingress', { hosts: [HOST], ...props });
  ingress.routes(web, { operations: ['get', 'place'] });
});

const cluster = new Cluster();
const ask = async (objects: readonly KubeObject[], path: string, options: Partial<CallOptions> = {}) =>
  throughNginx(cluster, objects, HOST, { path, ...options });
const statusOf = (outcome: Awaited<ReturnType<typeof ask>>): unknown => (outcome === 'no Ingress' ? outcome : outcome.status);
afterAll(async () => {
  await cluster.clear('fish');
  await cluster.clear('ingress-nginx');
  cluster.close();
});

describe.each([
  ['with sidecar', {}], ['without sidecar', { plaintext: { because: 'the platform runs it for clusters without a mesh too' } }],
] as const)('a controller %s', (sidecar, props) => {
  const objects = render(props);
  beforeAll(async () => {
    await cluster.clear('ingress-nginx');
    await cluster.clear('fish');
    await cluster.apply([...controllerObjects(sidecar), ...objects]);
  });

  test('reaches what is opened, and nothing else', async () => {
    const wanted = [
      ['GET', '/orders/7', 200], ['POST', '/orders', 200],
      ['DELETE', '/orders/7', 403], ['GET', '/orders', 403], ['GET', '/orders/7/x', 403], ['POST', '/admin', 'no Ingress'],
    ] as const;
    const got = await Promise.all(wanted.map(async ([method, path]) => [method, path, statusOf(await ask(objects, path, { method }))]));
    expect(got).toEqual(wanted);
    judge({ asked: `requests through nginx, ${sidecar}`, of: 'web', expected: wanted.length, measured: got.length });
  });

  test('asks once for what must not be done twice, and again for the rest where a sidecar does', async () => {
    const reads = sidecar === 'with sidecar' ? 3 : 1;
    for (const [method, path, times] of [['GET', '/orders/7', reads], ['POST', '/orders', 1]] as const) {
      const name = `${sidecar} ${method}`;
      await cluster.behave('web', { case: name, status: 503 });
      await ask(objects, path, { method, times: 10, headers: { 'x-case': name } });
      const measured = attempts(await cluster.backendCalls('web', name));
      judge({ asked: `attempts of 10 ${method} that fail, ${sidecar}`, of: 'web', expected: 10 * times, measured });
    }
    await cluster.behave('web');
  });

  test('is in a mesh that refuses no configuration', async () => {
    expect(await cluster.rejects()).toEqual([]);
  });
});

test('a controller without a sidecar is refused where nobody said that it has none', async () => {
  const objects = render({});
  await cluster.clear('fish');
  await cluster.apply(objects);
  const [pod] = await cluster.pods('web'); // nothing leads a plain pod to a Service's address here
  const outcome = await ask(objects, '/orders/7', { dial: `${pod.status?.podIP}:8080` });
  expect(outcome).toMatchObject({ status: -1, pod: '', error: expect.stringMatching(/EOF|reset/) });
});

test('who has a sidecar is not let in as one without: the exception is for pods without an identity', async () => {
  const objects = render({ plaintext: { because: 'the platform runs it for clusters without a mesh too' } });
  await cluster.clear('ingress-nginx');
  await cluster.apply([...controllerObjects('with sidecar'), ...objects]);
  const [outcome] = await cluster.request({
    from: 'nginx-controller', protocol: 'http', address: 'web.fish.svc.cluster.local:80', path: '/orders/7', timeoutMs: 5000,
  });
  expect(refusedByPolicy(outcome)).toBe(true);
});
