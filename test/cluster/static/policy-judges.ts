import type { KubeObject } from '../control/kube-client';
import { cyclonusFlows } from '../judges/cyclonus';
import { allowedFlows, tellingPorts, type Neighbourhood, type NetworkPolicy, type Port } from '../judges/network-policies';
import { ofKind } from '../manifests';
import { KNOWN_PORTS, neighbourhood, wantedFlows } from './neighbourhood';

/** What is wrong with the NetworkPolicies of an environment, by one judge. */
export interface Deviation { readonly tooMuch: readonly string[]; readonly missing: readonly string[] }
type Judge = (policies: readonly NetworkPolicy[], neighbourhood: Neighbourhood, ports: readonly Port[]) => string[];

const minus = (some: readonly string[], others: readonly string[]): string[] => {
  const taken = new Set(others);
  return some.filter((one) => !taken.has(one));
};

/** The ports at which objects are judged. */
export const portsOf = (objects: readonly KubeObject[]): Port[] => tellingPorts(ofKind<NetworkPolicy>(objects, 'NetworkPolicy'), KNOWN_PORTS);

function deviation(judge: Judge, objects: readonly KubeObject[]): Deviation {
  const all = neighbourhood(objects);
  const ports = portsOf(objects);
  const allowed = judge(ofKind<NetworkPolicy>(objects, 'NetworkPolicy'), all, ports);
  const wanted = wantedFlows(all, ports);
  return { tooMuch: minus(allowed, wanted), missing: minus(wanted, allowed) };
}

export const byCyclonus = (objects: readonly KubeObject[]): Deviation => deviation(cyclonusFlows, objects);
export const byReference = (objects: readonly KubeObject[]): Deviation => deviation(allowedFlows, objects);
