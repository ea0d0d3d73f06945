import type { Cluster, Request } from './cluster';
import { accepted } from './outcomes';
import type { Outcome } from './run/steering';

/** What came of a load. */
export interface Load {
  readonly outcomes: readonly Outcome[];
  /** Those that no program answered well. */
  readonly lost: readonly Outcome[];
}

/** Does something while requests are made, a few at a time, for so many seconds. */
export async function underLoad(cluster: Cluster, request: Request, seconds: number, work: () => Promise<unknown>): Promise<Load> {
  const load = cluster.request({ concurrency: 4, pauseMs: 10, ...request, forMs: seconds * 1000 });
  await work();
  const outcomes = await load;
  return { outcomes, lost: outcomes.filter((outcome) => !accepted(outcome)) };
}
