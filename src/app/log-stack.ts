import { LogStack, type LogStackProps, type MeshNamespace } from '../index';

/** How the logs of a system are kept. */
export type SystemLogs = Pick<LogStackProps, 'storage' | 'retention' | 'resources'>;

/**
 * Keeps the logs of a system, in a namespace of its own: its id. No gateway leads to Kibana, which asks nobody who he is, and these systems have no login:
 * `kubectl port-forward` leads to it.
 */
export function logStack(system: MeshNamespace, id: string, logs: SystemLogs): LogStack {
  return new LogStack(system, id, { ...logs, watches: [system] });
}
