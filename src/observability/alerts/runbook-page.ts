import { AlertKind } from './alert';

const urgencies = { page: 'somebody is woken up', ticket: 'somebody looks within a day or two' };

/** The runbook of an alert, as Markdown. */
export function runbookPage({ name, severity, meaning, impact, ask, then }: AlertKind): string {
  return [
    `# ${name}`,
    '',
    `${meaning}`,
    '',
    `**Impact:** ${impact} **Severity:** ${severity}, ${urgencies[severity]}.`,
    '',
    '## Ask',
    '',
    'Words in angle brackets stand for what the alert\'s labels say.',
    '',
    ...ask.flatMap(({ question, query }) => [question, '', '```promql', query, '```', '']),
    '## Then',
    '',
    ...then.map((each) => `- ${each}`),
    '',
  ].join('\n');
}
