import { IConstruct } from 'constructs';
import { invalid } from '../graph/configuration-error';

/**
 * Refuses what a construct was given.
 * @param problem what is wrong, `got <value>`, and the fix; lower case, no final period
 * @throws ConfigurationError always
 */
export function reject(construct: IConstruct, problem: string): never {
  return invalid(construct.node.path, problem);
}
