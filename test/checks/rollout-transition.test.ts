import { readFolder, type RenderedFiles } from '../../src/checks';
import { objectsIn } from '../../src/checks/rendered';
import { Change, changed, gone, set } from '../cluster/mutations/change';
import type { KubeObject } from '../cluster/control/kube-client';
import { inOneFile, rules, sentences } from './compared';

describe('a rollout', () => {
  const at = (step: string): RenderedFiles => {
    const objects = objectsIn(readFolder('examples/rollout/dist')).filter(({ environment }) => environment === step).map(({ content }) => content as object);
    return inOneFile(objects, 'production/shop');
  };
  const without = (step: string, ...changes: readonly Change[]): RenderedFiles =>
    inOneFile(changed(objectsIn(at(step)).map(({ content }) => content as KubeObject), changes), 'production/shop');
  const ROUTES = 'spec/http/0';
  const [DEPLOYMENT, LEAVING, ROLLOUT, RELEASE, ARRIVING, BACK] = ['0-deployment', '1-leaving', '2-rollout', '3-release', '4-arriving', '5-deployment']
    .map((step) => `step-${step}`);

  test('comes and goes in the steps of the example', () => {
    const life = [DEPLOYMENT, LEAVING, ROLLOUT, RELEASE, ARRIVING, BACK];
    for (const [index, after] of life.slice(1).entries()) expect(sentences(at(life[index]), at(after))).toEqual([]);
  });

  test('fails where it takes the place of a Deployment at once', () => {
    expect(rules(at(DEPLOYMENT), at(ROLLOUT))).toEqual(['workload-replaced', 'route-and-delegate-added', 'route-and-host-added']);
    expect(sentences(at(DEPLOYMENT), at(ROLLOUT))[0]).toBe('[production Deployment shop/orders] is removed in the commit that brings Rollout orders in its ' +
      "place; its pods end before those are ready; let both run for a commit, with rollout.deployment: 'leaving'");
  });

  test('fails where a Deployment takes its place at once', () => {
    expect(rules(at(ROLLOUT), at(DEPLOYMENT))).toEqual(['workload-replaced', 'route-and-delegate-removed', 'route-and-host-removed']);
  });

  test('fails where its delegate goes while routes delegate to it', () => {
    expect(rules(at(ROLLOUT), without(ROLLOUT, gone('VirtualService', 'orders-weights')))).toEqual(['delegate-removed']);
  });

  test('fails where a host gets requests in the commit that makes it', () => {
    const canary = 'orders-canary';
    const before = without(LEAVING, gone('Service', canary));
    const routed = without(LEAVING, set('VirtualService', 'orders', `${ROUTES}/route/2/weight`, 1));
    expect(rules(before, at(LEAVING))).toEqual([]);
    expect(rules(before, routed)).toEqual(['route-and-host-added']);
    expect(rules(routed, before)).toEqual(['route-and-host-removed']);
  });

  test('is nobody\'s business where the service is new', () => {
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other', namespace: 'shop' } };
    expect(rules(inOneFile([other], 'production/shop'), at(ROLLOUT))).toEqual([]);
  });
});
