import { JsonPatch } from 'cdk8s';
import { Environment, MeshNamespace, MeshedMicroservice, Port, synthesize } from '../../src';

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop');
  const cart = new MeshedMicroservice(shop, 'cartservice', {
    image: 'registry.example/cartservice:3.1.0',
    port: Port.http(80, { targetPort: 8080 }),
    resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
  });

  // Every part can be patched (RFC 6902), with fields that the types of Kubernetes 1.28 do not know too.
  cart.service?.addJsonPatch(JsonPatch.add('/spec/trafficDistribution', 'PreferClose'));
  cart.workload.deployment.addJsonPatch(
    JsonPatch.add('/spec/template/spec/hostUsers', false),
    JsonPatch.replace('/spec/strategy/rollingUpdate/maxUnavailable', '10%'),
  );
  // A patch that changes nothing fails the synth: JsonPatch.remove('/spec/clusterIP')
});
