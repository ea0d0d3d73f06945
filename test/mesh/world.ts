import { ApiObject, App, Chart } from 'cdk8s';
import { IConstruct } from 'constructs';
import {
  ConfigurationError, Environment, type EnvironmentProps, GitOpsApp, MeshNamespace, MeshedMicroservice, type MeshedMicroserviceProps, Operation, Port,
} from '../../src';

/** What every container of these tests is. */
export const container = { image: 'registry.example/app:1.2.3', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;

/** An app with the environment `staging` and the namespace `shop`. */
export interface World {
  readonly app: GitOpsApp;
  readonly staging: Environment;
  readonly shop: MeshNamespace;
}

/** A world of a test's own. */
export function world(props: EnvironmentProps = {}): World {
  const app = new GitOpsApp();
  const staging = new Environment(app, 'staging', props);
  return { app, staging, shop: new MeshNamespace(staging, 'shop') };
}

/** A chart `shop` of the stock App, for constructs that need no mesh. */
export function stockChart(): Chart {
  return new Chart(new App(), 'shop', { disableResourceNameHashes: true });
}

/** A workload that listens on nothing. */
export function client(scope: IConstruct, id: string, props: Partial<MeshedMicroserviceProps> = {}): MeshedMicroservice {
  return new MeshedMicroservice(scope as MeshNamespace, id, { ...container, ...props });
}

/** A payment service: `charge` must not be repeated, `refunds` may be. */
export function payment(scope: IConstruct, id = 'payment') {
  return new MeshedMicroservice(scope as MeshNamespace, id, {
    ...container,
    port: Port.grpc(50051),
    operations: { charge: Operation.grpc('shop.Payment/Charge'), refunds: Operation.grpc('shop.Payment/Refunds', { idempotent: true }) },
  });
}

/** All objects below a construct, as they are written. */
export function objectsIn(scope: IConstruct): readonly unknown[] {
  return scope.node.findAll().filter((each) => ApiObject.isApiObject(each)).map((each) => each.toJson());
}

/** The only object of a kind below a construct, or that of a name. */
export function objectIn(scope: IConstruct, kind: string, name?: string): unknown {
  const found = objectsIn(scope).filter((each) => at(each, 'kind') === kind && (name === undefined || at(each, 'metadata.name') === name));
  if (found.length !== 1) throw new Error(`expected one ${kind} ${name ?? ''}, got ${found.length} in ${scope.node.path}`);
  return found[0];
}

/** What stands at a path such as `spec.template.spec.containers.0.image`; undefined where the path ends earlier. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined), value);
}

/** What stands at a path that must hold a list. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const list = at(value, path);
  if (!Array.isArray(list)) throw new Error(`expected a list at ${path}, got ${JSON.stringify(list)}`);
  return list;
}

/** Expects a refusal whose message has all parts: the construct's path in brackets, the value, the fix. */
export function expectRefusal(run: () => unknown, ...parts: readonly string[]): void {
  const error = thrownBy(run);
  expect(error).toBeInstanceOf(ConfigurationError);
  const message = error instanceof Error ? error.message : '';
  expect(message).toMatch(/^\[[^\]]+\] \S/);
  for (const part of parts) expect(message).toContain(part);
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('expected a refusal, but nothing was refused');
}
