import { Duration } from 'cdk8s';
import { CanaryRelease, Environment, MeshNamespace, MeshedMicroservice, Operation, Port, synthesize } from '../../src';

const [OLD, NEW] = ['registry.example/orders:1.4.2', 'registry.example/orders:1.5.0'];

/** One commit each; here they stand side by side, so that the differences can be read. */
const steps: Readonly<Record<string, { readonly stable: string; readonly at?: number }>> = {
  'step-0-before': { stable: OLD },
  'step-1-deployed': { stable: OLD, at: 0 },
  'step-2-five-percent': { stable: OLD, at: 5 },
  'step-3-half': { stable: OLD, at: 50 },
  'step-4-all': { stable: OLD, at: 100 },
  'step-5-taken-over': { stable: NEW, at: 100 },
  'step-6-back': { stable: NEW, at: 0 },
  'step-7-removed': { stable: NEW },
};

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  for (const [step, { stable, at }] of Object.entries(steps)) {
    const shop = new MeshNamespace(new Environment(app, step, { interception: 'init' }), 'shop');
    const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
    const orders = new MeshedMicroservice(shop, 'orders', {
      image: stable,
      port: Port.http(80, { targetPort: 8080 }),
      resources,
      replicas: 2,
      operations: { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') },
    });
    if (at !== undefined) new CanaryRelease(orders, 'canary', { image: NEW, plan: [5, 50, 100], at });

    const desk = new MeshedMicroservice(shop, 'desk', { image: 'registry.example/desk:2.1.0', resources });
    desk.calls(orders, { operations: ['list', 'place'], timeout: Duration.seconds(3), env: (to) => ({ ORDERS_URL: to.url() }) });
  }
});
