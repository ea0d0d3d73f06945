import { at, listAt, textAt } from '../graph/json';
import { Snapshot } from '../checks/snapshot';
import { drawingOf, edgeId } from '../topology/drawn';
import { topologyOf } from '../topology/read-topology';
import { Topology, TopologyEdge, TopologyNode } from '../topology/topology';
import { carriedWords, nodeWords } from '../topology/words';
import { fieldChanges } from './field-changes';

/** What a change means on the mesh. */
export interface Meaning {
  readonly what: 'edge opened' | 'edge closed' | 'edge changed' | 'requests spread' | 'pods replaced';
  /** System that it is about. @default - none: both ends are outside */
  readonly system?: string;
  /** A sentence. */
  readonly sentence: string;
}

/** What changes of one environment mean, as far as that is known. */
export function meaningsOf(environment: string, before: Snapshot, after: Snapshot): readonly Meaning[] {
  const [had, has] = [before, after].map((snapshot): Topology => ({ environment, ...topologyOf(snapshot) }));
  const { nodes, edges } = drawingOf(has, [], had);
  const systemOf = new Map(nodes.filter(({ kind }) => kind !== 'external').map(({ id, system }) => [id, system]));
  const earlierEdges = new Map(had.edges.map((edge) => [edgeId(edge), edge]));
  const earlierNodes = new Map(had.nodes.map((node) => [node.id, node]));
  return [
    ...edges.flatMap(({ change, ...edge }): readonly Meaning[] => {
      const system = systemOf.get(edge.to) ?? systemOf.get(edge.from);
      if (change === 'added') return [{ what: 'edge opened', system, sentence: `${edge.from} may ask ${edge.to}${asked(edge)}` }];
      if (change === 'removed') return [{ what: 'edge closed', system, sentence: `${edge.from} may not ask ${edge.to} any more` }];
      return change === undefined ? [] : edgeChanges(earlierEdges.get(edgeId(edge))!, edge)
        .map((sentence) => ({ what: 'edge changed', system, sentence }));
    }),
    ...nodes.filter(({ change }) => change === 'changed').flatMap((node) => spread(earlierNodes.get(node.id)!, node)),
    ...podsReplaced(before, after),
  ];
}

function asked({ operations, carried }: TopologyEdge): string {
  const words = [...(operations.length > 0 ? [operations.join('; ')] : []), ...carried.map(carriedWords)];
  return words.length > 0 ? `: ${words.join('; ')}` : '';
}

function edgeChanges(before: TopologyEdge, after: TopologyEdge): readonly string[] {
  const ends = `${after.from} to ${after.to}`;
  const added = after.operations.filter((each) => !before.operations.includes(each));
  const removed = before.operations.filter((each) => !after.operations.includes(each));
  const [had, has] = [before, after].map(({ carried }) => carried.map(carriedWords).join('; ') || 'as a connection');
  return [
    ...(added.length > 0 ? [`${ends}: may also ask ${added.join('; ')}`] : []),
    ...(removed.length > 0 ? [`${ends}: may not ask ${removed.join('; ')} any more`] : []),
    ...(had === has ? [] : [`${ends}: ${had} becomes ${has}`]),
    ...(before.protocol === after.protocol ? [] : [`${ends}: ${before.protocol} becomes ${after.protocol}`]),
  ];
}

function spread(before: TopologyNode, after: TopologyNode): readonly Meaning[] {
  const [had, has] = [before, after].map((node) => nodeWords(node).slice(1).join('; ') || 'one version has all');
  return had === has ? [] : [{ what: 'requests spread', system: after.system, sentence: `requests of ${after.id}: ${had} becomes ${has}` }];
}

function podsReplaced(before: Snapshot, after: Snapshot): readonly Meaning[] {
  return after.workloads().flatMap((workload): Meaning[] => {
    const earlier = before.find(workload);
    if (!earlier) return [];
    const fields = fieldChanges(at(earlier.content, 'spec.template'), at(workload.content, 'spec.template'));
    if (fields.length === 0) return [];
    const [old, now] = [earlier, workload].map(({ content }) => listAt(content, 'spec.template.spec.containers').map((each) => textAt(each, 'image') ?? ''));
    const paths = fields.map(({ path }) => path).join(', ');
    const why = old.join() === now.join() ? paths : `${old.join(', ')} becomes ${now.join(', ')}`;
    return [{ what: 'pods replaced', system: workload.system, sentence: `pods of ${workload.namespace}/${workload.name} are replaced: ${why}` }];
  });
}
