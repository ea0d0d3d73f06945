import { type EnvironmentProps, type MeshNamespace, MeshedMicroservice, Operation, Port, Probe } from '../../src';
import { container, type World } from '../mesh/world';

/** What a case builds: its files below `staging/`, in this order. */
export type Build = (world: World) => readonly string[];

/** Cases by the name of their golden file, each with how its environment is. */
export type Cases = Readonly<Record<string, readonly [Build, EnvironmentProps?]>>;

/** A service with pages. */
export function web(shop: MeshNamespace) {
  return new MeshedMicroservice(shop, 'web', {
    ...container,
    port: Port.http(80, { targetPort: 8080 }),
    readiness: Probe.httpGet('/healthz'),
    operations: { home: Operation.http(['GET', 'HEAD'], '/'), product: Operation.http('GET', '/product/{id}'), order: Operation.http('POST', '/orders') },
  });
}
