import { Duration } from 'cdk8s';
import { Environment, LoadBalancer, MeshNamespace, MeshedMicroservice, Operation, Port, type TrafficPolicy, synthesize } from '../../src';

/** What the report may take of the orders: little at a time, and each customer's from one pod, which has them in memory. */
const ofReport: TrafficPolicy = { connectionPool: { http2MaxRequests: 10 }, loadBalancer: LoadBalancer.byHeader('x-customer') };

/** One commit each; here they stand side by side, so that the differences can be read. */
const steps: Readonly<Record<string, { readonly trafficPolicy?: TrafficPolicy; readonly standbyTrafficPolicy?: TrafficPolicy }>> = {
  'step-0-before': {},
  'step-1-standby': { standbyTrafficPolicy: ofReport },
  'step-2-in-use': { trafficPolicy: ofReport },
};

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  for (const [step, policy] of Object.entries(steps)) {
    const shop = new MeshNamespace(new Environment(app, step, { interception: 'init' }), 'shop');
    const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;
    const orders = new MeshedMicroservice(shop, 'orders', {
      image: 'registry.example/orders:1.4.2',
      port: Port.http(80, { targetPort: 8080 }),
      resources,
      replicas: 2,
      operations: { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') },
      trafficPolicy: {
        loadBalancer: LoadBalancer.roundRobin({ warmup: Duration.seconds(30) }),
        connectionPool: { maxConnections: 30, connectTimeout: Duration.millis(100), http1MaxPendingRequests: 100, maxRequestsPerConnection: 1000 },
        outlierDetection: { consecutive5xxErrors: 5, interval: Duration.seconds(30), baseEjectionTime: Duration.seconds(60) },
      },
    });
    const desk = new MeshedMicroservice(shop, 'desk', { image: 'registry.example/desk:2.1.0', resources });
    desk.calls(orders, { operations: ['list', 'place'], timeout: Duration.seconds(3), env: (to) => ({ ORDERS_URL: to.url() }) });
    const report = new MeshedMicroservice(shop, 'report', { image: 'registry.example/report:1.0.3', resources });
    report.calls(orders, { operations: ['list'], ...policy, env: (to) => ({ ORDERS_URL: to.url() }) });
  }
});
