import { Environment, MeshNamespace, MeshedMicroservice, Operation, Port, synthesize, type MeshNamespaceProps } from '../../src';

/** One commit each; here they stand side by side, so that the differences can be read. */
const steps: Readonly<Record<string, MeshNamespaceProps>> = {
  'step-1-sidecars': { mtls: 'permissive', authorization: 'dry-run', outbound: 'any', networkPolicies: 'open' },
  'step-2-strict': { authorization: 'dry-run', outbound: 'any', networkPolicies: 'open' },
  'step-3-outbound': { authorization: 'dry-run', networkPolicies: 'open' },
  'step-4-authorization': { authorization: 'workloads', networkPolicies: 'open' },
  'step-5-deny-all': { networkPolicies: 'open' },
  'step-6-network': {},
};

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  for (const [step, enforcement] of Object.entries(steps)) {
    const shop = new MeshNamespace(new Environment(app, step, { interception: 'init' }), 'shop', enforcement);
    const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
    const orders = new MeshedMicroservice(shop, 'orders', {
      image: 'registry.example/orders:1.0.3',
      existing: { deployment: 'shop-orders', selector: { 'app.kubernetes.io/name': 'orders', 'app.kubernetes.io/instance': 'shop' } },
      port: Port.http(80, { targetPort: 8080 }),
      resources,
      replicas: 2,
      operations: { list: Operation.http('GET', '/orders') },
    });
    const desk = new MeshedMicroservice(shop, 'desk', {
      image: 'registry.example/desk:2.1.0',
      existing: { deployment: 'shop-desk', selector: { 'app.kubernetes.io/name': 'desk' } },
      port: Port.http(80, { targetPort: 8080 }),
      resources,
      operations: { page: Operation.http('GET', '/') },
    });
    desk.calls(orders, { operations: ['list'], env: (to) => ({ ORDERS_URL: to.url() }) });
  }
});
