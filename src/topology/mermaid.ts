import { Drawing, Drawn, bySystem, changeColours } from './drawn';
import { NodeKind, TopologyNode } from './topology';
import { edgeWords, nodeWords } from './words';

const shapes: Readonly<Record<NodeKind, readonly [open: string, close: string]>> = {
  service: ['[', ']'], store: ['[(', ')]'], client: ['([', '])'], gateway: ['{{', '}}'], remote: ['[[', ']]'], external: ['>', ']'],
};

/** A topology in Mermaid's language, which GitHub and others draw in Markdown: systems as subgraphs. */
export function mermaidOf(drawing: Drawing): string {
  const { nodes, edges } = drawing;
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const line = (node: Drawn<TopologyNode>): string => {
    const [open, close] = shapes[node.kind];
    return `${names.get(node.id)}${open}"${nodeWords(node).map(escaped).join('<br/>')}"${close}${node.change === undefined ? '' : `:::${node.change}`}`;
  };
  return [
    'flowchart LR',
    ...[...bySystem(drawing)].flatMap(([system, inside], index) => {
      const own = inside.map((node) => `  ${line(node)}`);
      return system === undefined ? own : [`  subgraph s${index}["${escaped(system)}"]`, ...own.map((each) => `  ${each}`), '  end'];
    }),
    ...edges.map((edge) => `  ${names.get(edge.from)} -- "${edgeWords(edge).map(escaped).join('<br/>')}" --> ${names.get(edge.to)}`),
    ...edges.flatMap(({ change }, index) => (change === undefined ? [] : [`  linkStyle ${index} stroke:${changeColours[change]},stroke-width:3px`])),
    ...Object.entries(changeColours).filter(([change]) => nodes.some((node) => node.change === change))
      .map(([change, colour]) => `  classDef ${change} stroke:${colour},stroke-width:3px`),
    '',
  ].join('\n');
}

/** Source: Mermaid, "Entity codes to escape characters". */
function escaped(text: string): string {
  return text.replaceAll('#', '#35;').replaceAll('"', '#quot;');
}
