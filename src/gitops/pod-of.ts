import { at, listAt, textAt } from '../graph/json';

/** The pod of a workload, wherever its kind has it. */
export function podOf(object: unknown): unknown {
  return at(object, textAt(object, 'kind') === 'CronJob' ? 'spec.jobTemplate.spec.template' : 'spec.template');
}

/** Its containers, those that run first too. */
export function containersOf(object: unknown): readonly unknown[] {
  return ['spec.initContainers', 'spec.containers'].flatMap((path) => listAt(podOf(object), path));
}
