import { JsonPatch } from 'cdk8s';
import { type AnswerMatch, LoadBalancer, Text } from '../../../index';
import { type Airport, type Laboratory, panelStatus } from './laboratory';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const newPanel: AnswerMatch = { body: 'CPanel v2 : Online' };
const oldPanel: AnswerMatch = { body: 'CPanel v1 : Online' };

/** Which panel answers: by weights, by a header, and by nothing but the number of its pods. */
export function releaseExperiments(experiment: Laboratory): void {
  experiment('even-split', {
    question: 'Do half of the requests reach the new panel?',
    options: { newPanel: { at: 50 } },
    measure: (system) => [panelStatus(system, { times: 400, expected: [{ answers: newPanel, percent: 50, mistakes: { 'weights do nothing': 0 } }] })],
  });
  experiment('all-on-v2', {
    question: 'Do all requests reach the new panel?',
    options: { newPanel: { at: 100 } },
    measure: (system) => [panelStatus(system, { times: 100, expected: [{ answers: newPanel, percent: 100, mistakes: { 'half of them do': 50 } }] })],
  });
  experiment('one-percent', {
    question: 'Can as little as one percent of the requests reach the new panel?',
    options: { newPanel: { at: 1 } },
    measure: (system) => [panelStatus(system, {
      times: 2000, concurrency: 4, expected: [{ answers: newPanel, percent: 1, mistakes: { 'none do': 0, 'five percent do': 5 } }],
    })],
  });
  experiment('firefox', {
    question: 'Do people with the developer edition of Firefox see the new panel, and nobody else?',
    options: { newPanel: { always: { userAgent: Text.contains('Firefox Developer Edition') } } },
    measure: (system) => [
      panelStatus(system, {
        times: 100, headers: { 'user-agent': `${FIREFOX} Firefox Developer Edition` },
        expected: [{ answers: newPanel, percent: 100, mistakes: { 'the header is not looked at': 0 } }],
      }),
      panelStatus(system, {
        times: 100, headers: { 'user-agent': FIREFOX }, expected: [{ answers: newPanel, percent: 0, mistakes: { 'any Firefox will do': 100 } }],
      }),
    ],
  });

  const threePods = { at: 0, replicas: 3 };
  experiment('one-to-three', {
    question: 'Do one old and three new pods share requests one to three where the route names no version?',
    options: { newPanel: threePods, panelPolicy: { loadBalancer: LoadBalancer.roundRobin() } },
    change: routeToEverybody,
    measure: (system) => [panelStatus(system, {
      times: 200, expected: [{ answers: oldPanel, percent: [23, 27], mistakes: { 'versions share evenly': 50, 'the route names v1': 100 } }],
    })],
    remark: 'Round robin has to be written: it is not the default any more, as it was for the thesis. Its order holds for each thread of Envoy by itself.',
  });
  experiment('random-instead-of-rounds', {
    question: 'Do random pods of the same four give the old panel a quarter, or a half as the thesis says?',
    options: { newPanel: threePods, panelPolicy: { loadBalancer: LoadBalancer.random() } },
    change: routeToEverybody,
    measure: (system) => [panelStatus(system, { times: 400, expected: [{ answers: oldPanel, percent: 25, mistakes: { 'half, as the thesis says': 50 } }] })],
    remark: 'The thesis gave v2 ROUND_ROBIN and expected half; a route that names no version uses no version\'s policy, and chance picks among pods.',
  });
}

/** Routes that name no version, which the library does not write: requests spread over all pods. */
function routeToEverybody({ gateway, cpanel }: Airport): void {
  for (const routes of Object.values(gateway.virtualServices)) {
    const { spec: { http } } = routes.toJson() as { readonly spec: { readonly http: readonly unknown[] } };
    routes.metadata.addAnnotation('galley.istio.io/analyze-suppress', 'IST0140'); // several versions and no subset: what this is about
    http.forEach((_, index) => routes.addJsonPatch(JsonPatch.replace(`/spec/http/${index}/route`, [{ destination: { host: cpanel.party.host } }])));
  }
}
