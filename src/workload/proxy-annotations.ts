import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';

const PREFIX = 'sidecar.istio.io/';
const NAMES = { requests: { cpu: 'proxyCPU', memory: 'proxyMemory' }, limits: { cpu: 'proxyCPULimit', memory: 'proxyMemoryLimit' } } as const;

/** What annotations of a pod give its sidecar; one of them takes all defaults away. Source: Istio, `sidecar.istio.io/proxyCPU` and its like. */
export function annotatedProxyResources(annotations: ReadonlyMap<string, string>): Readonly<Record<'requests' | 'limits', object>> | undefined {
  const pick = ({ cpu, memory }: Readonly<Record<'cpu' | 'memory', string>>): object =>
    ({ cpu: annotations.get(PREFIX + cpu), memory: annotations.get(PREFIX + memory) });
  const all = Object.values(NAMES).flatMap((names) => Object.values(names));
  return all.some((name) => annotations.has(PREFIX + name)) ? { requests: pick(NAMES.requests), limits: pick(NAMES.limits) } : undefined;
}

/** Refuses annotations that leave a sidecar without limits. */
export function checkProxyAnnotations(construct: IConstruct, annotations: Readonly<Record<string, string>> = {}): void {
  const given = annotatedProxyResources(new Map(Object.entries(annotations)));
  const missing = Object.values(NAMES.limits).filter((name) => annotations[PREFIX + name] === undefined);
  if (!given || missing.length === 0) return;
  const got = Object.keys(annotations).filter((name) => name.startsWith(`${PREFIX}proxy`)).join(', ');
  reject(construct, `podAnnotations must keep the limits of the sidecar, got ${got} without ${missing.map((name) => PREFIX + name).join(', ')}; add them`);
}
