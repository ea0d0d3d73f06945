import { Duration } from 'cdk8s';
import { Environment, type GitOpsApp, MeshNamespace, MeshedJob, MeshedMicroservice, Operation, Port, RemoteCaller, RemoteService } from 'meshmart';
import production from '../contracts/production/checkout.json';
import staging from '../contracts/staging/checkout.json';

const environments = { staging: { replicas: 1, checkout: staging }, production: { replicas: 3, checkout: production } };
const resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } as const;

/** Everything that the catalogue team deploys. */
export function build(app: GitOpsApp): void {
  for (const [name, { replicas, checkout }] of Object.entries(environments)) {
    const environment = new Environment(app, name, { replicas });
    const catalogue = new MeshNamespace(environment, 'catalogue', { owner: '@example/catalogue' });

    const products = new MeshedMicroservice(catalogue, 'products', {
      image: 'registry.example/products:3.1.0',
      port: Port.http(80, { targetPort: 8080 }),
      resources,
      operations: { list: Operation.http('GET', '/products'), product: Operation.http('GET', '/products/{id}') },
      exported: true,
    });
    products.allows(RemoteCaller.of({ namespace: 'checkout', serviceAccount: 'orders' }), {
      operations: ['product'], timeout: Duration.seconds(2), retries: { attempts: 2, retryOn: ['5xx', 'reset'] },
    });

    const bestsellers = new MeshedJob(catalogue, 'bestsellers', { image: 'registry.example/bestsellers:1.2.0', resources, schedule: '0 4 * * *' });
    bestsellers.calls(RemoteService.from(environment, checkout, 'orders'), {
      operations: ['sold'], timeout: Duration.seconds(20), env: (to) => ({ SOLD_URL: to.url('/orders/sold') }),
    });
  }
}
