import { inWords } from '../checks/finding';
import { Changes, SystemChanges } from './compare';
import { ObjectChange } from './object-changes';
import { fieldWords, objectWords } from './words';

/** Characters of a comment at GitHub, and at others that allow more. */
const MOST = 65_536;
const signs = { added: '+', removed: '−', changed: '~' } as const;

/** Changes as a comment on a pull request: first what hurts and what it means, then the objects, folded. It is cut where a comment would be too long. */
export function markdownOf({ systems, files, findings }: Changes): string {
  if (systems.length + files.length === 0) return 'Nothing changed for a cluster.\n';
  return cut([
    ...listed('What hurts in one step', findings.map((finding) => `**${finding.severity}** ${escaped(inWords(finding))}`)),
    ...systems.map(section),
    ...listed('Other files', files.map(({ path, fate }) => `${signs[fate]} \`${path}\``)),
  ]);
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [[`### ${title}`, '', ...lines.map((line) => `- ${line}`), ''].join('\n')];
}

function section({ environment, system, objects, meanings }: SystemChanges): string {
  const counts = (['added', 'changed', 'removed'] as const).map((fate) => [objects.filter((each) => each.fate === fate).length, fate] as const)
    .filter(([count]) => count > 0).map(([count, fate]) => `${count} ${fate}`);
  return [
    `### ${environment}${system === '' ? '' : ` / ${system}`}`, '',
    ...meanings.map(({ sentence }) => `- ${escaped(sentence)}`), ...(meanings.length > 0 ? [''] : []),
    ...(objects.length > 0 ? [`<details><summary>Objects: ${counts.join(', ')}</summary>`, '', ...objects.flatMap(objectLines), '', '</details>', ''] : []),
  ].join('\n');
}

function objectLines(change: ObjectChange): readonly string[] {
  return [
    `- ${signs[change.fate]} ${escaped(objectWords(change))}`,
    ...change.fields.map((field) => `  - \`${field.path}\` ${escaped(fieldWords(field))}`),
  ];
}

function cut(parts: readonly string[]): string {
  const text = parts.join('\n');
  if (text.length <= MOST) return text;
  const rest = '\n\nThe rest is too long for a comment: run `meshmart diff`.\n';
  return `${text.slice(0, MOST - rest.length).replace(/\n[^\n]*$/, '')}${rest}`;
}

/** Words that Markdown or HTML would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\`*_<>|#[\]]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`));
}
