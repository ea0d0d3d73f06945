import { Duration } from 'cdk8s';
import { Environment, MeshNamespace, MeshedMicroservice, Operation, Port, synthesize } from '../../src';

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop');

  const payment = new MeshedMicroservice(shop, 'paymentservice', {
    image: 'registry.example/paymentservice:1.4.2',
    port: Port.grpc(50051),
    resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] }, // request and limit
    operations: { charge: Operation.grpc('hipstershop.PaymentService/Charge') }, // never retried, since it is not idempotent
  });
  const checkout = new MeshedMicroservice(shop, 'checkoutservice', {
    image: 'registry.example/checkoutservice:2.0.1',
    resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
  });
  checkout.calls(payment, {
    operations: ['charge'], timeout: Duration.seconds(5), env: (to) => ({ PAYMENT_SERVICE_ADDR: to.hostPort }),
  });
});
