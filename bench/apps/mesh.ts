import { App, Chart, Duration } from 'cdk8s';
import { Environment, MeshNamespace, MeshedMicroservice, Operation, Port } from '../../src/index';
import { PlannedCall, PlannedService, ServiceShape, plan } from '../plan';
import { newApp } from './engine';

/** `<engine> <services> <outdir>`: the services of a plan by the public constructs, a chart each. */
function main([engine, count, outdir]: readonly string[]): void {
  const app = newApp(engine, outdir);
  build(app, plan(Number(count)));
  app.synth();
}

function build(app: App, services: readonly PlannedService[]): void {
  const environment = new Environment(app, 'production', { replicas: { min: 2, max: 5, cpuPercent: 70 } });
  const shops = new Map<string, Map<string, MeshedMicroservice<string>>>();
  let namespace: MeshNamespace | undefined;
  for (const service of services) {
    if (namespace?.name !== service.shop) namespace = new MeshNamespace(environment, service.shop);
    const chart = new Chart(namespace, service.name, { namespace: service.shop, disableResourceNameHashes: true });
    const shop = shops.get(service.shop) ?? new Map<string, MeshedMicroservice<string>>();
    shops.set(service.shop, shop.set(service.name, serviceOf(chart, service)));
  }
  for (const { shop, name, calls } of services) {
    for (const call of calls) declare(shops.get(shop)!, name, call);
  }
}

function serviceOf(chart: Chart, { name, port, operations, env }: PlannedService): MeshedMicroservice<string> {
  return new MeshedMicroservice<string>(chart, name, {
    image: `registry.example/boutique/${name}:v0.10.6`,
    port: port && Port[port.protocol](port.number),
    resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] },
    env,
    operations: Object.fromEntries(Object.entries(operations).map(([id, shape]) => [id, operationOf(shape)])),
  });
}

function operationOf({ path, method, idempotent }: ServiceShape['operations'][string]): Operation {
  return method ? Operation.http(method, path) : Operation.grpc(path, { idempotent });
}

function declare(shop: ReadonlyMap<string, MeshedMicroservice<string>>, caller: string, call: PlannedCall): void {
  const { callee, operations, during, seconds, variable } = call;
  shop.get(caller)!.calls(shop.get(callee)!, {
    operations, during, timeout: Duration.seconds(seconds), sequential: true, env: variable ? (to) => ({ [variable]: to.hostPort }) : undefined,
  });
}

main(process.argv.slice(2));
