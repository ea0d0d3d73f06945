import { Duration } from 'cdk8s';
import { type AnswerMatch, FaultInjection, Measurement, type Retries } from '../../../index';
import { type Airport, type Laboratory, throughPanel } from './laboratory';

const lifts = ['timeout', 'retries'] as const;
const aborted: AnswerMatch = { status: 500, body: 'fault filter abort' };
const thrice = (perTryTimeout: Duration): Retries => ({ attempts: 3, perTryTimeout, retryOn: ['5xx'] });

/** Timeouts, retries, ejection and circuit breaking, each where it has an effect, and where it has none. */
export function resilienceExperiments(experiment: Laboratory): void {
  experiment('camera-slow-and-timeout', {
    question: 'Does a timeout of 3 s on the panel\'s route end the wait for a camera that takes 10 s for half of the requests?',
    options: { outside: { timeout: Duration.seconds(3), retries: 'none' } },
    change: ({ cameras: [camera] }) => { new FaultInjection(camera, 'slow', { delay: { fixedDelay: Duration.seconds(10), percentage: 50 }, lifts }); },
    measure: (system) => [throughPanel(system, 'cameras', {
      path: '/cameras/1/state',
      times: 200,
      concurrency: 40,
      expected: [
        { answers: { status: 504 }, percent: 50, mistakes: { 'the timeout does nothing': 0, 'every request is slow': 100 } },
        { answers: { atLeast: Duration.seconds(4) }, percent: 0, mistakes: { 'the delay comes through': 50 } },
      ],
    })],
    remark: 'The timeout stands one hop before the fault. The thesis measured 51.6 % and 53.2 % of one and the same run by two tools.',
  });
  sectionFails(experiment, 'section-fails', {
    question: 'Do a quarter of the questions for a section fail?',
    percent: 25,
    mistakes: { 'something repeats them': 0.39 },
  });
  sectionFails(experiment, 'section-fails-retries-at-collector', {
    question: 'Do retries of calls to the collector help questions for a section?',
    options: { collectorRetries: thrice(Duration.millis(500)) },
    percent: 25,
    mistakes: { 'they do': 0.39 },
    remark: 'This is what the seed did. No request for a section passes the collector, so its retries change nothing: its one abort of ten was luck.',
  });
  sectionFails(experiment, 'section-fails-retries-at-gateway', {
    question: 'Do retries on the gateway\'s route hide that a quarter of the questions for a section fail?',
    options: { outside: { retries: thrice(Duration.seconds(1)) } },
    percent: 0.39,
    mistakes: { 'they do nothing': 25 },
    remark: 'They need retryOn: 5xx, which the origin did not write: no 500 is repeated by default. Its success came from fewer aborts.',
  });
  ejection(experiment);
  circuitBreaker(experiment);
}

interface SectionExperiment {
  readonly question: string;
  readonly options?: Parameters<Laboratory>[1]['options'];
  readonly percent: number;
  readonly mistakes: Readonly<Record<string, number>>;
  readonly remark?: string;
}

function sectionFails(experiment: Laboratory, name: string, { percent, mistakes, ...rest }: SectionExperiment): void {
  experiment(name, {
    ...rest,
    change: ({ section }: Airport) => { new FaultInjection(section, 'failing', { abort: { httpStatus: 500, percentage: 25 }, lifts }); },
    measure: (system) => [
      throughPanel(system, 'sections', { path: '/sections/1/status', times: 400, concurrency: 2, expected: [{ answers: aborted, percent, mistakes }] }),
      Measurement.of(system.section, 'status', {
        from: system.cpanel, times: 400, concurrency: 2, expected: [{ answers: aborted, percent: 25, mistakes: { 'there is no fault': 0 } }],
      }),
    ],
  });
}

function ejection(experiment: Laboratory): void {
  experiment('faulty-collector-ejected', {
    question: 'Is one of three collectors left out once it has failed three times in a row?',
    options: {
      collectors: 3,
      collectorPolicy: { outlierDetection: { consecutiveGatewayErrors: 3, interval: Duration.seconds(5), baseEjectionTime: Duration.seconds(60) } },
      collectorRetries: 'none',
      outside: { retries: 'none' },
    },
    measure: (system) => [throughPanel(system, 'collector', {
      path: '/collector/status',
      times: 200,
      toggles: { inOnePodOf: system.collector, path: '/fault' },
      expected: [{ answers: { status: 503 }, percent: [0.5, 5], mistakes: { 'it stays': 33.33 } }],
    })],
    remark: 'A few requests fail before it is out. Without the experiment nobody sees a failure: the panel\'s proxy asks again, which is off here.',
  });
}

function circuitBreaker(experiment: Laboratory): void {
  experiment('circuit-breaker', {
    question: 'Are requests refused when three at a time want the one connection to the collector?',
    options: {
      collectorPolicy: { connectionPool: { maxConnections: 1, http1MaxPendingRequests: 1, maxRequestsPerConnection: 1 } },
      collectorRetries: 'none',
    },
    measure: ({ collector, cpanel }) => [Measurement.of(collector, 'status', {
      from: cpanel,
      times: 300,
      concurrency: 3,
      expected: [
        { answers: { status: 503, headers: { 'x-envoy-overloaded': 'true' } }, percent: [1, 99], mistakes: { 'nothing is refused': 0, 'everything is': 100 } },
        { answers: { status: 200 }, percent: [1, 99], mistakes: { 'nothing is answered': 0, 'everything is': 100 } },
      ],
    })],
    remark: 'How many are refused depends on how fast the collector is: who is refused asks again at once. The thesis saw 35 % of 20.',
  });
}
