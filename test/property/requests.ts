import { IConstruct } from 'constructs';
import { patternMeans, routeTakes } from '../graph/istio-matching';
import { HttpMatch, HttpRoute, KubeObject, objectsOf } from './objects';
import { OperationPlan, PortPlan, SystemPlan, WorkloadPlan, carriesRequests, namespaces, outside } from './random-system';

/** A request on its way to a host: of a workload of the mesh, or from outside by a gateway. */
export interface Request {
  readonly from?: { readonly app: string; readonly namespace: string };
  readonly port?: number;
  readonly method: string;
  readonly path: string;
}

/** The first route that takes a request: of its matches one holds, and of that one all conditions. Source: `HTTPMatchRequest` of networking.istio.io/v1. */
export function firstRoute({ spec }: KubeObject<'VirtualService'>, request: Request): HttpRoute | undefined {
  return spec.http.find(({ match }) => match === undefined || match.some((each) => holds(each, request)));
}

function holds({ sourceLabels, sourceNamespace, port, method, uri }: HttpMatch, request: Request): boolean {
  return (sourceNamespace === undefined || sourceNamespace === request.from?.namespace)
    && (sourceLabels === undefined || sourceLabels.app === request.from?.app)
    && (port === undefined || port === request.port)
    && (method === undefined || routeTakes(method, request.method))
    && (uri === undefined || routeTakes(uri, request.path));
}

/** Whether a route can make a server do something twice. */
export function repeats({ retries }: HttpRoute): boolean {
  if (retries === undefined) return true; // Istio's default
  const { attempts, retryOn = '5xx' } = retries;
  return attempts > 0 && !retryOn.split(',').every((condition) => condition === 'connect-failure' || condition === 'refused-stream');
}

/** Requests for everything that a callee answers at a port, parameters filled in so that one may also be another. */
export function requestsTo(callee: WorkloadPlan, port: PortPlan): readonly Request[] {
  const fillings = ['7', 'latest', 'items', 'buy'];
  return callee.operations.filter((each) => each.port === port.name).flatMap(({ methods, path }) => {
    const filled = fillings.map((word) => path.replace(/\{\w+\}/g, word));
    const ended = [...filled.map((each) => each.replace(/\/\*$/, '') || '/'), ...fillings.map((word, index) => filled[index].replace(/\*$/, word))];
    return [...new Set(ended)].flatMap((each) => methods.map((method) => ({ method, path: each, port: port.number })));
  });
}

/** What a callee takes a request for: the most specific of its operations, literals before parameters before all below. */
export function meant(callee: WorkloadPlan, port: PortPlan, { method, path }: Request): OperationPlan | undefined {
  const kinds = (pattern: string): string => pattern.split('/').map((each) => (each === '*' ? '2' : each.startsWith('{') ? '1' : '0')).join('');
  return callee.operations
    .filter((each) => each.port === port.name && (each.methods as readonly string[]).includes(method) && patternMeans(each.path, path))
    .sort((a, b) => (kinds(a.path) < kinds(b.path) ? -1 : 1)).at(0);
}

/** Whether doing an operation twice does something else than doing it once, somewhere on the way. */
export function harmful(plan: SystemPlan, callee: WorkloadPlan, operation: OperationPlan, seen = new Set<OperationPlan>()): boolean {
  const safe = operation.protocol === 'http' && operation.methods.every((method) => method === 'GET' || method === 'HEAD');
  if (operation.idempotent === 'because' || seen.has(operation)) return false;
  if (!(operation.idempotent ?? safe)) return true;
  seen.add(operation);
  const caused = plan.calls.filter(({ from, during }) => from === callee.name && (during?.includes(operation.name) ?? true));
  return caused.some((call) => {
    const next = plan.workloads.find(({ name }) => name === call.to)!;
    const port = next.ports.find(({ name }) => name === call.port) ?? next.ports[0];
    if (call.operations.length === 0) return outside(next) || carriesRequests(port); // nobody knows what is asked
    return call.operations.some((name) => harmful(plan, next, next.operations.find((each) => each.name === name)!, seen));
  });
}

/** A route that a request takes, and whom it leads to. */
export interface Journey {
  readonly route: HttpRoute;
  readonly request: Request;
  readonly callee: WorkloadPlan;
  readonly port: PortPlan;
}

/** Every request of every workload to every callee, whether it was declared or not. */
export function meshJourneys(root: IConstruct, plan: SystemPlan): readonly Journey[] {
  const routing = new Map(objectsOf(root, 'VirtualService').filter(({ spec }) => spec.gateways === undefined).map((each) => [each.metadata.name, each]));
  const callers = plan.workloads.filter((each) => each.kind !== 'redis' && !outside(each))
    .map(({ name, system }) => ({ app: name, namespace: namespaces[system] }));
  return plan.workloads.flatMap((callee) => callee.ports.filter(carriesRequests).flatMap((port) => requestsTo(callee, port)
    .flatMap((request) => callers.map((from) => ({ ...request, from }))).flatMap((request) => {
      const route = firstRoute(routing.get(callee.name)!, request);
      return route ? [{ route, request, callee, port }] : [];
    })));
}

/** Every request from outside for whatever some callee answers, on every host of every gateway. */
export function gatewayJourneys(root: IConstruct, plan: SystemPlan): readonly Journey[] {
  const requests = plan.workloads.flatMap((callee) => callee.ports.flatMap((port) => requestsTo(callee, port)));
  return objectsOf(root, 'VirtualService').filter(({ spec }) => spec.gateways !== undefined).flatMap((each) => requests.flatMap((request) => {
    const route = firstRoute(each, { method: request.method, path: request.path });
    if (!route) return [];
    const [{ destination }] = route.route;
    const callee = plan.workloads.find(({ name }) => name === destination.host.split('.')[0])!;
    const port = callee.ports.find(({ number }) => number === destination.port?.number) ?? callee.ports[0];
    return [{ route, request, callee, port }];
  }));
}
