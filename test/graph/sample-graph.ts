import { Duration } from 'cdk8s';
import { CallGraph } from '../../src/graph/call-graph';
import { Edge } from '../../src/graph/edge';
import { EnvironmentFacts } from '../../src/graph/environment-facts';
import { Operation } from '../../src/graph/operation';
import { Callee, Caller, Release, Service } from '../../src/graph/party';
import { Port } from '../../src/graph/port';

/** An environment as most are. */
export function environmentOf(path: string, options: Partial<EnvironmentFacts> = {}): EnvironmentFacts {
  return {
    path,
    clusterDomain: 'cluster.local',
    trustDomain: 'cluster.local',
    gateway: { namespace: 'istio-system', serviceAccount: 'ingress', podLabels: { istio: 'ingressgateway' } },
    interception: 'cni',
    dns: { namespace: 'kube-system', podLabels: { 'k8s-app': 'kube-dns' } },
    istiod: { namespace: 'istio-system', podLabels: { app: 'istiod' } },
    prometheus: { namespace: 'istio-system', podLabels: { 'app.kubernetes.io/name': 'prometheus' } },
    dnsCapture: false,
    pathNormalization: 'BASE',
    meshServices: [],
    ...options,
  };
}

export const staging = environmentOf('staging');

interface ServiceOptions {
  readonly namespace?: string;
  readonly environment?: EnvironmentFacts;
  readonly ports?: readonly Port[];
  readonly operations?: Readonly<Record<string, Operation>>;
  readonly releases?: readonly Release[];
}

/** A caller that nobody calls. */
export function clientOf(name: string, { namespace = 'shop', environment = staging }: ServiceOptions = {}): Caller {
  const path = `${environment.path}/${namespace}/${name}`;
  return { path, name, namespace, environment, operations: {}, gateway: false, serviceAccount: name, podLabels: { app: name } };
}

/** A service with one version that listens on HTTP port 80. */
export function serviceOf(name: string, options: ServiceOptions = {}): Service {
  const caller = clientOf(name, options);
  const { ports = [Port.http(80)], operations = {}, releases = [{ destinations: [{ subset: 'v1' }] }] } = options;
  const pods = { namespace: caller.namespace, podLabels: caller.podLabels };
  const versions = ['v1', 'v2'].map((version) => ({ name: version, minReplicas: 1 }));
  return { ...caller, host: `${name}.${caller.namespace}.svc.cluster.local`, ports, operations, pods, versions: () => versions, releases: () => releases };
}

/** A host outside the cluster. */
export function externalOf(name: string, host: string, port: Port, cidrs: readonly string[] = []): Callee {
  return {
    path: `staging/shop/${name}`, name, namespace: 'shop', environment: staging, host, ports: [port], operations: {}, external: { cidrs },
    versions: () => [], releases: () => [{ destinations: [{}] }],
  };
}

/** The edge of the mesh. */
export function gatewayOf(name = 'gateway'): Caller {
  return { path: `staging/shop/${name}`, name, environment: staging, operations: {}, gateway: true, ...staging.gateway };
}

/** A call that somebody waits for. */
export function edgeOf(caller: Caller, callee: Callee, operations: readonly string[], options: Partial<Edge> = {}): Edge {
  return { caller, callee, operations, background: false, sequential: false, ...options };
}

/** A graph of these calls. */
export function graphOf(...edges: readonly Edge[]): CallGraph {
  const graph = new CallGraph(staging);
  const callees = edges.flatMap(({ caller, callee }) => ('ports' in caller ? [caller as Service, callee] : [callee]));
  for (const callee of new Set(callees)) graph.addCallee(callee);
  for (const edge of edges) graph.addEdge(edge);
  return graph;
}

export const seconds = (amount: number): { readonly timeout: Duration } => ({ timeout: Duration.seconds(amount) });
