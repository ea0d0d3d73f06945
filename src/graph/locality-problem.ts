import { Distribution, Failover, Locality } from './traffic-policy';

/** What is wrong with the choice of places, or undefined. Source: Istio, validation of `localityLbSetting`. */
export function localityProblem(locality: Locality): string | undefined {
  if (locality === 'off') return undefined;
  if (locality.failover) return failoverProblem(locality.failover);
  return locality.distribute ? distributeProblem(locality.distribute) : priorityProblem(locality.failoverPriority ?? []);
}

function failoverProblem(failover: readonly Failover[]): string | undefined {
  if (failover.length === 0) return 'locality.failover must name regions, got none; leave locality out';
  for (const { from, to } of failover) {
    const odd = [from, to].find((region) => !/^[^/*\s]+$/.test(region));
    if (odd !== undefined) return `locality.failover is between regions, got '${odd}'; write for example 'eu-west-1'`;
    if (from === to) return `locality.failover must lead to another region, got '${from}' to itself`;
    if (failover.filter((other) => other.from === from).length > 1) return `locality.failover must name each region once, got from '${from}' twice`;
  }
  return undefined;
}

function priorityProblem(labels: readonly string[]): string | undefined {
  if (labels.length === 0) return 'locality.failoverPriority must name labels, got none; leave locality out';
  const odd = labels.find((label, index) => !/^[^\s=]+(=[^\s=]*)?$/.test(label) || labels.indexOf(label) < index);
  if (odd === undefined) return undefined;
  return `locality.failoverPriority must be different labels, got '${odd}'; write for example 'topology.kubernetes.io/zone'`;
}

function distributeProblem(distribute: readonly Distribution[]): string | undefined {
  if (distribute.length === 0) return 'locality.distribute must name places, got none; leave locality out';
  for (const { from, to } of distribute) {
    const shares = Object.values(to);
    if (shares.some((share) => !Number.isInteger(share) || share < 1) || shares.reduce((sum, share) => sum + share, 0) !== 100) {
      return `locality.distribute must have shares of 1 or more that sum to 100, got ${shares.join(' + ') || 'none'} from '${from}'`;
    }
  }
  return [distribute.map(({ from }) => from), ...distribute.map(({ to }) => Object.keys(to))].map(placesProblem).find((problem) => problem !== undefined);
}

function placesProblem(places: readonly string[]): string | undefined {
  const odd = places.find((place) => !/^(\*|[^/*\s]+(\/[^/*\s]+){0,2}|[^/*\s]+(\/[^/*\s]+)?\/\*)$/.test(place));
  if (odd !== undefined) return `locality.distribute must name places as region/zone/subzone, a * last for all, got '${odd}'`;
  const twin = places.find((place, index) => places.some((other, at) => at !== index && covers(other, place)));
  return twin === undefined ? undefined : `locality.distribute must name each place once, got '${twin}' which another covers`;
}

/** Whether a place is all or part of another. */
function covers(place: string, other: string): boolean {
  const [outer, inner] = [place, other].map((each) => each.split('/').filter((part) => part !== '*'));
  return outer.every((part, index) => part === inner[index]);
}
