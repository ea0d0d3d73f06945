import { Yaml } from 'cdk8s';

/**
 * Documents of one file, byte for byte as `Yaml.stringify(...documents)` of cdk8s writes them.
 *
 * What is usual in manifests is written in one pass. Everything else is left to cdk8s: a text that is not plain for certain, or a whole document where
 * one of its values is null, no plain object, or there twice (which becomes an alias).
 */
export function yamlText(documents: readonly unknown[]): string {
  return documents.map((document) => documentText(document) ?? Yaml.stringify(document)).join('---\n');
}

/** Thrown where only cdk8s knows what to write. */
class Unusual extends Error {}
const unusual = new Unusual('left to cdk8s');

/** Begins with a letter, a slash, `./` or `~/`, and has spaces only between words: no number, no date, no indicator. */
const PLAIN = /^(?:[A-Za-z]|[.~]?\/)(?: ?[!-~])*$/;
/** Where a key would end, or a comment begin. */
const KEY_OR_COMMENT = /:(?: |$)| #/;
/** Such as `200m`, `64Mi` or `15s`. */
const AMOUNT = /^[1-9]\d*(?:ms?|s|h|[KMGT]i?)$/;
/** The usual of what YAML 1.1 reads as a number. */
const NUMBER = /^(?:-?(?:0|[1-9]\d*)|\.)$/;
/** What YAML 1.1 reads as a truth value or as nothing, in any case of letters. */
const WORD = /^(?:y|yes|n|no|true|false|on|off|null)$/i;
const LONGEST_WORD = 5;
/** What it reads as a number that begins with its exponent, such as `e1`. */
const EXPONENT = /^[eE][-+]?\d+$/;
/** Longer keys are written in another form. */
const LONGEST_KEY = 200;
/** Texts that are kept: more of them are not worth their memory. */
const MOST_TEXTS = 20_000;

const values = new Map<string, string>();
const keys = new Map<string, string>();

function documentText(document: unknown): string | undefined {
  if (!isObject(document) || Object.keys(document).length === 0) return undefined;
  try {
    return `${objectText(document, '', '', new Set([document]))}\n`;
  } catch (error) {
    if (error === unusual || error instanceof RangeError) return undefined; // nested too deeply for this one, maybe not for cdk8s
    throw error;
  }
}

/** Its members, each in a line of its own. @param before what stands before the first: a line break and the indent, or a dash that is there already */
function objectText(object: object, before: string, indent: string, seen: Set<object>): string {
  let text = '';
  let start = before;
  for (const key of Object.keys(object)) {
    text += `${start}${keyText(key)}:${memberText(Reflect.get(object, key), indent, seen)}`;
    start = `\n${indent}`;
  }
  return text;
}

/** What follows a key. */
function memberText(value: unknown, indent: string, seen: Set<object>): string {
  if (typeof value !== 'object' || value === null) return ` ${scalarText(value, indent)}`;
  note(value, seen);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return listText(value, `\n${deeper}`, deeper, seen) || ' []';
  if (!isObject(value)) throw unusual;
  return objectText(value, `\n${deeper}`, deeper, seen) || ' {}';
}

function listText(list: readonly unknown[], before: string, indent: string, seen: Set<object>): string {
  let text = '';
  let start = before;
  for (const item of list) {
    text += `${start}- ${itemText(item, indent, seen)}`;
    start = `\n${indent}`;
  }
  return text;
}

/** What follows a dash: nested blocks begin in its line. */
function itemText(value: unknown, indent: string, seen: Set<object>): string {
  if (typeof value !== 'object' || value === null) return scalarText(value, indent);
  note(value, seen);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) return listText(value, '', deeper, seen) || '[]';
  if (!isObject(value)) throw unusual;
  return objectText(value, '', deeper, seen) || '{}';
}

function note(value: object, seen: Set<object>): void {
  if (seen.has(value)) throw unusual;
  seen.add(value);
}

function scalarText(value: unknown, indent: string): string {
  switch (typeof value) {
    case 'string': return isPlain(value) ? value : quotedText(value, indent);
    case 'boolean': return value ? 'true' : 'false';
    case 'number': if (Number.isFinite(value)) return Object.is(value, -0) ? '-0' : JSON.stringify(value);
  }
  throw unusual;
}

function isPlain(text: string): boolean {
  if (!PLAIN.test(text)) return AMOUNT.test(text);
  return !KEY_OR_COMMENT.test(text) && !(text.length <= LONGEST_WORD && WORD.test(text)) && !EXPONENT.test(text);
}

/** Lines of one text are indented alike, whatever form it has; empty ones are not. */
function quotedText(value: string, indent: string): string {
  if (NUMBER.test(value)) return `"${value}"`;
  const text = remembered(values, value, () => Yaml.stringify({ k: value }).slice('k: '.length, -1));
  return text.includes('\n') && indent !== '' ? text.replace(/\n(?=[^\n])/g, `\n${indent}`) : text;
}

function keyText(key: string): string {
  return remembered(keys, key, () => {
    if (isPlain(key) && key.length <= LONGEST_KEY) return key;
    const text = Yaml.stringify({ [key]: 0 });
    const isUsual = key !== '' && key !== '<<' && key !== '__proto__' && key.length <= LONGEST_KEY && !/^(?:%|---|\.\.\.)/m.test(key);
    if (!isUsual || !text.endsWith(': 0\n') || text.startsWith('? ')) throw unusual;
    return text.slice(0, -': 0\n'.length);
  });
}

function remembered(texts: Map<string, string>, of: string, make: () => string): string {
  const known = texts.get(of);
  if (known !== undefined) return known;
  if (texts.size >= MOST_TEXTS) texts.clear();
  const text = make();
  texts.set(of, text);
  return text;
}

/** As cdk8s makes them. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value.constructor === Object;
}
