import type { KubeObject } from './control/kube-client';
import type { Container } from './kubelet/pod';

const image = 'example.com/server';
const limits = { cpu: '200m', memory: '64Mi' };

/** A container with limits, and one without. */
export const limited = (name: string): Container => ({ name, image, resources: { limits } });
export const unlimited = (name: string): Container => ({ name, image });

/** Pods without all limits, and what a person must be told of each. */
export const UNLIMITED: Readonly<Record<string, { readonly spec: object; readonly named: string }>> = {
  'no resources': { spec: { containers: [unlimited('nginx')] }, named: 'nginx (cpu, memory)' },
  'requests alone': { spec: { containers: [{ ...unlimited('nginx'), resources: { requests: limits } }] }, named: 'nginx (cpu, memory)' },
  'a limit of cpu alone': { spec: { containers: [{ ...unlimited('nginx'), resources: { limits: { cpu: '1' } } }] }, named: 'nginx (memory)' },
  'a limit of 0': { spec: { containers: [{ ...unlimited('nginx'), resources: { limits: { cpu: '0', memory: '1Gi' } } }] }, named: 'nginx (cpu)' },
  'an init container': { spec: { initContainers: [unlimited('setup')], containers: [limited('server')] }, named: 'setup (cpu, memory)' },
  'a native sidecar': {
    spec: { initContainers: [{ ...unlimited('shipper'), restartPolicy: 'Always' }], containers: [limited('server')] }, named: 'shipper (cpu, memory)',
  },
  'one of sixty': {
    spec: { containers: [...Array.from({ length: 59 }, (_, index) => limited(`server-${index}`)), unlimited('last')] }, named: 'last (cpu, memory)',
  },
  'several': {
    spec: { initContainers: [unlimited('setup'), limited('wait')], containers: [limited('server'), unlimited('shipper')] },
    named: 'setup (cpu, memory), shipper (cpu, memory)',
  },
};

/** How the rule says it. */
export const refusalOf = (named: string): string => `every container must have limits of cpu and memory, got none for ${named}`;

/** A pod by itself. */
export const podWith = (namespace: string, name: string, spec: object): KubeObject & { readonly spec: object } =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec });

/** One of each kind that makes pods, with a pod's template. */
export function workloadsWith(namespace: string, name: string, podSpec: object): KubeObject[] {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: podSpec };
  const once = { metadata: { labels }, spec: { ...podSpec, restartPolicy: 'Never' } };
  const object = (apiVersion: string, kind: string, spec: object): KubeObject & { spec: object } => ({ apiVersion, kind, metadata: { name, namespace }, spec });
  const selector = { matchLabels: labels };
  return [
    object('apps/v1', 'Deployment', { selector, template }),
    object('apps/v1', 'StatefulSet', { selector, serviceName: name, template }),
    object('apps/v1', 'DaemonSet', { selector, template }),
    object('batch/v1', 'Job', { template: once }),
    object('batch/v1', 'CronJob', { schedule: '0 3 * * *', jobTemplate: { spec: { template: once } } }),
  ];
}
