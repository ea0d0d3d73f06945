import { writeFileSync } from 'node:fs';
import { named, orRefuse } from '../manifest/folder-error';
import { draw, formats } from '../topology/draw';
import { drawingOf } from '../topology/drawn';
import { topologiesOf } from '../topology/read-topology';
import { Topology } from '../topology/topology';
import { Context } from './context';
import { folderState, stateOf } from './rendered-state';
import { Selection, systemsOf } from './selection';
import { UsageError, oneOf } from './usage-error';

interface Options extends Selection {
  readonly format: string;
  readonly against?: string;
  readonly out?: string;
  readonly dist: string;
  readonly json?: boolean;
}

/** `meshmart graph`: one environment as a picture, or as data. */
export async function graph(options: Options, { terminal, end }: Context): Promise<void> {
  const { dist, system = [], against, out } = options;
  const format = oneOf('format', options.json ? 'json' : options.format, formats);
  const files = folderState(dist);
  for (const name of system) oneOf('system', name, systemsOf(files));
  const topology = environmentOf(topologiesOf(files), options);
  const before = against === undefined ? undefined : topologiesOf(await stateOf(against, dist));
  const earlier = before && (before.find(({ environment }) => environment === topology.environment) ?? { ...topology, nodes: [], edges: [] });
  const drawn = await draw(drawingOf(topology, system, earlier), format);
  if (out === undefined) {
    end(0);
    return terminal.out(drawn);
  }
  orRefuse(out, 'file cannot be written', () => { writeFileSync(out, drawn); });
  end(0);
  terminal.out(`wrote ${named(out)}\n`);
}

/** The environment that is meant. @throws UsageError where there are several, and none or more than one is named */
function environmentOf(topologies: readonly Topology[], { env = [] }: Selection): Topology {
  const names = topologies.map(({ environment }) => environment);
  for (const name of env) oneOf('environment', name, names);
  const wanted = topologies.filter(({ environment }) => env.length === 0 || env.includes(environment));
  if (wanted.length === 1) return wanted[0];
  throw new UsageError(`one environment must be named, got ${wanted.length} (${names.join(', ')}); name one by --env`);
}
