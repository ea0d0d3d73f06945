import { Duration } from 'cdk8s';
import {
  Callable, Environment, ExternalService, GitOpsApp, IngressGateway, MeshNamespace, MeshedJob, MeshedMicroservice, Operation, Port, RedisCache, type Resources,
} from '../../src/index';
import { CallPlan, OperationPlan, PortPlan, System, SystemPlan, WorkloadPlan, namespaces } from './random-system';

/** A construct of a plan: what it can do is known by its kind, not by its type. */
interface Built extends Callable<string> {
  calls(callee: Callable<string>, options: object): unknown;
  routes(callee: Callable<string>, options: object): unknown;
}

const resources: Resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] };
const pod = { image: 'registry.example/app:1.2.3', resources, env: { OWN: '1' } };

/** Builds a system with the public constructs, in the order in which the plan has them. */
export function buildSystem({ workloads, gateways, calls }: SystemPlan): GitOpsApp {
  const app = new GitOpsApp({ outdir: 'never-written' });
  const environment = new Environment(app, 'staging', { apiServer: { addresses: ['192.0.2.1'], port: 6443 } });
  const charts: Readonly<Record<System, MeshNamespace>> = {
    shop: new MeshNamespace(environment, 'shop'),
    bank: new MeshNamespace(environment, 'bank'),
    joined: MeshNamespace.existing(environment, 'joined', { name: namespaces.joined }),
  };
  const built = new Map([
    ...workloads.map((plan): [string, unknown] => [plan.name, workloadOf(charts[plan.system], plan)]),
    ...gateways.map(({ name, system, hosts }): [string, unknown] => [name, new IngressGateway(charts[system], name, { hosts })]),
  ]);
  for (const call of calls) declare(call, built.get(call.from) as Built, built.get(call.to) as Built);
  return app;
}

function workloadOf(chart: MeshNamespace, { name, kind, ports, operations, host = '', cidrs }: WorkloadPlan): unknown {
  const asked = Object.fromEntries(operations.map((each) => [each.name, operationOf(each)]));
  switch (kind) {
    case 'api': return chart.environment.kubernetesApi;
    case 'redis': return new RedisCache(chart, name, { resources });
    case 'external': return new ExternalService<string>(chart, name, { host, port: ports.map(portOf), cidrs, operations: asked });
    case 'job': return new MeshedJob(chart, name, pod);
    case 'cronjob': return new MeshedJob(chart, name, { ...pod, schedule: '0 3 * * *' });
    case 'service': return new MeshedMicroservice<string>(chart, name, { ...pod, port: ports.map(portOf), operations: asked });
  }
}

function portOf({ protocol, number, targetPort, name }: PortPlan): Port {
  return Port[protocol](number, { targetPort, name });
}

function operationOf({ protocol, methods, path, port, idempotent, streams }: OperationPlan): Operation {
  const because = { because: 'a key makes the second one a read' };
  const options = { idempotent: idempotent === 'because' ? because : idempotent, streams, port };
  return protocol === 'grpc' ? Operation.grpc(path.slice(1), options) : Operation.http(methods, path, options);
}

function declare({ operations, port, during, background, seconds, variable, hosts, retries }: CallPlan, from: Built, to: Built): void {
  const what = { operations, port, timeout: seconds === undefined ? undefined : Duration.seconds(seconds), retries };
  if (hosts) {
    from.routes(to, { ...what, hosts });
    return;
  }
  const env = variable === undefined ? undefined : (address: { readonly hostPort: string }) => ({ [variable]: address.hostPort });
  from.calls(to, { ...what, during, background, env });
}
