import { Construct } from 'constructs';
import { Callee, Caller, Service } from '../graph/party';
import { Port } from '../graph/port';
import { MeshNamespace } from './mesh-namespace';

/** What a workload of this name is as a caller. */
export function callerParty(construct: Construct): Caller {
  const { id: name, path } = construct.node;
  const { environment, name: namespace } = MeshNamespace.of(construct);
  return { path, name, namespace, environment: environment.facts, gateway: false, operations: {}, serviceAccount: name, podLabels: { app: name } };
}

/** What a workload of this name with a Service is in the call graph. */
export function serviceParty(construct: Construct, served: Pick<Callee, 'ports' | 'operations' | 'versions' | 'releases'>): Service {
  const caller = callerParty(construct);
  const host = `${caller.name}.${caller.namespace}.svc.${caller.environment.clusterDomain}`;
  return { ...caller, ...served, host, pods: { namespace: caller.namespace, podLabels: caller.podLabels } };
}

/** Ports as a list: one, several, or none. */
export function portList(port: Port | readonly Port[] | undefined): readonly Port[] {
  if (port === undefined) return [];
  return port instanceof Port ? [port] : port;
}

/** Labels of a workload's pods beside those that select them. */
export function podLabels(namespace: MeshNamespace): Record<string, string> {
  return { 'app.kubernetes.io/part-of': namespace.system };
}
