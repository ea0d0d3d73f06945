import type { AnswersDescription } from '../../src/gitops/experiments/answers';
import type { ExpectationDescription } from '../../src/gitops/experiments/expectation';
import type { ExperimentDescription } from '../../src/gitops/experiments/experiment-description';
import type { MeasurementDescription } from '../../src/gitops/experiments/measurement';

/** Shares of the answers that one expectation counts, in percent. */
export interface Measured { readonly without: number; readonly measured: number }

/** What a run has measured, by `keyOf`. */
export type Results = ReadonlyMap<string, Measured>;

/** Where a result belongs: the experiment, its measurement and its expectation. */
export const keyOf = ({ system, experiment }: ExperimentDescription, measurement: number, expectation: number): string =>
  [system, experiment, measurement, expectation].join('/');

const HEAD = `# Experiments

Each is a change of a system in staging that somebody can review, start and stop: \`dist/experiments/<system>/<experiment>/\` has the components that
differ, and \`experiment.yaml\` says what to ask and what to expect. \`src/app/<system>/experiments.ts\` declares them:

\`\`\`ts
new Experiment(shop, 'payment-failing', {
  question: 'What becomes of orders when every second payment fails?',
  build: (environment) => onlineBoutique(environment, options),
  change: ({ payment }) => { new FaultInjection(payment, 'failing', { abort: { grpcStatus: 'UNAVAILABLE', percentage: 50 }, lifts: ['timeout'] }); },
  measure: ({ checkout, payment }) => [Measurement.of(payment, 'charge', {
    from: checkout, times: 200, expected: [{ answers: { grpcStatus: 'UNAVAILABLE' }, percent: 50, mistakes: { 'a payment is tried three times': 12.5 } }],
  })],
});
\`\`\`

- **A fault is of an experiment.** In what runs it fails the synth, also where a patch writes it.
- **A fault comes before the timeout and the retries of its own route**, which never see it. So the synth fails until the fault \`lifts\` them, and says
  which hop before shows their effect.
- **A measurement can fail.** Its band is where 99.9 % of such measurements lie; what a wrong mesh would show must lie outside of it, or the synth asks
  for more requests. An experiment that changes nothing fails the synth, and on the cluster each must look different without its change.

Argo CD heals what is changed in the cluster, so an experiment is started and stopped by a commit in the GitOps repository:
\`startExperiment\` and \`stopExperiment\` of \`meshmart/publish\` ([publishing.md](publishing.md)). Stopped, every byte is as it was.

The numbers below are of the last run that wrote them: \`UPDATE_EXPERIMENTS=1 npx jest --config test/cluster/jest.config.json test/cluster/experiments\`,
on real Envoys. Every run holds its own against the same bands. "Without" is the same system before the experiment was started.
`;

/** The page on all experiments, with what was measured. */
export function experimentsPage(experiments: readonly ExperimentDescription[], results: Results): string {
  const sorted = inOrder(experiments);
  const systems = [...new Set(sorted.map(({ system }) => system))];
  const sections = systems.flatMap((system) => [`## ${system}`, ...sorted.filter((each) => each.system === system).map((each) => section(each, results))]);
  return `${[HEAD.trimEnd(), ...sections].join('\n\n')}\n`;
}

const nameOf = ({ system, experiment }: ExperimentDescription): string => `${system} ${experiment}`;
const inOrder = (experiments: readonly ExperimentDescription[]): readonly ExperimentDescription[] =>
  [...experiments].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

function section(experiment: ExperimentDescription, results: Results): string {
  const { question, remark, added, changed, removed, measurements } = experiment;
  const files = Object.entries({ added, changed, removed }).filter(([, paths]) => paths.length > 0).map(([word, paths]) => `${word} ${paths.join(', ')}`);
  const rows = measurements.flatMap((measurement, index) => measurement.expected.map((expectation, position) =>
    row(measurement, expectation, results.get(keyOf(experiment, index, position)))));
  return [
    `### ${experiment.experiment}`,
    [question, remark].filter(Boolean).join(' '),
    `Files: ${files.join('; ')}.`,
    ['| asked | answers | expected | a mistake would show | without | measured |', '|---|---|---|---|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}

function row(measurement: MeasurementDescription, { answers, percent, mistakes = {} }: ExpectationDescription, result: Measured | undefined): string {
  const wrong = Object.entries(mistakes).map(([what, share]) => `${share} %: ${what}`).join('<br>');
  const shares = [result?.without, result?.measured].map((share) => (share === undefined ? 'not yet' : `${share} %`));
  return `| ${[asked(measurement), answersInWords(answers), bandInWords(percent), wrong, ...shares].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function asked({ from, request, times, concurrency }: MeasurementDescription): string {
  const who = 'gateway' in from ? 'outside' : from.workload;
  const what = [request.method, request.protocol === 'tcp' ? request.address : request.path].filter(Boolean).join(' ');
  const agent = request.headers?.['user-agent']?.match(/(Chrome|Firefox)\/\S+( .*Developer.*)?/)?.[1];
  return `${who}: ${what}${agent ? ` by ${agent}` : ''}, ${times} times${concurrency > 1 ? `, ${concurrency} at a time` : ''}`;
}

/** Which answers an expectation counts. */
export function answersInWords({ status, grpcStatus, body, headers = {}, atLeast, atMost, answered }: AnswersDescription): string {
  return [
    ...(status === undefined ? [] : [`HTTP ${status}`]),
    ...(grpcStatus === undefined ? [] : [`gRPC ${grpcStatus}`]),
    ...(body === undefined ? [] : [`"${body}"`]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(atLeast === undefined ? [] : [`after ${atLeast} or more`]),
    ...(atMost === undefined ? [] : [`within ${atMost}`]),
    ...(answered === undefined ? [] : [answered ? 'any at all' : 'none']),
  ].join(', ');
}

function bandInWords([lowest, highest]: ExpectationDescription['percent']): string {
  return lowest === highest ? `${lowest} %` : `${lowest} to ${highest} %`;
}

/** What a page says was measured, by the order of its rows. */
export function resultsOn(page: string, experiments: readonly ExperimentDescription[]): Results {
  const rows = page.split('\n').filter((line) => /^\| (?!asked )/.test(line)).map((line) => line.split(/(?<!\\)\|/).slice(-3, -1));
  const measured = rows.map((cells) => cells.map((cell) => Number(cell.replace('%', ''))));
  const keys = inOrder(experiments).flatMap((experiment) => experiment.measurements.flatMap(({ expected }, index) =>
    expected.map((_, position) => keyOf(experiment, index, position))));
  return new Map(keys.map((key, index): [string, Measured] => [key, { without: measured[index]?.[0] ?? NaN, measured: measured[index]?.[1] ?? NaN }]));
}
