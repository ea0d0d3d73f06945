import { Duration } from 'cdk8s';
import { Environment, GitOpsApp, MeshNamespace, MeshedMicroservice, Operation, Port } from 'meshmart';

const app = new GitOpsApp();
const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop');
const resources = { cpu: ['50m', '100m'], memory: ['32Mi', '64Mi'] } as const;
const payment = new MeshedMicroservice(shop, 'payment', {
  image: 'registry.example/payment:1.4.2',
  resources,
  port: Port.grpc(50051),
  operations: { charge: Operation.grpc('shop.Payment/Charge') },
});
const checkout = new MeshedMicroservice(shop, 'checkout', { image: 'registry.example/checkout:2.0.1', resources });
checkout.calls(payment, { operations: ['charge'], timeout: Duration.seconds(5), env: (to) => ({ PAYMENT_ADDR: to.hostPort }) });

process.stdout.write(app.synthYaml());
