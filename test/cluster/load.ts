import type { Cluster, Request } from './cluster';
import { accepted } from './outcomes';
import type { Outcome } from './run/steering';
import { until } from './run/until';

/** What came of a load. */
export interface Load {
  readonly outcomes: readonly Outcome[];
  /** Those that no program answered well. */
  readonly lost: readonly Outcome[];
}

/** So many requests that no worker of the proxy is left out. */
const SAMPLE = { times: 60, concurrency: 6 };

/**
 * Does something while requests are made, a few at a time, for so many seconds.
 * Before that all of them are answered: a proxy's workers learn of a pod's health up to a second after the proxy has said that it knows.
 */
export async function underLoad(cluster: Cluster, request: Request, seconds: number, work: () => Promise<unknown>): Promise<Load> {
  await until('requests are answered before anything is done', async () => (await cluster.request({ ...request, ...SAMPLE })).every(accepted));
  const load = cluster.request({ concurrency: 4, pauseMs: 10, ...request, forMs: seconds * 1000 });
  await work();
  const outcomes = await load;
  return { outcomes, lost: outcomes.filter((outcome) => !accepted(outcome)) };
}
