import { Duration } from 'cdk8s';
import { type MeshNamespace, MeshedMicroservice, Operation, Port, Probe, Volume } from '../../index';
import { owners } from './owners';

/** Image of a program of the shop. */
export type Image = (program: string, version: string) => string;

const usual = { imagePullPolicy: 'Always', replicas: { min: 1, max: 4, cpuPercent: 80 } } as const;

/** The services of the shop, each by itself: what it is, not yet whom it calls. */
export function mernServices(shop: MeshNamespace, image: Image) {
  return {
    frontend: new MeshedMicroservice(shop, 'frontend', {
      ...usual,
      containerName: 'react-frontend',
      image: image('frontend', 'v1.0.0'),
      port: Port.http(8080, { targetPort: 80 }),
      resources: { cpu: ['100m', '500m'], memory: ['100Mi', '300Mi'] },
      readiness: Probe.httpGet('/'),
      runAsUser: 101, // nginx
      volumes: { '/var/cache/nginx': Volume.emptyDir(), '/var/run': Volume.emptyDir() },
      operations: { files: Operation.http(['GET', 'HEAD'], '/*') },
    }),
    backend: new MeshedMicroservice(shop, 'backend', {
      slo: { availability: 99.5, latency: { percentile: 99, below: Duration.seconds(1) } },
      ...usual,
      owner: owners.orders,
      containerName: 'node-backend',
      image: image('backend', 'v0.2.0'),
      port: Port.http(5000),
      resources: { cpu: ['100m', '500m'], memory: ['100Mi', '400Mi'] },
      readiness: Probe.httpGet('/api/products'), // asks MongoDB
      operations: {
        products: Operation.http(['GET', 'HEAD'], '/api/products', { idempotent: { because: 'reads the products' } }),
        order: Operation.http('POST', '/api/order'),
        seed: Operation.http('POST', '/api/seed'),
      },
    }),
  };
}

/** The services by their role, each with the types of its operations. */
export type MernServices = ReturnType<typeof mernServices>;
