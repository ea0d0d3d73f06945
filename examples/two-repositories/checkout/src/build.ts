import { Duration } from 'cdk8s';
import { Environment, type GitOpsApp, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, RemoteCaller, RemoteService } from 'meshmart';
import production from '../contracts/production/catalogue.json';
import staging from '../contracts/staging/catalogue.json';

const environments = {
  staging: { replicas: 1, host: 'orders.staging.example.com', catalogue: staging },
  production: { replicas: 3, host: 'orders.example.com', catalogue: production },
};
const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;

/** Everything that the checkout team deploys. */
export function build(app: GitOpsApp): void {
  for (const [name, { replicas, host, catalogue }] of Object.entries(environments)) {
    const environment = new Environment(app, name, { replicas });
    const checkout = new MeshNamespace(environment, 'checkout', { owner: '@example/checkout' });

    const orders = new MeshedMicroservice(checkout, 'orders', {
      image: 'registry.example/orders:2.4.1',
      port: Port.http(80, { targetPort: 8080 }),
      resources,
      operations: { place: Operation.http('POST', '/orders'), sold: Operation.http('GET', '/orders/sold') },
      exported: true,
    });
    orders.calls(RemoteService.from(environment, catalogue, 'products'), {
      operations: ['product'], during: ['place'], timeout: Duration.seconds(2), env: (to) => ({ PRODUCTS_URL: to.url() }),
    });
    orders.allows(RemoteCaller.of({ namespace: 'catalogue', serviceAccount: 'bestsellers' }), { operations: ['sold'], timeout: Duration.seconds(20) });

    new IngressGateway(checkout, 'gateway', { hosts: [host] }).routes(orders, { operations: ['place'], timeout: Duration.seconds(5) });
  }
}
