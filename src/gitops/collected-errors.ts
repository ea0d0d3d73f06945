import { IConstruct } from 'constructs';
import { ConfigurationError } from '../graph/configuration-error';

/** `[path] …`: a rule about several constructs names the one that has to change itself. */
const WITH_PATH = /^\[[^\]\n]*\] /;
/** What cdk8s makes of an error inside `toJson()`; other types of error than these two are bugs. */
const SERIALIZING = /^Failed serializing construct at path '[^']*' with name '[^']*': (?:Error|ConfigurationError): (.*)$/s;

/**
 * Runs one check or one rendering and gives its problems as `[path] …`.
 * @param construct where they belong if they do not say so themselves
 * @throws whatever `run` throws that no person's configuration is to blame for
 */
export function collect(construct: IConstruct, run: () => readonly string[]): readonly string[] {
  try {
    return run().map((problem) => withPath(construct, problem));
  } catch (error) {
    const problem = problemIn(error);
    if (problem === undefined) throw error;
    return [withPath(construct, problem)];
  }
}

/**
 * Throws all problems as one error, each once, sorted by path: the order in which constructs were created does not show.
 * @throws ConfigurationError unless there are none
 */
export function throwCollected(problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigurationError([...new Set(problems)].sort().join('\n'));
}

function problemIn(error: unknown): string | undefined {
  if (error instanceof ConfigurationError) return error.message;
  return error instanceof Error ? SERIALIZING.exec(error.message)?.[1] : undefined;
}

function withPath(construct: IConstruct, problem: string): string {
  return WITH_PATH.test(problem) ? problem : `[${construct.node.path}] ${problem}`;
}
