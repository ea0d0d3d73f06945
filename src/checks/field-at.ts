import { Document, LineCounter, Node, Pair, isCollection, isMap, isNode, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { invalid } from '../graph/configuration-error';
import { FieldPath } from '../graph/changed-fields';

/** What one line of a YAML file says. */
export interface FieldAt {
  /** The whole document. */
  readonly content: unknown;
  /** The innermost field that begins on the line, or goes on there. */
  readonly path: FieldPath;
  /** Its value. */
  readonly value: unknown;
}

/**
 * The field on a line of a YAML file.
 * @param line from 1
 * @returns undefined for a line that belongs to no document: `---`, or one before or after all
 * @throws ConfigurationError with line and column where the file is no YAML
 */
export function fieldAt(file: string, text: string, line: number): FieldAt | undefined {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines })];
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (error) invalid(file, `file must be YAML, got ${error.message.split('\n')[0]}; synthesize it anew`);
  const lineOf = (node: Node): number => lines.linePos(node.range![0]).line;
  const document = documents.findLast(({ contents }) => contents !== null && lineOf(contents) <= line);
  if (!document || text.split('\n')[line - 1].startsWith('---') || line > lastLineOf(document, lines)) return undefined;
  const path = pathTo(document.contents, line, lineOf);
  return { content: document.toJS(), path, value: valueOf(document.getIn(path)) };
}

function lastLineOf({ contents }: Document.Parsed, lines: LineCounter): number {
  return lines.linePos(Math.max(contents!.range[1] - 1, 0)).line;
}

/** Down to the field that begins on the line, first of several, else to the last one before. */
function pathTo(node: unknown, line: number, lineOf: (node: Node) => number): FieldPath {
  if (isCollection(node) && node.flow && lineOf(node) === line) return []; // [1, 2] is one value
  const entries = entriesOf(node).filter(({ start }) => lineOf(start) <= line);
  const entry = entries.find(({ start }) => lineOf(start) === line) ?? entries.at(-1);
  return entry ? [entry.step, ...pathTo(entry.value, line, lineOf)] : [];
}

interface Entry {
  readonly step: string | number;
  readonly start: Node;
  readonly value: unknown;
}

function entriesOf(node: unknown): readonly Entry[] {
  if (isMap(node)) return node.items.flatMap(({ key, value }: Pair) => (isScalar(key) ? [{ step: String(key.value), start: key, value }] : []));
  if (isSeq(node)) return node.items.flatMap((value, step) => (isNode(value) && !isPair(value) ? [{ step, start: value, value }] : []));
  return [];
}

function valueOf(value: unknown): unknown {
  return isNode(value) ? value.toJSON() as unknown : value;
}
