import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';

/** Replicas that follow the load. */
export interface Autoscaling {
  /** Fewest pods, 1 or more. */
  readonly min: number;
  /** Most pods, at least `min`. */
  readonly max: number;
  /** Use of the container's CPU request that is aimed at, in percent, 1-100. */
  readonly cpuPercent: number;
}

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
  const { min, max, cpuPercent } = replicas;
  if (!isCount(min) || !isCount(max) || max < min) reject(construct, `replicas must go from min 1 or more to max at least min, got ${min} to ${max}`);
  if (!(cpuPercent >= 1 && cpuPercent <= 100)) reject(construct, `replicas.cpuPercent must be from 1 to 100, got ${cpuPercent}`);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
