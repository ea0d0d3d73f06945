import { textAt } from '../../graph/json';
import { podContainers, podTemplateOf } from '../../graph/pod-template';

/** An object, and what most is asked of it. */
export interface Subject {
  readonly object: unknown;
  readonly kind: string;
  /** Its API group; empty for Kubernetes' own. */
  readonly group: string;
  /** Empty where it is in none. */
  readonly namespace: string;
  /** As others name it: `Service shop/cart`. */
  readonly name: string;
  /** Template of the pods that it makes; undefined where it makes none. */
  readonly template: unknown;
  /** Containers of the template, those that run first too. */
  readonly containers: readonly unknown[];
}

/** Reads an object once for all rules. */
export function subjectOf(object: unknown): Subject {
  const [kind, namespace, name] = [textAt(object, 'kind') ?? '', textAt(object, 'metadata.namespace') ?? '', textAt(object, 'metadata.name')];
  const apiVersion = textAt(object, 'apiVersion') ?? '';
  const template = podTemplateOf(object);
  const { initContainers, containers } = podContainers(template);
  return {
    object,
    kind,
    group: apiVersion.slice(0, Math.max(apiVersion.lastIndexOf('/'), 0)),
    namespace,
    name: `${kind} ${namespace === '' || kind === 'Namespace' ? name : `${namespace}/${name}`}`,
    template,
    containers: [...initContainers, ...containers],
  };
}
