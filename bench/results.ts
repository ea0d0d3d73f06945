import type { Case, What } from './cases';
import type { Run } from './measure';

/** A case and how its runs went. */
export interface Result extends Pick<Case, 'what' | 'engine' | 'size'> {
  readonly runs: readonly Run[];
}

/** A number, or a bound of it where a process was ended before its time. */
export interface Bound {
  readonly value: number;
  /** Whether the true value is larger. */
  readonly more: boolean;
}

/** All results of a run. */
export class Results {
  constructor(public readonly all: readonly Result[]) {}

  /** The runs of a case; none where it was not measured. */
  public runs(what: What, engine: Case['engine'], size: number): readonly Run[] {
    return this.all.find((each) => each.what === what && each.engine === engine && each.size === size)?.runs ?? [];
  }

  /** Median of the times, in milliseconds. */
  public wall(what: What, engine: Case['engine'], size: number): Bound | undefined {
    return bound(this.runs(what, engine, size), ({ wall }) => wall);
  }

  /** Median of the memory peaks, in MiB. */
  public memory(what: What, engine: Case['engine'], size: number): Bound | undefined {
    return bound(this.runs(what, engine, size), ({ memory }) => memory);
  }
}

/** How often the second goes into the first; the second must have been measured whole. */
export function ratio(first: Bound | undefined, second: Bound | undefined): Bound | undefined {
  if (!first || !second || second.more || second.value === 0) return undefined;
  return { value: first.value / second.value, more: first.more };
}

/** The middle one; of an even number the mean of both. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

function bound(runs: readonly Run[], of: (run: Run) => number | undefined): Bound | undefined {
  const values = runs.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : { value: median(values), more: runs.some(({ ended }) => !ended) };
}
