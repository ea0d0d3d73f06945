import { Construct } from 'constructs';
import { Callee, Caller, Service } from '../graph/party';
import { Port } from '../graph/port';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { MeshNamespace } from './mesh-namespace';

/** A Deployment that runs already, and what of it can never change. */
export interface ExistingWorkload {
  /** Labels that it selects its pods by. */
  readonly selector: Readonly<Record<string, string>>;
  /** Name of the Deployment. @default - the name of the service */
  readonly deployment?: string;
  /** Name of its ServiceAccount. @default - the name of the service */
  readonly serviceAccount?: string;
}

/** Refuses what no running Deployment can have. */
export function checkExisting(construct: Construct, { selector, deployment, serviceAccount }: ExistingWorkload, version: string): void {
  for (const [what, name] of Object.entries({ deployment, serviceAccount })) if (name !== undefined) checkName(construct, `existing.${what}`, name);
  if (Object.keys(selector).length === 0) reject(construct, 'existing.selector must have the labels of the Deployment that runs, got none; read spec.selector');
  if (selector.version !== undefined && selector.version !== version) {
    reject(construct, `version must be what the running Deployment selects, got '${version}' for '${selector.version}'; say version: '${selector.version}'`);
  }
}

/** What a workload of this name is as a caller. */
export function callerParty(construct: Construct, existing?: ExistingWorkload): Caller {
  const { id: name, path } = construct.node;
  const { environment, name: namespace, enforcement } = MeshNamespace.of(construct);
  if (namespace === environment.facts.istiod.namespace) {
    reject(construct, `a workload must not be in the mesh's own namespace, got '${namespace}', whose policies hold for pods of all; move it to another`);
  }
  const { serviceAccount = name, selector: podLabels = { app: name } } = existing ?? {};
  if (name === 'default' && serviceAccount === name) {
    reject(construct, "name must not be 'default', got that of the ServiceAccount of all pods that name none, which would have its identity; rename it");
  }
  return { path, name, namespace, environment: environment.facts, gateway: false, operations: {}, serviceAccount, podLabels, enforcement };
}

/** What a workload of this name with a Service is in the call graph. */
export function serviceParty(
  construct: Construct,
  served: Pick<Callee, 'ports' | 'operations' | 'trafficPolicy' | 'slo' | 'versions' | 'releases' | 'lane' | 'faults' | 'tokens' | 'denials'>,
  existing?: ExistingWorkload,
): Service {
  const caller = callerParty(construct, existing);
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
