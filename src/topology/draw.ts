import { dotOf } from './dot';
import { Drawing } from './drawn';
import { mermaidOf } from './mermaid';
import { pageOf } from './page/page';

/** How a topology may be drawn. */
export const formats = ['svg', 'mermaid', 'dot', 'json', 'html'] as const;

/** One of them. */
export type Format = typeof formats[number];

/** A topology as a file of one format. */
export async function draw(drawing: Drawing, format: Format): Promise<string> {
  if (format === 'json') return `${JSON.stringify(drawing, null, 2)}\n`;
  if (format === 'mermaid') return mermaidOf(drawing);
  if (format === 'dot') return dotOf(drawing);
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const picture = (await Graphviz.load()).dot(dotOf(drawing));
  return format === 'svg' ? picture : pageOf(drawing, picture);
}
