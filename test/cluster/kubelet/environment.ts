import { NODE_ADDRESS } from '../run/namespaces';
import type { Container, EnvironmentVariable, Pod } from './pod';

const NODE_CPUS = '2';
const NODE_MEMORY = String(1 << 30);

function field(pod: Pod, path: string, address: string, node: string): string {
  const { metadata, spec } = pod;
  const quoted = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (quoted) return (quoted[1] === 'labels' ? metadata.labels : metadata.annotations)?.[quoted[2]] ?? '';
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': node,
    'spec.serviceAccountName': spec.serviceAccountName ?? 'default',
    'status.podIP': address,
    'status.podIPs': address,
    'status.hostIP': NODE_ADDRESS,
  };
  return fields[path] ?? '';
}

function value({ value: plain, valueFrom }: EnvironmentVariable, pod: Pod, address: string, node: string): string | undefined {
  if (plain !== undefined) return plain;
  if (valueFrom?.fieldRef) return field(pod, valueFrom.fieldRef.fieldPath, address, node);
  if (valueFrom?.resourceFieldRef) return valueFrom.resourceFieldRef.resource.endsWith('memory') ? NODE_MEMORY : NODE_CPUS;
  return undefined;
}

/** Replaces `$(NAME)` by variables that are known, as the kubelet does. */
export const expand = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\$\((\w+)\)/g, (reference, name: string) => variables[name] ?? reference);

/** The variables of a container. */
export function environmentOf(container: Container, pod: Pod, address: string, node: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const variable of container.env ?? []) {
    const found = value(variable, pod, address, node);
    if (found !== undefined) variables[variable.name] = expand(found, variables);
  }
  return variables;
}
