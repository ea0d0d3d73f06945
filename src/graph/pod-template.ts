import { at, listAt, textAt } from './json';

/** Containers of a pod, as its template has them and as the mesh adds them. */
export interface PodContainers {
  readonly initContainers: readonly unknown[];
  readonly containers: readonly unknown[];
}

/** The pod template of a workload, wherever its kind has it; a Pod is one itself. */
export function podTemplateOf(object: unknown): unknown {
  const kind = textAt(object, 'kind');
  if (kind === 'Pod') return object;
  return at(object, kind === 'CronJob' ? 'spec.jobTemplate.spec.template' : 'spec.template');
}

/** The containers that a pod template says itself. */
export function podContainers(template: unknown): PodContainers {
  return { initContainers: listAt(template, 'spec.initContainers'), containers: listAt(template, 'spec.containers') };
}

/** All containers of a workload, those that run first too. */
export function containersOf(object: unknown): readonly unknown[] {
  const { initContainers, containers } = podContainers(podTemplateOf(object));
  return [...initContainers, ...containers];
}
