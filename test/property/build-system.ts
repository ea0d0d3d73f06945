import { Duration } from 'cdk8s';
import {
  Callable, type Contract, Environment, ExternalService, GitOpsApp, IngressGateway, MeshNamespace, MeshedJob, MeshedMicroservice,
  type MeshedMicroserviceProps, Operation, Port, RedisCache, RemoteCaller, RemoteService, type Resources,
} from '../../src/index';
import { CallPlan, OperationPlan, PortPlan, System, SystemPlan, WorkloadPlan, namespaces } from './random-system';

/** A construct of a plan: what it can do is known by its kind, not by its type. */
interface Built extends Callable<string> {
  calls(callee: Callable<string>, options: object): unknown;
  routes(callee: Callable<string>, options: object): unknown;
}

const resources: Resources = { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] };
const pod = { image: 'registry.example/app:1.2.3', resources, env: { OWN: '1' } };

const makers: Readonly<Record<System, (environment: Environment) => MeshNamespace>> = {
  shop: (environment) => new MeshNamespace(environment, 'shop'),
  bank: (environment) => new MeshNamespace(environment, 'bank'),
  joined: (environment) => MeshNamespace.existing(environment, 'joined', { name: namespaces.joined }),
};

function emptyEnvironment(): { readonly app: GitOpsApp; readonly environment: Environment } {
  const app = new GitOpsApp({ outdir: 'never-written' });
  return { app, environment: new Environment(app, 'staging', { apiServer: { addresses: ['192.0.2.1'], port: 6443 } }) };
}

/** Builds the part of a plan that one repository has: the rest it knows by the contracts, and by who is said to call. */
export function buildRepository({ workloads, gateways, calls }: SystemPlan, own: System, contracts: readonly Contract[]): GitOpsApp {
  const { app, environment } = emptyEnvironment();
  const chart = makers[own](environment);
  const isOwn = ({ system, kind }: WorkloadPlan): boolean => system === own || kind === 'api';
  const built = new Map([
    ...workloads.filter(isOwn).map((plan): [string, unknown] => [plan.name, workloadOf(chart, plan)]),
    ...gateways.filter(({ system }) => system === own).map(({ name, hosts }): [string, unknown] => [name, new IngressGateway(chart, name, { hosts })]),
    ...workloads.filter((plan) => !isOwn(plan)).flatMap(({ name }): [string, unknown][] => {
      const contract = contracts.find(({ services }) => name in services);
      return contract ? [[name, RemoteService.from(environment, contract, name)]] : [];
    }),
  ]);
  for (const call of calls) {
    const [from, to] = [call.from, call.to].map((name) => built.get(name));
    const caller = workloads.find(({ name }) => name === call.from);
    const remote = caller && !isOwn(caller);
    if (remote && to instanceof MeshedMicroservice) allow(call, caller, to);
    const half = to instanceof RemoteService ? { ...call, policy: undefined } : call; // a policy stands with the callee
    if (!remote && from) declare(half, from as Built, to as Built);
  }
  return app;
}

function allow(call: CallPlan, { name, system }: WorkloadPlan, to: { allows(caller: RemoteCaller, options: object): void }): void {
  to.allows(RemoteCaller.of({ namespace: namespaces[system], serviceAccount: name }), whatOf(call));
}

/** What a service of a plan has beside what the plan says. */
type ServiceProps = (plan: WorkloadPlan) => Partial<MeshedMicroserviceProps<string>>;

/** Builds a system with the public constructs, in the order in which the plan has them. */
export function buildSystem({ workloads, gateways, calls }: SystemPlan, more: ServiceProps = () => ({})): GitOpsApp {
  const { app, environment } = emptyEnvironment();
  const charts = { shop: makers.shop(environment), bank: makers.bank(environment), joined: makers.joined(environment) };
  const built = new Map([
    ...workloads.map((plan): [string, unknown] => [plan.name, workloadOf(charts[plan.system], plan, more)]),
    ...gateways.map(({ name, system, hosts }): [string, unknown] => [name, new IngressGateway(charts[system], name, { hosts })]),
  ]);
  for (const call of calls) declare(call, built.get(call.from) as Built, built.get(call.to) as Built);
  return app;
}

function workloadOf(chart: MeshNamespace, plan: WorkloadPlan, more: ServiceProps = () => ({})): unknown {
  const { name, kind, ports, operations, host = '', cidrs } = plan;
  const asked = Object.fromEntries(operations.map((each) => [each.name, operationOf(each)]));
  switch (kind) {
    case 'api': return chart.environment.kubernetesApi;
    case 'redis': return new RedisCache(chart, name, { resources });
    case 'external': return new ExternalService<string>(chart, name, { host, port: ports.map(portOf), cidrs, operations: asked });
    case 'job': return new MeshedJob(chart, name, pod);
    case 'cronjob': return new MeshedJob(chart, name, { ...pod, schedule: '0 3 * * *' });
    case 'service': return new MeshedMicroservice<string>(chart, name, {
      ...pod, port: ports.map(portOf), operations: asked, exported: ports.length > 0, ...more(plan),
    });
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

function whatOf({ operations, port, seconds, retries, policy }: CallPlan) {
  const own = policy && { [policy.inUse ? 'trafficPolicy' : 'standbyTrafficPolicy']: { connectionPool: { http2MaxRequests: policy.requests } } };
  return { operations, port, timeout: seconds === undefined ? undefined : Duration.seconds(seconds), retries, ...own };
}

function declare(call: CallPlan, from: Built, to: Built): void {
  const { during, background, variable, hosts } = call;
  const what = whatOf(call);
  if (hosts) {
    from.routes(to, { ...what, hosts });
    return;
  }
  const env = variable === undefined ? undefined : (address: { readonly hostPort: string }) => ({ [variable]: address.hostPort });
  from.calls(to, { ...what, during, background, env });
}
