import * as fc from 'fast-check';
import { GitOpsApp } from '../../src/index';
import { buildSystem } from './build-system';
import { Declared } from './declared';
import { SystemPlan, systems } from './random-system';
import { authorizationLines, environmentLines, exportLines, networkLines, podLines, routeLines, serviceEntryLines, sidecarLines } from './read-back';
import { once, sameRuns } from './runs';

type Lines = readonly string[];
type Layer = readonly [said: (app: GitOpsApp) => Lines, declared: (declared: Declared) => Lines];

const LAYERS: Readonly<Record<string, Layer>> = {
  'the environment of the caller': [environmentLines, (declared) => declared.environmentLines()],
  'the labels, identities and ports of pods': [podLines, (declared) => declared.podLines()],
  'Sidecars': [sidecarLines, (declared) => declared.sidecarLines()],
  'VirtualServices of callees': [(app) => routeLines(app, false), (declared) => declared.meshRouteLines()],
  'VirtualServices of gateways': [(app) => routeLines(app, true), (declared) => declared.gatewayRouteLines()],
  'AuthorizationPolicies': [authorizationLines, (declared) => declared.authorizationLines()],
  'NetworkPolicies of callees': [(app) => networkLines(app, 'ingress'), (declared) => declared.ingressLines()],
  'NetworkPolicies of callers': [(app) => networkLines(app, 'egress'), (declared) => declared.egressLines()],
  'ServiceEntries': [serviceEntryLines, (declared) => declared.serviceEntryLines()],
  'exportTo': [exportLines, (declared) => declared.exportLines()],
};
const built = once((plan: SystemPlan) => {
  const app = buildSystem(plan);
  return {
    invalid: app.node.findAll().flatMap((construct) => construct.node.validate()),
    said: Object.fromEntries(Object.entries(LAYERS).map(([layer, [said]]) => [layer, said(app)])),
  };
});

test('every system that fits can be synthesized', () => {
  fc.assert(fc.property(systems, (plan) => { expect(built(plan).invalid).toEqual([]); }), sameRuns(150));
});

describe('the declared calls, and no other, are what is said by', () => {
  test.each(Object.entries(LAYERS))('%s', (layer, [, declared]) => {
    fc.assert(fc.property(systems, (plan) => {
      expect(built(plan).said[layer]).toEqual(declared(new Declared(plan)));
    }), sameRuns(150));
  });
});
