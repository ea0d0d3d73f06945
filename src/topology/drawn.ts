import { Topology, TopologyEdge, TopologyNode } from './topology';

/** What became of something since an earlier state. */
export type Change = 'added' | 'removed' | 'changed';

/** Something, and what became of it. */
export type Drawn<T> = T & {
  /** @default - it is as it was, or there is nothing to compare with */
  readonly change?: Change;
};

/** A topology to be drawn. */
export interface Drawing {
  readonly environment: string;
  readonly nodes: readonly Drawn<TopologyNode>[];
  readonly edges: readonly Drawn<TopologyEdge>[];
}

/**
 * What is drawn of a topology.
 * @param systems those whose nodes are drawn, each with its neighbours; all where none is named
 * @param before the same environment earlier: what came, went or changed is marked
 */
export function drawingOf(topology: Topology, systems: readonly string[] = [], before?: Topology): Drawing {
  const nodes = marked<TopologyNode>(topology.nodes, before?.nodes, ({ id }) => id, ({ kind, shares, mirror }) => [kind, shares, mirror]);
  const edges = marked<TopologyEdge>(topology.edges, before?.edges, edgeId, ({ protocol, operations, carried }) => [protocol, operations, carried]);
  if (systems.length === 0) return { environment: topology.environment, nodes, edges };
  const own = new Set(nodes.filter(({ system }) => system !== undefined && systems.includes(system)).map(({ id }) => id));
  const near = edges.filter(({ from, to }) => own.has(from) || own.has(to));
  const ends = new Set([...own, ...near.flatMap(({ from, to }) => [from, to])]);
  return { environment: topology.environment, nodes: nodes.filter(({ id }) => ends.has(id)), edges: near };
}

/** How a change is coloured, whoever draws it. */
export const changeColours: Readonly<Record<Change, string>> = { added: '#1a7f37', removed: '#cf222e', changed: '#9a6700' };

/** Nodes by the system that they lie in, in the order of its names; those of none come last. */
export function bySystem({ nodes }: Drawing): ReadonlyMap<string | undefined, readonly Drawn<TopologyNode>[]> {
  const systems = [...new Set(nodes.map(({ system }) => system))].sort();
  return new Map(systems.map((system) => [system, nodes.filter((node) => node.system === system)]));
}

/** What tells an edge from others. */
export function edgeId({ from, to }: Pick<TopologyEdge, 'from' | 'to'>): string {
  return `${from} ${to}`;
}

function marked<T extends object>(
  now: readonly T[], before: readonly T[] | undefined, idOf: (one: T) => string, partsOf: (one: T) => unknown,
): readonly Drawn<T>[] {
  if (!before) return now.map((one): Drawn<T> => ({ ...one, change: undefined }));
  const [had, has] = [before, now].map((all) => new Map(all.map((one) => [idOf(one), one])));
  const changeOf = (one: T): Change | undefined => {
    const earlier = had.get(idOf(one));
    if (earlier === undefined) return 'added';
    return JSON.stringify(partsOf(earlier)) === JSON.stringify(partsOf(one)) ? undefined : 'changed';
  };
  const gone = before.filter((one) => !has.has(idOf(one))).map((one): Drawn<T> => ({ ...one, change: 'removed' }));
  return [...now.map((one): Drawn<T> => ({ ...one, change: changeOf(one) })), ...gone].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}
