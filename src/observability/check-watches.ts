import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';
import { Environment } from '../mesh/environment';
import { MeshNamespace } from '../mesh/mesh-namespace';

/** Refuses no namespaces, one twice, and one that nobody here can reach. */
export function checkWatches(construct: IConstruct, environment: Environment, watches: readonly MeshNamespace[]): void {
  if (watches.length === 0) reject(construct, 'watches must name at least one namespace, got none; name those that are watched');
  const twice = watches.find(({ name }, index) => watches.findIndex((each) => each.name === name) < index);
  if (twice) reject(construct, `watches must name each namespace once, got '${twice.name}' twice; remove one`);
  const foreign = watches.find((each) => each.environment !== environment);
  if (foreign) reject(construct, `watches must be of its own environment, got ${foreign.node.path}; make a stack there`);
}
