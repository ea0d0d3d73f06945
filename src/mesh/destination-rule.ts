import { Construct } from 'constructs';
import type { DestinationRuleProps, DestinationRuleSpecSubsets } from '../../imports/networking.istio.io';
import { callerPolicies, callerSubset } from '../graph/caller-policies';
import { Calls } from '../graph/calls';
import { Callee, Version } from '../graph/party';
import { TrafficPolicy } from '../graph/traffic-policy';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { exportTo } from './export-to';
import { subsetTrafficPolicy, trafficPolicy } from './traffic-policy';

/** How connections to a callee are made, when a pod is left out for a while, and which versions there are: one object a host. */
export function destinationRule(scope: Construct, graph: Calls, callee: Callee): Manifest<DestinationRuleProps> {
  return new Manifest(scope, 'DestinationRule', kinds.DestinationRule, { name: callee.name }, () => ({
    spec: {
      exportTo: exportTo(graph, callee),
      host: callee.host,
      subsets: callee.ports.some((port) => port.carriesRequests) ? subsetsOf(graph, callee) : undefined,
      trafficPolicy: trafficPolicy(callee),
    },
  }));
}

/** The host of a callee's pods of one release. */
interface ReleaseHost {
  readonly name: string;
  readonly host: string;
  /** Whether it has as few pods as a release brings at first. */
  readonly few: boolean;
}

/** How connections to the pods of one release are made: as to the callee, but the few pods that a release brings are never left out. */
export function releaseRule(scope: Construct, graph: Calls, callee: Callee, { name, host, few }: ReleaseHost): Manifest<DestinationRuleProps> {
  const [version] = callee.versions();
  return new Manifest(scope, `DestinationRule-${name}`, kinds.DestinationRule, { name }, () => ({
    spec: { exportTo: exportTo(graph, callee), host, trafficPolicy: trafficPolicy(callee, few ? { ...version, minReplicas: 1 } : version) },
  }));
}

/** One subset a version, of which the first is as the rule says, and one a version for each caller that has its own word. */
function subsetsOf(graph: Calls, callee: Callee): DestinationRuleSpecSubsets[] {
  const versions = callee.versions();
  const subset = (name: string, version: Version, policy?: TrafficPolicy): DestinationRuleSpecSubsets => (
    { name, labels: { version: version.name }, trafficPolicy: policy && subsetTrafficPolicy(callee, policy, version) });
  const usual = versions.map((version, index) => subset(version.name, version, index > 0 ? callee.trafficPolicy ?? {} : undefined));
  const own = callerPolicies(graph, callee).flatMap(({ caller, policy }) =>
    versions.map((version) => subset(callerSubset(callee, caller, version.name), version, policy)));
  return [...usual, ...own];
}
