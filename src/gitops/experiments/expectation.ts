import { AnswerMatch, AnswersDescription, answersProblem, describedAnswers } from './answers';
import { Band, bandInPercent } from './binomial-band';

/** How many of the answers are of a kind. */
export interface Expectation {
  /** Which are counted. */
  readonly answers: AnswerMatch;
  /**
   * Their share in percent: the one that endless requests would show, 0-100, which makes the band where 99.9 % of such measurements lie;
   * or the band itself, where chance has no such law.
   */
  readonly percent: number | Band;
  /** Shares in percent that a wrong mesh would show, by what would be wrong: none may be taken for the right one. @default - none */
  readonly mistakes?: Readonly<Record<string, number>>;
}

/** The same in `experiment.yaml`. */
export interface ExpectationDescription {
  readonly answers: AnswersDescription;
  /** Lowest and highest share, in percent. */
  readonly percent: Band;
  readonly mistakes?: Readonly<Record<string, number>>;
}

/** As it stands in `experiment.yaml`. */
export function describedExpectation({ answers, percent, mistakes }: Expectation, requests: number): ExpectationDescription {
  const [lowest, highest] = bandFor(percent, requests);
  return { answers: describedAnswers(answers), percent: [rounded(lowest), rounded(highest)], mistakes };
}

/** What is wrong with it, where so many requests are made. */
export function expectationProblems({ answers, percent, mistakes = {} }: Expectation, requests: number): readonly string[] {
  const [lowest, highest] = bandFor(percent, requests);
  const problem = answersProblem(answers);
  if (problem !== undefined) return [problem];
  if (!(lowest >= 0 && lowest <= highest && highest <= 100)) return [`percent must lie between 0 and 100, got ${JSON.stringify(percent)}`];
  if (lowest === 0 && highest === 100) return ['percent must be able to fail, got all from 0 to 100; make more requests, or expect less'];
  const alike = Object.entries(mistakes).filter(([, wrong]) => {
    const [low, high] = bandInPercent(requests, wrong);
    return low <= highest && high >= lowest;
  });
  return alike.map(([what, wrong]) => `${requests} requests cannot tell ${JSON.stringify(percent)} % from a mistake, got ${wrong} % for '${what}'; make more`);
}

function bandFor(percent: number | Band, requests: number): Band {
  return typeof percent === 'number' ? bandInPercent(requests, percent) : percent;
}

/** Two digits after the point are more than any number of requests here can tell. */
function rounded(percent: number): number {
  return Math.round(percent * 100) / 100;
}
