import { Change, Drawing, Drawn, bySystem, changeColours, edgeId } from './drawn';
import { NodeKind, TopologyEdge, TopologyNode } from './topology';
import { edgeWords, nodeWords } from './words';

const shapes: Readonly<Record<NodeKind, string>> = {
  service: 'box', store: 'cylinder', client: 'ellipse', gateway: 'house', remote: 'component', external: 'note',
};
const usual = '#57606a';

/** A topology in Graphviz' language: systems as clusters. Ids of nodes and edges are theirs in the picture too. */
export function dotOf(drawing: Drawing): string {
  const { environment, edges } = drawing;
  return [
    `digraph ${quoted(environment)} {`,
    '  graph [rankdir=LR, fontname="sans-serif", fontsize=12, ranksep=0.7, nodesep=0.25];',
    '  node [fontname="sans-serif", fontsize=11, style=filled, fillcolor="#ffffff"];',
    '  edge [fontname="sans-serif", fontsize=8, arrowsize=0.6];',
    ...[...bySystem(drawing)].flatMap(([system, nodes]) => {
      const own = nodes.map(nodeLine);
      return system === undefined ? own : [
        `  subgraph ${quoted(`cluster_${system}`)} {`, `    label=${quoted(system)}; color="#d0d7de"; style=rounded;`, ...own.map((line) => `  ${line}`), '  }',
      ];
    }),
    ...edges.map(edgeLine),
    '}\n',
  ].join('\n');
}

function nodeLine(node: Drawn<TopologyNode>): string {
  const { id, kind, change } = node;
  const told = { id: `node ${id}`, label: nodeWords(node).join('\n'), shape: shapes[kind], tooltip: `${kind} ${id}`, ...marks(change) };
  return `  ${quoted(id)} [${attributes(told)}];`;
}

function edgeLine(edge: Drawn<TopologyEdge>): string {
  const { from, to, operations, change } = edge;
  const told = { id: `edge ${edgeId(edge)}`, label: edgeWords(edge).join('\n'), tooltip: [`${from} to ${to}`, ...operations].join('\n'), ...marks(change) };
  return `  ${quoted(from)} -> ${quoted(to)} [${attributes(told)}];`;
}

function marks(change: Change | undefined): Readonly<Record<string, string>> {
  return change === undefined ? { color: usual } : { color: changeColours[change], fontcolor: changeColours[change], penwidth: '2', class: change };
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`).join(', ');
}

/** Source: Graphviz, "The DOT language": a quoted word ends at a quote that has no backslash. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
