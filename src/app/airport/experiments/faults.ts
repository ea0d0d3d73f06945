import { Duration } from 'cdk8s';
import { type AnswerMatch, FaultInjection, Measurement } from '../../../index';
import { type Laboratory, panelStatus, throughPanel } from './laboratory';

const lifts = ['timeout', 'retries'] as const;
const late: AnswerMatch = { atLeast: Duration.seconds(10) };
const fine: AnswerMatch = { status: 200 };
const aborted = (httpStatus: number): AnswerMatch => ({ status: httpStatus, body: 'fault filter abort' });
const tenSeconds = (percentage: number) => ({ delay: { fixedDelay: Duration.seconds(10), percentage } });

/** Services that fail or wait, and who notices. */
export function faultExperiments(experiment: Laboratory): void {
  experiment('alerts-abort', {
    question: 'Do half of the questions for the alerts fail?',
    options: { outside: { retries: 'none' } },
    change: ({ alerts }) => { new FaultInjection(alerts, 'failing', { abort: { httpStatus: 503, percentage: 50 }, lifts }); },
    measure: (system) => [throughPanel(system, 'alerts', {
      path: '/alerts/status', times: 200, expected: [{ answers: aborted(503), percent: 50, mistakes: { 'the gateway asks three times': 12.5 } }],
    })],
    remark: 'A 503 that a program passes on is repeated at the gateway by default before Istio 1.24, so its routes say that nothing is.',
  });
  experiment('panel-slow', {
    question: 'Do half of the answers of both panels come 10 s late, and none fail?',
    options: { newPanel: { at: 50 } },
    change: ({ cpanel, gateway }) => { new FaultInjection(cpanel, 'slow', { ...tenSeconds(50), from: [gateway], lifts }); },
    measure: (system) => [panelStatus(system, {
      times: 200,
      concurrency: 100,
      expected: [
        { answers: late, percent: 50, mistakes: { 'all are late': 100, 'one version alone is': 25 } },
        { answers: fine, percent: 100, mistakes: { 'a timeout cuts the delay short': 50 } },
        { answers: { ...late, body: 'CPanel v1 : Online' }, percent: 25, mistakes: { 'the new panel alone is slow': 0 } },
      ],
    })],
    remark: 'The seed writes the fault into one of two weighted destinations, where Istio has no such field: a fault is of a route, and of all its versions.',
  });
  experiment('image-analysis-fails', {
    question: 'Does the collector still take frames when nobody analyses them?',
    change: ({ imageAnalysis }) => { new FaultInjection(imageAnalysis, 'failing', { abort: { httpStatus: 500, percentage: 100 }, lifts: ['timeout'] }); },
    measure: ({ collector, imageAnalysis, faceRecognition, cameras: [camera] }) => [
      Measurement.of(imageAnalysis, 'frame', { from: collector, times: 50, expected: [{ answers: aborted(500), percent: 100, mistakes: { 'no fault': 0 } }] }),
      Measurement.of(collector, 'frame', { from: camera, times: 50, expected: [{ answers: fine, percent: 100, mistakes: { 'the failure is passed on': 0 } }] }),
      Measurement.of(faceRecognition, 'frame', { from: collector, times: 50, expected: [{ answers: fine, percent: 100, mistakes: { 'it fails too': 0 } }] }),
    ],
    remark: 'Sections and panel get nothing new meanwhile; faces are still looked for.',
  });
  experiment('image-analysis-slow', {
    question: 'Does the collector wait when the analysis takes 10 s, and answer all the same?',
    change: ({ imageAnalysis }) => { new FaultInjection(imageAnalysis, 'slow', { ...tenSeconds(100), lifts: ['timeout'] }); },
    measure: ({ collector, cameras: [camera] }) => [Measurement.of(collector, 'frame', {
      from: camera,
      times: 20,
      concurrency: 10,
      expected: [
        { answers: late, percent: 100, mistakes: { 'the collector does not wait': 0 } },
        { answers: fine, percent: 100, mistakes: { 'it gives up': 0 } },
      ],
    })],
    remark: 'The camera waits 15 s. In what really runs the collector\'s proxy would end the wait after 2 s; a fault on the same route is not ended by it.',
  });
}
