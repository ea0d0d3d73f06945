import { Subject } from './subject';

/** Something that a cluster must have before an object works. */
export interface Need {
  /** What must be there. */
  readonly what: string;
  /** What of the object needs it. */
  readonly because: string;
  /** Place of its rule among all. */
  readonly rank: number;
}

/** What objects of some sort need, read from their fields. */
export interface Rule {
  /** Kinds, API groups, or `PODS` and `OBJECTS`: only objects of one of them are read. */
  readonly of: readonly string[];
  readonly needs: (subject: Subject) => readonly Omit<Need, 'rank'>[];
}

/** Sorts of objects beside kinds and groups: all that make pods, and all. */
export const PODS = 'pods';
export const OBJECTS = 'objects';

/** One need. */
export const need = (what: string, because: string): ReturnType<Rule['needs']> => [{ what, because }];

/** Whether Argo CD itself reads it. */
export function isOfArgoCd({ group, kind }: Subject): boolean {
  return group === 'argoproj.io' && ['AppProject', 'Application'].includes(kind);
}
