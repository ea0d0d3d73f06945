import { NODE_ADDRESS } from '../run/namespaces';
import { runningContainers, type Pod } from './pod';

/** The status that a kubelet reports of a running pod. Init containers that have ended are not told. */
export function podStatus(pod: Pod, address: string, ready: boolean): object {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = (type: string, holds: boolean): object => ({ type, status: holds ? 'True' : 'False', lastTransitionTime: time });
  const regular = new Set(pod.spec.containers);
  const statuses = (inits: boolean): object[] => runningContainers(pod).filter((one) => regular.has(one) !== inits).map(({ name, image }) => ({
    name, image, imageID: '', ready, started: true, restartCount: 0, state: { running: { startedAt: time } },
  }));
  return {
    phase: 'Running',
    podIP: address,
    podIPs: [{ ip: address }],
    hostIP: NODE_ADDRESS,
    hostIPs: [{ ip: NODE_ADDRESS }],
    startTime: time,
    containerStatuses: statuses(false),
    initContainerStatuses: statuses(true),
    conditions: [
      condition('PodScheduled', true), condition('Initialized', true), condition('ContainersReady', ready), condition('Ready', ready),
    ],
  };
}
