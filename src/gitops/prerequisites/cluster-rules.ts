import { at, listAt, textAt } from '../../graph/json';
import { OBJECTS, PODS, Rule, isOfArgoCd, need } from './rule';

/** Sources: Kubernetes feature gates PodLifecycleSleepAction (beta 1.30), HPAContainerMetrics (GA 1.30), MatchLabelKeysInPodTopologySpread (beta 1.27). */
export const sleepingHook: Rule = {
  of: [PODS],
  needs: ({ containers }) => (containers.some((each) => at(each, 'lifecycle.preStop.sleep') !== undefined)
    ? need('Kubernetes 1.30 or newer', '`lifecycle.preStop.sleep`') : []),
};

export const containerMetrics: Rule = {
  of: ['HorizontalPodAutoscaler'],
  needs: ({ object }) => (listAt(object, 'spec.metrics').some((each) => at(each, 'type') === 'ContainerResource')
    ? need('Kubernetes 1.30 or newer', 'scaling by `ContainerResource`') : []),
};

export const namespaceOfObject: Rule = {
  of: [OBJECTS],
  needs: (subject) => {
    const { namespace, kind, containers } = subject;
    if (namespace === '' || kind === 'Namespace' || isOfArgoCd(subject)) return [];
    const because = containers.length > 0 ? 'pods run in it: its owner lets sidecars in, and pods reach DNS and istiod' : 'objects are in it';
    return need(`Namespace ${namespace}`, because);
  },
};

export const networkPolicy: Rule = {
  of: ['NetworkPolicy'],
  needs: () => need('a network plugin that enforces NetworkPolicies', 'else they allow everything in silence'),
};

export const autoscaler: Rule = {
  of: ['HorizontalPodAutoscaler'],
  needs: () => need('metrics-server, or another server of `metrics.k8s.io`', 'scaling by use of CPU or memory'),
};

export const storage: Rule = {
  of: ['PersistentVolumeClaim', PODS],
  needs: ({ object, kind }) => (kind === 'PersistentVolumeClaim' ? [object] : listAt(object, 'spec.volumeClaimTemplates')).flatMap((claim) => {
    const storageClass = textAt(claim, 'spec.storageClassName');
    return need(storageClass === undefined ? 'a default StorageClass' : `StorageClass ${storageClass}`, 'storage that is claimed');
  }),
};

/** Secrets and ConfigMaps that a pod refers to. */
export const references: Rule = {
  of: [PODS],
  needs: ({ template, containers, namespace }) => {
    const here = (kind: string, name: string | undefined): ReturnType<Rule['needs']> =>
      (name === undefined ? [] : need(`${kind} ${namespace}/${name}`, 'its pods read it'));
    const fromEnv = containers.flatMap((container) => [
      ...listAt(container, 'env').flatMap((each) => [
        ...here('Secret', textAt(each, 'valueFrom.secretKeyRef.name')), ...here('ConfigMap', textAt(each, 'valueFrom.configMapKeyRef.name')),
      ]),
      ...listAt(container, 'envFrom').flatMap((each) => [
        ...here('Secret', textAt(each, 'secretRef.name')), ...here('ConfigMap', textAt(each, 'configMapRef.name')),
      ]),
    ]);
    const fromVolumes = listAt(template, 'spec.volumes').flatMap((volume) => [
      ...here('Secret', textAt(volume, 'secret.secretName')), ...here('ConfigMap', textAt(volume, 'configMap.name')),
      ...here('PersistentVolumeClaim', textAt(volume, 'persistentVolumeClaim.claimName')),
      ...listAt(volume, 'projected.sources').flatMap((source) => here('Secret', textAt(source, 'secret.name'))),
    ]);
    const priority = textAt(template, 'spec.priorityClassName');
    const priorities = priority === undefined || priority.startsWith('system-') ? [] : need(`PriorityClass ${priority}`, 'its pods have it');
    return [...fromEnv, ...fromVolumes, ...priorities];
  },
};

/** Source: Kubernetes, "Logging Architecture": a runtime behind CRI writes there; Docker's own files are elsewhere, and only links lead to them. */
export const logsOfNodes: Rule = {
  of: [PODS],
  needs: ({ template }) => (listAt(template, 'spec.volumes').some((volume) => textAt(volume, 'hostPath.path') === '/var/log/pods')
    ? need('a container runtime that writes logs to `/var/log/pods`, such as containerd', 'they are read there') : []),
};
