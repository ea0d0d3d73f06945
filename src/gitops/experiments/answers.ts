import { Duration } from 'cdk8s';
import { durationInWords } from '../../graph/edge';
import { GrpcStatus } from '../../graph/fault';

/** Which answers are counted: all that is given must hold. */
export interface AnswerMatch {
  /** HTTP status. @default - any */
  readonly status?: number;
  /** gRPC status. @default - any */
  readonly grpcStatus?: GrpcStatus | 'OK';
  /** What the body has somewhere: a regular expression. @default - anything */
  readonly body?: string;
  /** Headers by name, with their whole value. @default - any */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time that it took at least. @default - any */
  readonly atLeast?: Duration;
  /** Time that it took at most. @default - any */
  readonly atMost?: Duration;
  /** Whether any answer came at all, where bytes are all there is. @default - not looked at */
  readonly answered?: boolean;
}

/** The same in `experiment.yaml`. */
export type AnswersDescription = Omit<AnswerMatch, 'atLeast' | 'atMost'> & { readonly atLeast?: string; readonly atMost?: string };

/** As it stands in `experiment.yaml`. */
export function describedAnswers({ atLeast, atMost, ...rest }: AnswerMatch): AnswersDescription {
  return { ...rest, atLeast: atLeast && durationInWords(atLeast), atMost: atMost && durationInWords(atMost) };
}

/** What is wrong with it, or undefined. */
export function answersProblem(answers: AnswerMatch): string | undefined {
  if (Object.values(answers).every((part) => part === undefined)) return 'answers must say which are counted, got {}; give a status, a body or a time';
  try {
    new RegExp(answers.body ?? '');
  } catch {
    return `answers.body must be a regular expression, got '${answers.body}'`;
  }
  const { atLeast, atMost } = answers;
  const never = atLeast && atMost && atLeast.toMilliseconds() > atMost.toMilliseconds();
  return never ? `answers can take no time between ${durationInWords(atLeast)} and ${durationInWords(atMost)}, got atLeast above atMost` : undefined;
}
