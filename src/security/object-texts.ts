import { at, listAt, textAt } from '../graph/json';
import { containersOf } from '../graph/pod-template';

/** A text of an object. */
export interface ObjectText {
  /** Where it stands, for messages and exceptions. */
  readonly place: string;
  /** What it is called there, where it has a name: `DB_PASSWORD`. @default - none */
  readonly name?: string;
  /** The text. */
  readonly value: string;
  /** Whether it is a part of another one, which is there as a whole too. */
  readonly part?: boolean;
}

/** Files whose lines name what they say; scripts compute. */
const SETTINGS = /\.(ya?ml|properties|env|ini|cfg|conf|toml|json)$/;
/** `password: x`, `db.password = x`, `"password": "x"`, several in a line of JSON. */
const SETTING = /(?:^|[{,])[ \t]*(?:-[ \t]+)?["']?([\w.-]+)["']?[ \t]*[:=][ \t]*("[^"\n]*"|'[^'\n]*'|[^\s,}#"']+)/gm;
/** `--password=x`, and Java's `-Ddb.password=x`. */
const OPTION = /(?:^|\s)-(?:-|D)?([\w.-]+)=(\S+)/g;

/** Texts that have a name: variables, arguments, and what ConfigMaps hold. */
export function namedTexts(object: unknown): readonly ObjectText[] {
  const inPods = containersOf(object).flatMap((each) => [...variables(each), ...argumentsOf(each)]);
  return textAt(object, 'kind') === 'ConfigMap' ? settings(object) : inPods;
}

/** Texts that are like something, wherever they stand, by their path: headers of routes, commands of probes, annotations. */
export function textsLike(value: unknown, isLike: (text: string) => boolean): readonly ObjectText[] {
  if (!hasLike(value, isLike)) return [];
  const found: ObjectText[] = [];
  const keys: string[] = [];
  const look = (inner: unknown): void => {
    if (typeof inner === 'string') {
      if (isLike(inner)) found.push({ place: keys.join('.'), value: inner });
      return;
    }
    if (typeof inner !== 'object' || inner === null) return;
    for (const key of Object.keys(inner)) {
      keys.push(key);
      look(Reflect.get(inner, key));
      keys.pop();
    }
  };
  look(value);
  return found;
}

/** Whether there is one: most objects have none, so that nobody asks for its path. */
function hasLike(value: unknown, isLike: (text: string) => boolean): boolean {
  if (typeof value === 'string') return isLike(value);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each) => hasLike(each, isLike));
  for (const key in value) if (hasLike(Reflect.get(value, key), isLike)) return true;
  return false;
}

function variables(container: unknown): readonly ObjectText[] {
  return listAt(container, 'env').flatMap((each) => {
    const [place, value] = [textAt(each, 'name') ?? '', textAt(each, 'value') ?? ''];
    return [{ place, name: place, value }, ...pairs(OPTION, place, value)];
  });
}

function argumentsOf(container: unknown): readonly ObjectText[] {
  const place = `an argument of ${textAt(container, 'name')}`;
  const texts = ['command', 'args'].flatMap((path) => listAt(container, path)).map(String);
  return texts.flatMap((value, index) => {
    const option = /^--?([\w.-]+)$/.exec(texts[index - 1] ?? '')?.[1];
    return [{ place, name: value.startsWith('-') ? undefined : option, value }, ...pairs(OPTION, place, value)];
  });
}

function settings(configMap: unknown): readonly ObjectText[] {
  const data = Object.entries(Object(at(configMap, 'data'))).map(([key, value]) => [key, String(value)] as const);
  const binary = Object.entries(Object(at(configMap, 'binaryData'))).map(([key, value]) =>
    ({ place: key, value: Buffer.from(String(value), 'base64').toString('latin1') }));
  return [...binary, ...data.flatMap(([key, value]) => [
    { place: key, name: key, value }, ...(SETTINGS.test(key) ? pairs(SETTING, key, value) : []),
  ])];
}

/** What a text says by names in it, which its place has too. */
function pairs(pattern: RegExp, whole: string, text: string): readonly ObjectText[] {
  return [...text.matchAll(pattern)].map(([, name, value]) => ({
    place: `${name} in ${whole}`, name, part: true, value: value.replace(/^(["'])(.*)\1$/, '$2'),
  }));
}
