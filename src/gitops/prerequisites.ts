import { IConstruct } from 'constructs';
import { Environment } from '../mesh/environment';
import { isArgoCdDelivery } from './argo-cd/argo-cd-delivery';
import { Document, RenderedFile } from './document';
import { Need, givenBy, nameOf, needsOf } from './prerequisite-rules';
import { syncOptions } from './sync-options';

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
    ...needRows(files.flatMap(({ objects }) => objects)),
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

/** One row a need, in the order of the rules: what any of its reasons asks for is named once. */
function needRows(objects: readonly unknown[]): readonly string[] {
  const given = new Set(objects.flatMap(givenBy));
  const needs = objects.flatMap((object) => needsOf(object).map((each) => ({ ...each, by: nameOf(object) }))).filter(({ what }) => !given.has(what));
  const byRank = [...new Set(needs.map(({ what }) => what))].sort((a, b) => rankOf(needs, a) - rankOf(needs, b));
  return byRank.map((what) => {
    const of = needs.filter((each) => each.what === what);
    const reasons = [...new Set(of.map(({ because }) => because))].sort();
    return `| ${what} | ${reasons.join('; ')} | ${inBrief([...new Set(of.map(({ by }) => by))].sort())} |`;
  });
}

function rankOf(needs: readonly Need[], what: string): number {
  return needs.find((each) => each.what === what)?.rank ?? 0;
}

/** The first, and how many more. */
function inBrief([first, ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function optionRows(files: readonly RenderedFile[]): readonly string[] {
  const systems = [...new Set(files.map(({ path }) => path.split('/')[0]))];
  return systems.flatMap((system) => {
    const own = files.filter(({ path }) => path.split('/')[0] === system);
    const nested = own.some(({ path }) => path.split('/').length > 2);
    const recursion = nested ? [{ option: 'directory.recurse: true', because: 'its further namespaces are folders in its own' }] : [];
    return [...syncOptions(own.flatMap(({ objects }) => objects)), ...recursion].map(({ option, because }) => `| ${system} | \`${option}\` | ${because} |`);
  });
}
