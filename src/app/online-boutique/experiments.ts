import { Duration, JsonPatch } from 'cdk8s';
import { type Environment, Experiment, FaultInjection, Measurement, type MeshNamespace } from '../../index';
import { type OnlineBoutiqueOptions, onlineBoutique } from './online-boutique';

/** What the boutique is like when a part of it fails. */
export function boutiqueExperiments(shop: MeshNamespace, options: OnlineBoutiqueOptions): void {
  const boutique = (environment: Environment) => onlineBoutique(environment, options);
  const unavailable = (percentage: number) => ({ grpcStatus: 'UNAVAILABLE', percentage }) as const;

  new Experiment(shop, 'ads-down', {
    question: 'Do pages come without ads when nobody answers for them?',
    build: boutique,
    change: ({ ad }) => { new FaultInjection(ad, 'down', { abort: unavailable(100), lifts: ['timeout'] }); },
    measure: ({ frontend, ad }) => [Measurement.of(ad, 'getAds', {
      from: frontend, times: 100, expected: [{ answers: { grpcStatus: 'UNAVAILABLE' }, percent: 100, mistakes: { 'the fault does nothing': 0 } }],
    })],
    remark: 'The program itself waits 100 ms for ads and leaves them out; look at a page while it runs.',
  });

  new Experiment(shop, 'catalogue-slow', {
    question: 'How long do pages take when half of the catalogue\'s answers come 3 s late?',
    build: boutique,
    change: ({ catalog }) => {
      new FaultInjection(catalog, 'slow', { delay: { fixedDelay: Duration.seconds(3), percentage: 50 }, lifts: ['timeout', 'retries'] });
    },
    measure: ({ frontend, catalog }) => [Measurement.of(catalog, 'listProducts', {
      from: frontend,
      times: 200,
      concurrency: 40,
      expected: [
        { answers: { atLeast: Duration.seconds(3) }, percent: 50, mistakes: { 'the canary alone is slow': 25, 'every answer is late': 100 } },
        { answers: { grpcStatus: 'OK' }, percent: 100, mistakes: { 'a timeout cuts the delay short': 50 } },
      ],
    })],
    remark: 'The timeout of 4 s stands on the same route as the fault and would not see it; a page waits for several answers, one after the other.',
  });

  new Experiment(shop, 'payment-failing', {
    question: 'What becomes of orders when every second payment fails?',
    build: boutique,
    change: ({ payment }) => { new FaultInjection(payment, 'failing', { abort: unavailable(50), lifts: ['timeout'] }); },
    measure: ({ checkout, payment }) => [Measurement.of(payment, 'charge', {
      from: checkout,
      times: 200,
      concurrency: 4,
      expected: [{ answers: { grpcStatus: 'UNAVAILABLE' }, percent: 50, mistakes: { 'a payment is tried three times': 12.5 } }],
    })],
    remark: 'Nobody repeats a payment, at any hop, so that the orders fail as often.',
  });

  new Experiment(shop, 'redis-lost', {
    question: 'What fails when the store of the carts is gone?',
    build: boutique,
    change: ({ redis }) => redis.workload.statefulSet.addJsonPatch(JsonPatch.replace('/spec/replicas', 0)),
    measure: ({ cart, redis }) => [Measurement.ofPort(redis, {
      from: cart, times: 20, expected: [{ answers: { answered: true }, percent: 0, mistakes: { 'Redis is still there': 100 } }],
    })],
    remark: 'Carts fail and with them pages that show one; they come back empty, since staging keeps them in memory.',
  });
}
