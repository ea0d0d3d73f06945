import { Caller, ReleaseMatch, StringMatch } from './party';
import { takesText } from './text';

/** Requests that are chosen for a version: all that is given must hold. */
export interface Choice {
  /** What they have. */
  readonly match: ReleaseMatch;
  /** Who sends them. @default - anybody */
  readonly callers?: readonly Caller[];
}

/** Matches for the requests of one caller: undefined where all are chosen, empty where none are. */
export function matchesFor(choices: readonly Choice[] | undefined, caller: Caller | undefined): readonly ReleaseMatch[] | undefined {
  const own = choices?.filter(({ callers }) => callers === undefined || callers.some((each) => each === caller)).map(({ match }) => match);
  return own?.some((match) => Object.keys(match).length === 0) ? undefined : own;
}

/** The first choice that can never be made, since an earlier one takes all its requests: its index and that one's. */
export function deadChoice(choices: readonly Choice[]): readonly [dead: number, earlier: number] | undefined {
  for (const [index, choice] of choices.entries()) {
    const earlier = choices.slice(0, index).findIndex((each) => covers(each, choice));
    if (earlier >= 0) return [index, earlier];
  }
  return undefined;
}

/** Whether every request of the other is one of these. */
function covers(one: Choice, other: Choice): boolean {
  const from = one.callers === undefined || (other.callers?.every((caller) => one.callers?.includes(caller)) ?? false);
  return from && (['headers', 'queryParams'] as const).every((kind) => Object.entries(one.match[kind] ?? {}).every(([name, wanted]) => {
    const given = other.match[kind]?.[name];
    return given !== undefined && takes(wanted, given);
  }));
}

/** Whether a text that the second takes is taken by the first; of two regular expressions only where they are the same. */
function takes(wanted: StringMatch, given: StringMatch): boolean {
  if ('exact' in given) return takesText(wanted, given.exact);
  if ('prefix' in given && 'prefix' in wanted) return given.prefix.startsWith(wanted.prefix);
  return 'regex' in wanted && (wanted.regex === '.*' || ('regex' in given && wanted.regex === given.regex));
}
