import { MeshedJob } from '../../src';
import { at, client, container, expectRefusal, objectIn, world } from './world';

const apiServer = { addresses: ['10.0.0.1', 'fd00::1'], port: 6443 };

function caller() {
  const { app, staging, shop } = world({ apiServer });
  const operator = client(shop, 'operator');
  operator.calls(staging.kubernetesApi, { env: (to) => ({ KUBERNETES_URL: to.url() }) });
  return { app, operator, staging, shop };
}

test('a workload that calls the Kubernetes API gets a token, and only that', () => {
  const { operator, shop } = caller();
  expect(objectIn(operator, 'ServiceAccount')).not.toHaveProperty('automountServiceAccountToken');
  expect(objectIn(client(shop, 'other'), 'ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
});

test('reaches it at its addresses and its own port', () => {
  expect(at(objectIn(caller().operator, 'NetworkPolicy'), 'spec.egress')).toEqual([
    { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }, { ipBlock: { cidr: 'fd00::1/128' } }], ports: [{ port: 6443 }] },
  ]);
});

test('knows its host, and calls it by TLS', () => {
  const { operator } = caller();
  expect(at(objectIn(operator, 'Sidecar'), 'spec.egress')).toEqual([{ hosts: ['default/kubernetes.default.svc.cluster.local'] }]);
  expect(at(objectIn(operator, 'Deployment'), 'spec.template.spec.containers.0.env')).toEqual([
    { name: 'KUBERNETES_URL', value: 'https://kubernetes.default.svc.cluster.local:443' },
  ]);
});

test('is called by jobs like any callee, and by several workloads', () => {
  const { app, staging, shop } = caller();
  new MeshedJob(shop, 'nightly', container).calls(staging.kubernetesApi, {});
  expect(() => app.render()).not.toThrow();
  expect(staging.kubernetesApi).toBe(staging.kubernetesApi);
});

test.each([undefined, { addresses: [], port: 6443 }])('fails where its addresses are not known: %j', (api) => {
  const { staging } = world({ apiServer: api });
  expectRefusal(() => staging.kubernetesApi, '[staging]', 'apiServer', 'kubectl get endpoints kubernetes');
});

test.each(['10.0.0.0/24', 'api.example', ''])('fails for the address %j', (address) => {
  const { staging } = world({ apiServer: { addresses: [address], port: 6443 } });
  expectRefusal(() => staging.kubernetesApi, '[staging]', 'apiServer', `'${address}'`);
});

test('fails for a port out of range', () => {
  const { staging } = world({ apiServer: { addresses: ['10.0.0.1'], port: 70_000 } });
  expectRefusal(() => staging.kubernetesApi, '[staging', '70000');
});
