import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';
import { Autoscaling, checkAutoscaling } from './autoscaling';

/** How many pods run: a number, or a range that follows the load. */
export type Replicas = number | Autoscaling;

/** Pods that run whatever the load. */
export function minReplicas(replicas: Replicas): number {
  return typeof replicas === 'number' ? replicas : replicas.min;
}

/** Pods that run at most. */
export function maxReplicas(replicas: Replicas): number {
  return typeof replicas === 'number' ? replicas : replicas.max;
}

/** Refuses replicas that cannot be. */
export function checkReplicas(construct: IConstruct, replicas: Replicas): void {
  if (typeof replicas === 'number') {
    if (!isCount(replicas)) reject(construct, `replicas must be a whole number of 1 or more, got ${replicas}`);
    return;
  }
  checkAutoscaling(construct, replicas);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
