import { IConstruct } from 'constructs';
import { at, textAt } from '../../graph/json';
import { Environment } from '../../mesh/environment';
import { severalProvidersFlag } from '../../security/extension-providers';
import { isArgoCdDelivery } from '../argo-cd/argo-cd-delivery';
import { Document, RenderedFile } from '../document';
import { syncOptions } from '../sync-options';
import { givenBy, needsOf } from './needs-of';
import { Subject, subjectOf } from './subject';

/** `<environment>/prerequisites.md`: what each cluster needs before the rendered objects work, from their kinds and fields. */
export function prerequisiteDocuments(constructs: readonly IConstruct[], files: readonly RenderedFile[]): readonly Document[] {
  return constructs.filter((each) => each instanceof Environment).map(({ node }) => {
    const own = files.filter(({ path }) => path.startsWith(`${node.path}/`)).map((file) => ({ ...file, path: file.path.slice(node.path.length + 1) }));
    const delivered = node.children.some(isArgoCdDelivery);
    return [`${node.path}/prerequisites.md`, [...needs(node.id, own), ...(delivered ? [] : options(own)), ''].join('\n')];
  });
}

function needs(environment: string, files: readonly RenderedFile[]): readonly string[] {
  return [
    `# What ${environment} needs`,
    '',
    'Read from the rendered objects by synth. All of this must be there before they are applied.',
    '',
    '| needed | for | by |',
    '|---|---|---|',
    ...needRows(files.flatMap(({ objects }) => objects.map(subjectOf))),
  ];
}

/** Where people write the Applications themselves. */
function options(files: readonly RenderedFile[]): readonly string[] {
  return [
    '',
    '## Options of the Argo CD Applications',
    '',
    '| Application | option | because |',
    '|---|---|---|',
    ...optionRows(files),
  ];
}

/** Why something is needed, and by which objects. */
interface Row {
  readonly rank: number;
  readonly reasons: Set<string>;
  readonly by: Set<string>;
}

const severalProviders = `Istio 1.30 or newer, with ${severalProvidersFlag} for istiod, as \`istiod-values.yaml\` has it`;

const asksProvider = ({ kind, object }: Subject): boolean => kind === 'AuthorizationPolicy' && textAt(object, 'spec.provider.name') !== undefined;
const pods = ({ namespace, object }: Subject): string => JSON.stringify([namespace, at(object, 'spec.selector')]);
const podsAndProvider = (subject: Subject): string => `${pods(subject)} ${textAt(subject.object, 'spec.provider.name')}`;

/** One row a need, in the order of the rules: what any of its reasons asks for is named once. */
function needRows(subjects: readonly Subject[]): readonly string[] {
  const given = new Set(subjects.flatMap(givenBy));
  const rows = new Map<string, Row>();
  for (const subject of subjects) {
    const needs = needsOf(subject).filter(({ what }) => !given.has(what));
    for (const { what, because, rank } of needs) {
      const row = rows.get(what) ?? { rank, reasons: new Set(), by: new Set() };
      rows.set(what, row);
      row.reasons.add(because);
      row.by.add(subject.name);
    }
  }
  const asking = subjects.filter(asksProvider);
  if (new Set(asking.map(podsAndProvider)).size > new Set(asking.map(pods)).size) {
    const because = 'pods of one gateway ask several providers; without it everything is denied';
    rows.set(severalProviders, { rank: Infinity, reasons: new Set([because]), by: new Set(asking.map(({ name }) => name)) });
  }
  const byRank = [...rows].sort(([, a], [, b]) => a.rank - b.rank);
  return byRank.map(([what, { reasons, by }]) => `| ${what} | ${[...reasons].sort().join('; ')} | ${inBrief([...by].sort())} |`);
}

/** The first, and how many more. */
function inBrief([first, ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function optionRows(files: readonly RenderedFile[]): readonly string[] {
  const systems = new Map<string, RenderedFile[]>();
  for (const file of files) {
    const system = file.path.split('/')[0];
    const others = systems.get(system);
    if (others) others.push(file);
    else systems.set(system, [file]);
  }
  return [...systems].flatMap(([system, own]) => {
    const nested = own.some(({ path }) => path.split('/').length > 2);
    const recursion = nested ? [{ option: 'directory.recurse: true', because: 'its further namespaces are folders in its own' }] : [];
    return [...syncOptions(own.flatMap(({ objects }) => objects)), ...recursion].map(({ option, because }) => `| ${system} | \`${option}\` | ${because} |`);
  });
}
