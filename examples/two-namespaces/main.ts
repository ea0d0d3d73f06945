import { Environment, MeshNamespace, MeshedJob, MeshedMicroservice, Operation, Port, synthesize } from '../../src';

const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  const staging = new Environment(app, 'staging');
  const orders = new MeshedMicroservice(new MeshNamespace(staging, 'shop'), 'orders', {
    image: 'registry.example/orders:1.0.3',
    port: Port.http(80, { targetPort: 8080 }),
    resources,
    operations: { list: Operation.http('GET', '/orders'), order: Operation.http('GET', '/orders/{id}'), place: Operation.http('POST', '/orders') },
  });

  // The platform team owns this namespace: neither it nor its defaults are written.
  const desk = MeshNamespace.existing(staging, 'desk', { name: 'platform-desk' });
  const report = new MeshedJob(desk, 'report', { image: 'registry.example/report:0.9.0', resources, schedule: '0 3 * * *' });
  report.calls(orders, { operations: ['list', 'order'], env: (to) => ({ ORDERS_URL: to.url('/orders') }) });
});
