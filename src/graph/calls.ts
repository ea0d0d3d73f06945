import { Edge } from './edge';
import { Party } from './party';

/** Who calls whom, to read. */
export interface Calls {
  /** Calls that somebody makes, by callee. */
  from(caller: Party): readonly Edge[];
  /** Calls that reach somebody, by caller. */
  to(callee: Party): readonly Edge[];
}
