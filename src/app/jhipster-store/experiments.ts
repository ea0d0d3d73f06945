import { Duration } from 'cdk8s';
import { Experiment, FaultInjection, Measurement, type MeshNamespace } from '../../index';
import { type JhipsterStoreOptions, jhipsterStore } from './jhipster-store';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';

/** The faults that the store's authors injected: each version of the store has its own. */
export function storeExperiments(shop: MeshNamespace, options: JhipsterStoreOptions): void {
  new Experiment(shop, 'store-faults', {
    question: 'Does each version of the store have a fault of its own?',
    build: (environment) => jhipsterStore(environment, options),
    change: ({ store }) => {
      const lifts = ['timeout', 'retries'] as const;
      new FaultInjection(store, 'failing', { version: 'v1', abort: { httpStatus: 500, percentage: 50 }, lifts });
      new FaultInjection(store, 'slow', { version: 'v2', delay: { fixedDelay: Duration.seconds(10), percentage: 50 }, lifts });
    },
    measure: ({ gateway, store }) => {
      // ten at a time: more would find ten waiting for a connection already, and be refused by the circuit breaker
      const pages = (agent: string) => ({ from: gateway, path: '/', headers: { 'user-agent': agent }, times: 60, concurrency: 10 });
      const late = { atLeast: Duration.seconds(10) };
      return [
        Measurement.of(store, 'pages', {
          ...pages(FIREFOX),
          expected: [
            { answers: { status: 500, body: 'fault filter abort' }, percent: 50, mistakes: { 'failed answers are repeated': 6.25 } },
            { answers: late, percent: 0, mistakes: { 'the other version\'s fault': 50 } },
          ],
        }),
        Measurement.of(store, 'pages', {
          ...pages(CHROME),
          expected: [
            { answers: late, percent: 50, mistakes: { 'all are late': 100 } },
            { answers: { status: 200 }, percent: 100, mistakes: { 'the other version\'s fault': 50, 'a timeout cuts the delay short': 50 } },
          ],
        }),
      ];
    },
    remark: 'The origin has the faults in what always runs, and its expression for Chrome takes no real Chrome.',
  });
}
