import { AdmissionEngine, Environment, MeshNamespace, MeshedMicroservice, NamespaceQuota, Operation, Port, RequiredLimits, synthesize } from '../../src';

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  const production = new Environment(app, 'production');
  const shop = new MeshNamespace(production, 'shop', { quota: NamespaceQuota.ofWorkloads({ headroomPercent: 50 }) });
  new MeshedMicroservice(shop, 'orders', {
    image: 'registry.example/orders:3.1.0',
    port: Port.http(80, { targetPort: 8080 }),
    resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
    operations: { list: Operation.http('GET', '/orders') },
    replicas: { min: 2, max: 6, cpuPercent: 70 },
    podAnnotations: {
      'sidecar.istio.io/proxyCPU': '50m', 'sidecar.istio.io/proxyCPULimit': '500m',
      'sidecar.istio.io/proxyMemory': '64Mi', 'sidecar.istio.io/proxyMemoryLimit': '256Mi',
    },
  });
  new RequiredLimits(production, 'admission', { engine: AdmissionEngine.validatingAdmissionPolicy() });
});
