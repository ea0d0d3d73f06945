import { IConstruct } from 'constructs';
import { textAt, textsAt } from '../graph/json';
import { exceptionsAnnotation } from '../manifest/exception';
import { Environment } from '../mesh/environment';
import { openEgressAnnotation } from '../security/network-policy';
import { Document, RenderedFile } from './document';

/** `<environment>/exceptions.md` where there are any: what objects say themselves in their annotations. */
export function exceptionDocuments(constructs: readonly IConstruct[], files: readonly RenderedFile[]): readonly Document[] {
  return constructs.filter((each) => each instanceof Environment).flatMap(({ node }) => {
    const rows = files.filter(({ path }) => path.startsWith(`${node.path}/`)).flatMap(({ objects }) => objects.flatMap(rowsOf));
    return rows.length === 0 ? [] : [[`${node.path}/exceptions.md`, page(node.id, rows)] as const];
  });
}

function page(environment: string, rows: readonly string[]): string {
  return [
    `# Exceptions in ${environment}`,
    '',
    'What stands in the annotations of these objects. Each is allowed to one object, for its reason.',
    '',
    '| object | may | because |',
    '|---|---|---|',
    ...[...rows].sort(),
    '',
  ].join('\n');
}

function rowsOf(object: unknown): readonly string[] {
  const annotations = textsAt(object, 'metadata.annotations');
  const lines = annotations.get(exceptionsAnnotation)?.split('\n').map((line) => line.split(/: (.*)/s)) ?? [];
  const open = annotations.get(openEgressAnnotation)?.split(/, because (.*)/s);
  const name = [textAt(object, 'metadata.namespace'), textAt(object, 'metadata.name')].filter((part) => part !== undefined).join('/');
  return [...lines, ...(open ? [[`egress to ${open[0]}`, open[1]]] : [])]
    .map(([what, because]) => `| ${textAt(object, 'kind')} ${name} | ${cell(what)} | ${cell(because)} |`);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
