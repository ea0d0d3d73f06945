import { Edge } from '../graph/edge';
import { Objective } from '../graph/objective';
import { Callee, Caller } from '../graph/party';
import { decimal, recorded } from './promql';
import { trafficOf } from './requests';
import { WatchedNamespace } from './watched';

/** How fast a budget of 30 days burns, seen over a long time and, so that the alert ends soon after the fault, over a short one. */
export interface BurnRate {
  /** How many times as fast as the budget allows. */
  readonly factor: number;
  /** The long time. */
  readonly long: string;
  /** The short one. */
  readonly short: string;
}

/**
 * Budgets that burn so fast wake somebody up: 2 % of it in an hour, or 5 % in six. Source: Google, "The Site Reliability Workbook", chapter 5,
 * "Multiwindow, Multi-Burn-Rate Alerts".
 */
export const pageRates: readonly BurnRate[] = [{ factor: 14.4, long: '1h', short: '5m' }, { factor: 6, long: '6h', short: '30m' }];
/** Budgets that burn so can wait until somebody is at work: 10 % in a day, or in three. Source: as above. */
export const ticketRates: readonly BurnRate[] = [{ factor: 3, long: '1d', short: '2h' }, { factor: 1, long: '3d', short: '6h' }];

/** What an objective is measured over. */
export const period = '30d';

/** Who promises what to whom. */
export interface Promised {
  /** Who promises. */
  readonly callee: Callee;
  /** To whom. @default - to all who call */
  readonly caller?: Caller;
  /** What. */
  readonly slo: Objective;
}

/** All objectives of a namespace: those of its services, then those of single callers. */
export function promisesOf({ services, calls }: WatchedNamespace): readonly Promised[] {
  const toAll = services.flatMap((callee) => (callee.slo ? [{ callee, slo: callee.slo }] : []));
  const toOne = calls.flatMap(({ caller, callee, slo }: Edge) => (slo ? [{ caller, callee, slo }] : []));
  return [...toAll, ...toOne];
}

/** Which of the recorded series tell how a promise is kept. */
function selectorOf({ callee, caller }: Promised): Readonly<Record<string, string>> {
  return { ...(caller && trafficOf(caller)), destination_service: callee.host };
}

/** Share of a promise's budget of 30 days that is left: 1 of an unused one, below 0 of one that is overspent. */
export function budgetLeft(promise: Promised, what: 'availability' | 'latency'): string {
  return `1 - ${badRatio(promise, what, period)} / ${decimal(budgetOf(promise.slo, what))}`;
}

/** How many times as fast as its objective allows a promise's budget burns, over a time such as `1h`. */
export function burnRate(promise: Promised, what: 'availability' | 'latency', window: string): string {
  return `${badRatio(promise, what, window)} / ${decimal(budgetOf(promise.slo, what))}`;
}

/** Recorded series of the share of bad requests of a promise. */
function badRatio(promise: Promised, what: 'availability' | 'latency', window: string): string {
  return recordedOf(promise, what, `ratio_rate${window}`);
}

/** Recorded series of how many they are. */
function badCount(promise: Promised, what: 'availability' | 'latency', window: string): string {
  return recordedOf(promise, what, `increase${window}`);
}

function recordedOf(promise: Promised, what: 'availability' | 'latency', operation: string): string {
  const level = promise.caller ? 'call' : 'service';
  const selected = selectorOf(promise);
  if (what === 'availability') return recorded(`${level}:request_errors:${operation}`, selected);
  return recorded(`${level}:slow_requests:${operation}`, { ...selected, below: boundOf(promise.slo) });
}

/** Fewer bad requests wake nobody up: of one request a minute, one that fails is a fifth of five minutes. */
const fewest = 5;

/** When a budget burns at one of these rates; nothing where even a total failure would not. */
export function burns(promise: Promised, what: 'availability' | 'latency', rates: readonly BurnRate[]): string | undefined {
  const budget = budgetOf(promise.slo, what);
  const possible = rates.filter(({ factor }) => factor * budget < 1);
  const each = possible.map(({ factor, long, short }) => [
    ...[long, short].map((window) => `${badRatio(promise, what, window)} > ${decimal(factor * budget)}`),
    ...(rates === pageRates ? [`${badCount(promise, what, long)} > ${fewest}`] : []),
  ].join('\nand\n'));
  if (each.length === 0) return undefined;
  return each.length === 1 ? each[0] : each.map((one) => `(\n${indented(one)}\n)`).join('\nor\n');
}

/** Share of the requests that may be bad, 0 to 1. */
export function budgetOf({ availability, latency }: Objective, what: 'availability' | 'latency'): number {
  return 1 - (what === 'availability' ? availability! : latency!.percentile) / 100;
}

function boundOf({ latency }: Objective): string {
  return `${latency!.below.toMilliseconds()}ms`;
}

function indented(text: string): string {
  return text.split('\n').map((line) => `  ${line}`).join('\n');
}
