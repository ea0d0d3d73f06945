import { nearest } from './nearest';

/** What was asked for cannot be asked for: the command ends with 2. Its message says what to write instead. */
export class UsageError extends Error {
  public override readonly name = 'UsageError';
}

/**
 * The one of some names that was asked for.
 * @param what what is named, for example `environment`
 * @throws UsageError with the nearest name and all of them
 */
export function oneOf<T extends string>(what: string, name: string, names: readonly T[]): T {
  const found = names.find((each) => each === name);
  if (found !== undefined) return found;
  const near = nearest(name, names);
  const guess = near === undefined ? '' : `; did you mean ${near}?`;
  throw new UsageError(`${what} must be one that is there, got '${name}'${guess} (${[...names].sort().join(', ') || 'there is none'})`);
}
