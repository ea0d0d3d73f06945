import { Edge } from './edge';
import { Party } from './party';

/** Who calls whom, to read. */
export interface Calls {
  /** Calls that somebody makes, by callee. */
  from(caller: Party): readonly Edge[];
  /** Calls that reach somebody, by caller. */
  to(callee: Party): readonly Edge[];
  /** Whether operations may be done twice, as far as it was found out: by path of the callee and name, and of the calls as they are now. */
  readonly repeatable: Map<string, boolean>;
}
