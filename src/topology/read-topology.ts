import { RenderedFiles } from '../checks/rendered';
import { Snapshot, snapshotsOf } from '../checks/snapshot';
import { allowedEdges, outsideEdges } from './edges';
import { Parties, Party } from './parties';
import { mirrorOf, routesTo, sharesOf } from './routes';
import { Topology, TopologyNode } from './topology';

/**
 * Who may ask whom, read from rendered manifests alone: from what the mesh enforces, not from what was declared.
 * @returns one an environment, in the order of their names
 * @throws ConfigurationError for YAML that cannot be read
 */
export function topologiesOf(files: RenderedFiles): readonly Topology[] {
  return [...snapshotsOf(files)].map(([environment, snapshot]) => ({ environment, ...topologyOf(snapshot) }))
    .filter(({ nodes }) => nodes.length > 0).sort((a, b) => (a.environment < b.environment ? -1 : 1));
}

/** The same of one environment. */
export function topologyOf(snapshot: Snapshot): Omit<Topology, 'environment'> {
  const parties = new Parties(snapshot);
  const found = [...allowedEdges(snapshot, parties), ...outsideEdges(snapshot, parties)];
  const ends = found.flatMap((edge) => edge.ends);
  const all = new Map([...parties.all, ...ends].map((party) => [party.id, party]));
  return {
    nodes: [...all.values()].map((party) => nodeOf(snapshot, party)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    edges: found.map(({ edge }) => edge).sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1)),
  };
}

function nodeOf(snapshot: Snapshot, { id, kind, name, system, hosts }: Party): TopologyNode {
  const routes = [false, true].flatMap((ofGateways) => routesTo(snapshot, hosts, ofGateways));
  return { id, kind, name, system, shares: sharesOf(routes), mirror: mirrorOf(routes) };
}
