import { CHAIN } from './cases';
import { Bound, Results, ratio } from './results';

/** What a benchmark has to show, and whether it does. */
export interface Verdict {
  readonly gate: string;
  readonly says: string;
  readonly got: string;
  /** Undefined where it was not measured. */
  readonly holds?: boolean;
}

/** How many documents were equal to the stock app's, and out of how many. */
export interface Equality {
  readonly equal: number;
  readonly of: number;
}

/** Judges a run. Every ratio is one of medians of the same run. */
export function judge(results: Results, equality: Equality): readonly Verdict[] {
  const ours = (size: number): Bound | undefined => results.wall('program', 'ours', size);
  const [zero, thousand, most] = [0, 1000, 3000].map((size) => ours(size)?.value);
  const growth = zero === undefined || thousand === undefined || most === undefined ? undefined : { value: (most - zero) / (thousand - zero), more: false };
  const app = (what: 'program' | 'objects', size: number): Bound | undefined => ratio(results.wall(what, 'stock', size), results.wall(what, 'ours', size));
  const helm = (size: number): Bound | undefined => ratio(results.wall('helm', 'other', size), ours(size));
  const chained = ratio(results.wall('chained', 'ours', CHAIN.ours), results.wall('free', 'ours', CHAIN.ours));
  const project = ratio(results.wall('project', 'stock', 0), results.wall('project', 'ours', 0));
  const memory = ratio(results.memory('objects', 'stock', 3000), results.memory('objects', 'ours', 3000));
  return [
    atLeast('G1', '1,000 services by the same constructs: stock / ours', app('program', 1000), 20),
    atLeast('G2', '3,000 services by the same constructs', app('program', 3000), 100),
    ...[1000, 3000].map((size) => ({ gate: '-', says: `the engine alone: the same ApiObjects of ${size} services`, got: inWords(app('objects', size)) })),
    atLeast('G3', '1,000 services: stock with L2 classes of cdk8s-plus / this library', ratio(results.wall('plus', 'stock', 1000), ours(1000)), 60),
    atLeast('G4', 'a shop of 11 services, compiled: stock with L2 classes / this library', ratio(results.wall('plus', 'stock', 11), ours(11)), 2),
    atMost('G5', 'linear: t(3000) - t(0) / t(1000) - t(0)', growth, 3.5),
    atMost('G6', `${CHAIN.ours} charts in a chain / without dependencies`, chained, 2),
    atMost('G7', '1,000 services: this library / node that writes as many bytes', ratio(ours(1000), results.wall('floor', 'other', 1000)), 5),
    atLeast('G8', 'memory for the same ApiObjects of 3,000 services: stock / ours', memory, 3),
    atLeast('G9', 'all that this repository deploys: stock / ours', project, 5),
    {
      gate: 'G10', says: 'documents equal to those of stock, byte for byte: all', got: `${equality.equal} of ${equality.of}`,
      holds: equality.of === 0 ? undefined : equality.equal === equality.of,
    },
    atLeast('G11', 'a shop of 11 services: one Helm chart / this library', helm(11), 1 / 1.6),
    atLeast('G11', '100 services', helm(100), 1),
    atLeast('G11', '1,000 services', helm(1000), 2),
    atLeast('G11', '3,000 services', helm(3000), 4),
    atMost('start', '`meshmart --help` / the start of node', ratio(results.wall('help', 'ours', 0), results.wall('node', 'other', 0)), 2),
  ];
}

/** A ratio as a person reads it. */
export function inWords(got: Bound | undefined): string {
  return got === undefined ? 'not measured' : `${got.more ? 'more than ' : ''}${got.value.toFixed(got.value < 10 ? 2 : 0)}x`;
}

/** A bound from below that is too low decides nothing. */
function atLeast(gate: string, says: string, got: Bound | undefined, least: number): Verdict {
  const holds = got && got.value >= least;
  return { gate, says: `${says}: at least ${Number(least.toFixed(2))}x`, got: inWords(got), holds: holds === false && got?.more ? undefined : holds };
}

function atMost(gate: string, says: string, got: Bound | undefined, most: number): Verdict {
  return { gate, says: `${says}: at most ${most}x`, got: inWords(got), holds: got && got.value <= most };
}
