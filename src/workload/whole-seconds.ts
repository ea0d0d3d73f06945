import { Duration } from 'cdk8s';
import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';

/** A duration as Kubernetes has it. @param least fewest seconds that make sense */
export function wholeSeconds(construct: IConstruct, what: string, duration: Duration, least: number): number {
  const seconds = duration.toMilliseconds() / 1000;
  if (!Number.isInteger(seconds) || seconds < least) reject(construct, `${what} must be whole seconds, ${least} or more, got ${duration.toMilliseconds()}ms`);
  return seconds;
}

/** A duration as Prometheus has how long it keeps things. */
export function wholeDays(construct: IConstruct, what: string, duration: Duration): number {
  const days = duration.toMilliseconds() / (24 * 60 * 60 * 1000);
  if (!Number.isInteger(days) || days < 1) {
    reject(construct, `${what} must be whole days, 1 or more, got ${duration.toHours({ integral: false })} hours; write for example Duration.days(7)`);
  }
  return days;
}
