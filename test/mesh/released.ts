import { Duration } from 'cdk8s';
import { CanaryRelease, type CanaryReleaseProps, MeshedMicroservice, type MeshedMicroserviceProps, Operation, Port } from '../../src';
import { at, client, container, listAt, objectIn, world } from './world';

/** Orders with a second version, called by the desk. */
export function shopWith(props: Partial<CanaryReleaseProps> = {}, stable: Partial<MeshedMicroserviceProps<'list' | 'place'>> = {}) {
  const { app, shop } = world();
  const orders = new MeshedMicroservice(shop, 'orders', {
    ...container,
    port: Port.http(80, { targetPort: 8080 }),
    replicas: 2,
    env: { LEVEL: 'info' },
    operations: { list: Operation.http('GET', '/orders'), place: Operation.http('POST', '/orders') },
    ...stable,
  });
  const desk = client(shop, 'desk');
  desk.calls(orders, { operations: ['list', 'place'], timeout: Duration.seconds(3) });
  const canary = new CanaryRelease(orders, 'canary', { at: 20, ...props });
  return { app, shop, orders, desk, canary };
}

/** Orders, their caller and their second version. */
export type Shop = ReturnType<typeof shopWith>;
/** Routes of the mesh to orders. */
export const routes = ({ orders }: Shop): readonly unknown[] => listAt(objectIn(orders, 'VirtualService'), 'spec.http');
/** Weights of a route by subset. */
export const shares = (route: unknown): unknown =>
  Object.fromEntries(listAt(route, 'route').map((each) => [at(each, 'destination.subset'), at(each, 'weight')]));
