import { Label, Metric } from './metrics';

/** What a label has to be: a text, a pattern that the whole of it matches, or not that. */
export type Match = string | RegExp | { readonly not: string | RegExp };

/** What labels of a metric have to be. */
export type Matchers<M extends Metric> = { readonly [L in Label<M>]?: Match };

/** Series of a metric: `istio_requests_total{reporter="source"}`. */
export function series<M extends Metric>(metric: M, matchers: Matchers<NoInfer<M>> = {}): string {
  return selector(metric, matchers);
}

/** Series of a recorded name, whose labels are those of its rule. */
export function recorded(name: string, matchers: Readonly<Record<string, Match>>): string {
  return selector(name, matchers);
}

function selector(name: string, matchers: Readonly<Record<string, Match | undefined>>): string {
  const written = Object.entries(matchers).flatMap(([label, match]) => (match === undefined ? [] : [label + condition(match)]));
  return written.length === 0 ? name : `${name}{${written.join(',')}}`;
}

function condition(match: Match): string {
  if (typeof match === 'string') return `=${JSON.stringify(match)}`;
  if (match instanceof RegExp) return `=~${JSON.stringify(match.source)}`;
  const { not } = match;
  return typeof not === 'string' ? `!=${JSON.stringify(not)}` : `!~${JSON.stringify(not.source)}`;
}

/** A pattern for one of several texts. */
export function oneOf(texts: readonly string[]): Match {
  if (texts.length === 1) return texts[0];
  return new RegExp([...texts].sort().map(escaped).join('|'));
}

/** A text as part of a pattern. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** How much a counter grows a second, over a time such as `5m`. */
export function rate(counter: string, window: string): string {
  return `rate(${counter}[${window}])`;
}

/** Values added up, those of equal labels together. */
export function sumBy(labels: readonly string[], values: string): string {
  return labels.length === 0 ? `sum(${values})` : `sum by (${labels.join(', ')}) (${values})`;
}

/** A number without the noise of binary fractions. */
export function decimal(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** How much a counter grew within a time: also one that was not there before its first event, of which `increase` sees nothing. */
export function newOf(counter: string, window: string): string {
  return `increase(${counter}[${window}]) > 0 or (${counter} unless ${counter} offset ${window})`;
}
