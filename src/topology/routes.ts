import { at, listAt, textAt } from '../graph/json';
import { ObjectInFile } from '../checks/rendered';
import { Snapshot } from '../checks/snapshot';
import { Party } from './parties';
import { Carried, Share } from './topology';

/** A route to a host, and the object that it stands in. */
export interface FoundRoute {
  readonly route: unknown;
  readonly object: ObjectInFile;
}

/** Routes that lead to hosts, of gateways or inside of the mesh. */
export function routesTo(snapshot: Snapshot, hosts: readonly string[], ofGateways: boolean): readonly FoundRoute[] {
  const leads = (route: unknown): boolean => listAt(route, 'route').some((each) => hosts.includes(textAt(each, 'destination.host') ?? ''));
  return snapshot.of('VirtualService').filter((object) => isOfGateway(object) === ofGateways)
    .flatMap((object) => listAt(object.content, 'spec.http').filter(leads).map((route) => ({ route, object })));
}

/** Those that requests of a caller take: its own, or those that ask for nobody. */
export function routesOf(routes: readonly FoundRoute[], caller: Party): readonly FoundRoute[] {
  const app = caller.labels.get('app');
  const own = routes.filter(({ route }) => listAt(route, 'match').some((match) =>
    textAt(match, 'sourceLabels.app') === app && [undefined, caller.namespace].includes(textAt(match, 'sourceNamespace'))));
  return own.length > 0 ? own : routes.filter(({ route }) => listAt(route, 'match').every((match) => at(match, 'sourceLabels') === undefined));
}

/** How routes carry requests, each way once. */
export function carriedBy(routes: readonly FoundRoute[]): readonly Carried[] {
  const ways = routes.map(({ route }): Carried => ({ timeout: textAt(route, 'timeout'), retries: Number(at(route, 'retries.attempts') ?? 0) }));
  return [...new Map(ways.map((way) => [JSON.stringify(way), way])).values()];
}

/** How requests spread over versions; nothing where one has all. */
export function sharesOf(routes: readonly FoundRoute[]): readonly Share[] {
  const split = routes.map(({ route }) => listAt(route, 'route')).find((destinations) => destinations.length > 1) ?? [];
  const versionOf = (each: unknown): string => textAt(each, 'destination.subset') ?? textAt(each, 'destination.host') ?? '';
  return split.map((each) => ({ version: versionOf(each), weight: Number(at(each, 'weight') ?? 0) }));
}

/** The version that gets copies. */
export function mirrorOf(routes: readonly FoundRoute[]): Share | undefined {
  const route = routes.map((each) => each.route).find((each) => at(each, 'mirror') !== undefined);
  if (route === undefined) return undefined;
  return { version: textAt(route, 'mirror.subset') ?? '', weight: Number(at(route, 'mirrorPercentage.value') ?? 100) };
}

function isOfGateway({ content }: ObjectInFile): boolean {
  const gateways = listAt(content, 'spec.gateways');
  return gateways.length > 0 && !gateways.includes('mesh');
}
