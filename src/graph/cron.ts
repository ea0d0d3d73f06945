/** A field of a schedule: what it is called, from where to where it goes, and names that its numbers have, from the first on. */
interface Field {
  readonly word: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

/** Source: Kubernetes, "CronJob", schedule syntax; Sunday is 0 alone. */
const FIELDS: readonly Field[] = [
  { word: 'minute', least: 0, most: 59 },
  { word: 'hour', least: 0, most: 23 },
  { word: 'day of the month', least: 1, most: 31 },
  { word: 'month', least: 1, most: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { word: 'day of the week', least: 0, most: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** Most days that a month has, from January on. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const example = "write for example '0 3 * * *'";

/** What is wrong with when something runs, in cron's five fields as Kubernetes and Argo CD read them, or undefined. */
export function cronProblem(schedule: string): string | undefined {
  const texts = textsOf(schedule);
  if (texts.length !== FIELDS.length) return `must have cron's five fields, got '${schedule}'; ${example}`;
  for (const [index, field] of FIELDS.entries()) {
    const problem = texts[index].split(',').map((part) => partProblem(field, part)).find((each) => each !== undefined);
    if (problem !== undefined) return `must have in its field for the ${field.word} what ${problem}, got '${texts[index]}' in '${schedule}'; ${example}`;
  }
  return undefined;
}

/** Whether a schedule is of days that no month has, such as the 31st of February. */
export function neverComes(schedule: string): boolean {
  const [, , days, months, weekdays] = textsOf(schedule).map((text, index) => text.split(',').flatMap((part) => valuesOf(FIELDS[index], part)));
  if (weekdays.length < 7) return false; // a day of the week comes, also where the day of the month does not
  return months.every((month) => days.every((day) => day > DAYS[month - 1]));
}

function textsOf(schedule: string): readonly string[] {
  return schedule.trim().split(/\s+/);
}

/** What of a part such as `*`, `1-5` or `0-30/10` cannot be, or undefined. */
function partProblem(field: Field, part: string): string | undefined {
  const { word, least, most, names } = field;
  const [range, step, ...more] = part.split('/');
  const ends = range === '*' || range === '?' ? [least, most] : range.split('-').map((end) => numberOf(field, end));
  const numbers = names ? `${least}-${most} or ${names[0]}-${names.at(-1)}` : `${least}-${most}`;
  const odd = more.length > 0 || ends.length > 2 || ends.some((end) => !(end >= least && end <= most)) || ends[0] > ends[ends.length - 1];
  if (odd) return `is *, numbers of ${numbers}, or ranges of them`;
  if (step === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(step)) return 'has a step of 1 or more';
  return valuesOf(field, part).length > 1 ? undefined : `has a step that leads to a second ${word}`;
}

/** Values of a part that can be. */
function valuesOf(field: Field, part: string): readonly number[] {
  const [range, step] = part.split('/');
  const [first, last] = range === '*' || range === '?' ? [field.least, field.most] : range.split('-').map((end) => numberOf(field, end));
  const end = last ?? (step === undefined ? first : field.most);
  const by = Number(step ?? 1);
  return Array.from({ length: Math.floor((end - first) / by) + 1 }, (_, index) => first + index * by);
}

function numberOf({ least, names = [] }: Field, text: string): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + least;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
