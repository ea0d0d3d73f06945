import { Duration } from 'cdk8s';
import { Environment, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, type RolloutOptions, Step, synthesize } from '../../src';

const [OLD, NEW] = ['registry.example/orders:1.4.2', 'registry.example/orders:1.5.0'];

const rollout: RolloutOptions = {
  steps: [Step.setWeight(5), Step.pause(Duration.minutes(10)), Step.setWeight(50), Step.pause(Duration.minutes(10))],
  analysis: { successRate: 99, latency: { percentile: 99, below: Duration.millis(300) } },
};

/** One commit each; here they stand side by side, so that the differences can be read. */
const steps: Readonly<Record<string, { readonly image: string; readonly rollout?: RolloutOptions }>> = {
  'step-0-deployment': { image: OLD },
  'step-1-leaving': { image: OLD, rollout: { ...rollout, deployment: 'leaving' } },
  'step-2-rollout': { image: OLD, rollout },
  'step-3-release': { image: NEW, rollout },
  'step-4-arriving': { image: NEW, rollout: { ...rollout, deployment: 'arriving' } },
  'step-5-deployment': { image: NEW },
};

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  for (const [step, released] of Object.entries(steps)) {
    const environment = new Environment(app, step, { interception: 'init', prometheusAddress: 'http://prometheus.istio-system:9090' });
    const shop = new MeshNamespace(environment, 'shop');
    const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
    const orders = new MeshedMicroservice(shop, 'orders', {
      port: Port.http(80, { targetPort: 8080 }),
      resources,
      replicas: 2,
      operations: { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') },
      ...released,
    });

    const desk = new MeshedMicroservice(shop, 'desk', { image: 'registry.example/desk:2.1.0', resources });
    desk.calls(orders, { operations: ['list', 'place'], timeout: Duration.seconds(3), env: (to) => ({ ORDERS_URL: to.url() }) });
    new IngressGateway(shop, 'web', { hosts: ['orders.example.com'] }).routes(orders, { operations: ['list'], timeout: Duration.seconds(2) });
  }
});
