import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { AnswersDescription } from '../../src/gitops/experiments/answers';
import { descriptionFile, type ExperimentDescription } from '../../src/gitops/experiments/experiment-description';
import type { MeasurementDescription } from '../../src/gitops/experiments/measurement';
import { millisecondsOf } from '../../src/graph/edge';
import { grpcStatuses } from '../../src/graph/fault';
import { browse } from './checks';
import type { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { readManifestFiles } from './manifests';
import { DIST, folderOf } from './rendered-systems';
import type { Outcome } from './run/steering';

const EXPERIMENTS = join(DIST, 'experiments');
/** Longer than any fault or timeout of an experiment. */
const PATIENCE_MS = 20_000;

const foldersIn = (folder: string): string[] => existsSync(folder) ? readdirSync(folder).sort() : [];

/** Every experiment of `dist/`. */
export const allExperiments = (): ExperimentDescription[] => foldersIn(EXPERIMENTS).flatMap((system) => foldersIn(join(EXPERIMENTS, system))
  .map((name) => parse(readFileSync(join(EXPERIMENTS, system, name, descriptionFile), 'utf8')) as ExperimentDescription));

/** What the files that an experiment touches hold without it, and with it. */
export function sides({ experiment, system, environment, added, changed, removed }: ExperimentDescription): Record<'before' | 'after', KubeObject[]> {
  return {
    before: readManifestFiles(folderOf(environment, system), [...changed, ...removed]),
    after: readManifestFiles(join(EXPERIMENTS, system, experiment), [...added, ...changed]),
  };
}

/** Makes the requests of a measurement, and gives the share of the answers that each expectation counts, in percent. */
export async function measure(cluster: Cluster, { from, request, times, concurrency, toggles, expected }: MeasurementDescription): Promise<number[]> {
  const options = { ...request, times, concurrency, timeoutMs: PATIENCE_MS };
  const ask = async (): Promise<Outcome[]> => 'gateway' in from
    ? browse(cluster, { host: request.address, protocol: request.protocol === 'https' ? 'https' : 'http' }, options)
    : cluster.request({ ...options, from: from.workload });
  const outcomes = toggles ? await toggled(cluster, toggles, ask) : await ask();
  return expected.map(({ answers }) => 100 * outcomes.filter((outcome) => counts(outcome, answers)).length / outcomes.length);
}

/** Asks the program of one pod, inside of it, before and after. */
async function toggled<T>(cluster: Cluster, { inOnePodOf, port, path }: NonNullable<MeasurementDescription['toggles']>, work: () => Promise<T>): Promise<T> {
  const [pod] = await cluster.pods(inOnePodOf);
  const toggle = async (): Promise<unknown> => cluster.steering(pod).call({ protocol: 'http', address: `127.0.0.1:${port}`, path });
  await toggle();
  try {
    return await work();
  } finally {
    await toggle();
  }
}

function counts({ status, grpc, body, headers, milliseconds, error }: Outcome, answers: AnswersDescription): boolean {
  const wanted = Object.entries(answers.headers ?? {});
  return (answers.status === undefined || status === answers.status)
    && (answers.grpcStatus === undefined || grpc === grpcCode(answers.grpcStatus))
    && (answers.body === undefined || new RegExp(answers.body).test(body))
    && wanted.every(([name, value]) => headers?.[name] === value)
    && (answers.atLeast === undefined || milliseconds >= millisecondsOf(answers.atLeast))
    && milliseconds <= millisecondsOf(answers.atMost)
    && (answers.answered === undefined || (error === '') === answers.answered);
}

/** gRPC numbers them from `OK`, which is 0. */
const CODES: readonly string[] = ['OK', ...grpcStatuses];
const grpcCode = (name: string): number => CODES.indexOf(name);
