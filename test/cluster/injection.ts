import type { Cluster } from './cluster';
import { istioObjects, type Interception } from './control/istiod';
import { interceptor, type Pod } from './kubelet/pod';
import { until } from './run/until';

const INJECTED = { 'sidecar.istio.io/inject': 'true' };

/** Lets the injector make pods for one way of interception. */
export async function inject(cluster: Cluster, interception: Interception): Promise<void> {
  await cluster.submit(istioObjects(interception).filter(({ metadata }) => metadata.name === 'istio-sidecar-injector'));
  const containers = [{ name: 'server', image: 'example.com/server' }];
  const probe = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'injection-probe', namespace: 'istio-system', labels: INJECTED }, spec: { containers } };
  const wanted = interception === 'init' ? 'istio-init' : 'istio-validation';
  await until(`pods get ${wanted}`, async () => interceptor((await cluster.client.tryCreate(probe)).object as Pod)?.name === wanted);
}
