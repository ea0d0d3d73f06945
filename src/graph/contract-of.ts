import { Calls } from './calls';
import { CallsContract, HalfContract, OperationContract, PortContract, ServiceContract } from './contract';
import { Edge, carriesRequests, durationInWords, portsOf, timeoutOf } from './edge';
import { Callee, Caller, Service, portOf } from './party';
import { Port } from './port';
import { principal } from './principal';
import { mayBeRepeated } from './retry-safety';
import { timeNeeded } from './timeout-budget';

/** What a service promises to other repositories. */
export function serviceContract(graph: Calls, service: Service): ServiceContract {
  const { host, namespace, ports, operations } = service;
  return {
    host,
    namespace,
    identity: principal(service),
    podLabels: { ...service.podLabels },
    ports: Object.fromEntries(ports.map((port) => [port.name, portContract(port)])),
    operations: inOrder(Object.keys(operations).map((name) => [name, operationContract(graph, service, name)])),
    callers: halvesBy(graph.to(service).filter(({ caller }) => caller.remote), ({ caller }) => principal(caller)),
  };
}

/** What a workload asks of services of other repositories; undefined where it asks nothing. */
export function callsContract(graph: Calls, caller: Caller): CallsContract | undefined {
  const edges = graph.from(caller).filter(({ callee }) => callee.remote);
  return edges.length === 0 ? undefined : { identity: principal(caller), callees: halvesBy(edges, ({ callee }) => callee.host) };
}

function portContract({ protocol, number, targetPort }: Port): PortContract {
  return { protocol, port: number, targetPort };
}

function operationContract(graph: Calls, callee: Callee, name: string): OperationContract {
  const operation = callee.operations[name];
  const takes = timeNeeded(graph, callee, name);
  return {
    protocol: operation.protocol,
    methods: [...operation.methods],
    path: operation.path.text,
    port: portOf(callee, operation).name,
    idempotent: mayBeRepeated(graph, callee, name),
    streams: operation.streams,
    takes: takes && !operation.streams ? durationInWords(takes) : undefined,
  };
}

function halvesBy(edges: readonly Edge[], key: (edge: Edge) => string): Readonly<Record<string, HalfContract>> {
  const keys = [...new Set(edges.map(key))];
  return inOrder(keys.map((each) => [each, half(edges.filter((edge) => key(edge) === each))]));
}

/** Calls of one caller to one callee. */
function half(edges: readonly Edge[]): HalfContract {
  return {
    podLabels: { ...edges[0].caller.podLabels },
    operations: inOrder(edges.flatMap((edge) => edge.operations.map((name): [string, string | null] =>
      [name, edge.callee.operations[name].streams ? null : durationInWords(timeoutOf(edge))]))),
    ports: inOrder(edges.filter(({ operations }) => operations.length === 0).map((edge): [string, string | null] =>
      [portsOf(edge)[0].name, carriesRequests(edge) ? durationInWords(timeoutOf(edge)) : null])),
  };
}

/** An object whose keys stand in an order that does not depend on when they were declared. */
function inOrder<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
