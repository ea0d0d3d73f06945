import { at, textsAt } from '../graph/json';
import { PodContainers, podContainers } from '../graph/pod-template';
import { annotatedProxyResources } from '../workload/proxy-annotations';
import { ResourceTexts } from '../workload/quantity';

/** What the mesh gives each pod beside its own containers. */
export interface Injection {
  /** How traffic reaches the proxy. */
  readonly interception: 'cni' | 'init';
  /** `resources` of the proxy where the pod does not say its own. */
  readonly resources: ResourceTexts;
}

/** Containers of a pod once the injector has been there: what intercepts, then the proxy as a native sidecar. Source: Istio 1.31, injection template. */
export function injectedContainers(template: unknown, { interception, resources }: Injection): PodContainers {
  const own = podContainers(template);
  const left = textsAt(template, 'metadata.labels').get('sidecar.istio.io/inject') === 'false';
  if (left || at(template, 'spec.hostNetwork') === true) return own;
  const proxy = annotatedProxyResources(textsAt(template, 'metadata.annotations')) ?? resources;
  const added = [
    { name: interception === 'cni' ? 'istio-validation' : 'istio-init', resources: proxy },
    { name: 'istio-proxy', resources: proxy, restartPolicy: 'Always' },
  ];
  return { ...own, initContainers: [...added, ...own.initContainers] };
}
