import * as fc from 'fast-check';
import { GitOpsApp } from '../../src/index';
import { buildSystem } from './build-system';
import { Declared } from './declared';
import { systems } from './random-system';
import { authorizationLines, environmentLines, exportLines, networkLines, podLines, routeLines, serviceEntryLines, sidecarLines } from './read-back';
import { runs } from './runs';

type Lines = readonly string[];

test('every system that fits can be synthesized', () => {
  fc.assert(fc.property(systems, (plan) => {
    const invalid = buildSystem(plan).node.findAll().flatMap((construct) => construct.node.validate());
    expect(invalid).toEqual([]);
  }), runs(150));
});

describe('the declared calls, and no other, are what is said by', () => {
  test.each<[string, (app: GitOpsApp) => Lines, (declared: Declared) => Lines]>([
    ['the environment of the caller', environmentLines, (declared) => declared.environmentLines()],
    ['the labels, identities and ports of pods', podLines, (declared) => declared.podLines()],
    ['Sidecars', sidecarLines, (declared) => declared.sidecarLines()],
    ['VirtualServices of callees', (app) => routeLines(app, false), (declared) => declared.meshRouteLines()],
    ['VirtualServices of gateways', (app) => routeLines(app, true), (declared) => declared.gatewayRouteLines()],
    ['AuthorizationPolicies', authorizationLines, (declared) => declared.authorizationLines()],
    ['NetworkPolicies of callees', (app) => networkLines(app, 'ingress'), (declared) => declared.ingressLines()],
    ['NetworkPolicies of callers', (app) => networkLines(app, 'egress'), (declared) => declared.egressLines()],
    ['ServiceEntries', serviceEntryLines, (declared) => declared.serviceEntryLines()],
    ['exportTo', exportLines, (declared) => declared.exportLines()],
  ])('%s', (_, read, declared) => {
    fc.assert(fc.property(systems, (plan) => {
      expect(read(buildSystem(plan))).toEqual(declared(new Declared(plan)));
    }), runs(150));
  });
});
