import { invalid } from './configuration-error';
import { StringMatch } from './party';

const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Texts as a route recognises them. */
export class Text {
  /** Just this text. */
  public static exact(text: string): StringMatch {
    return { exact: checked(text) };
  }

  /** All that begins so. */
  public static prefix(text: string): StringMatch {
    return { prefix: checked(text) };
  }

  /** All that has this somewhere: Istio's regex takes the whole text. */
  public static contains(text: string): StringMatch {
    return { regex: `.*${escaped(checked(text))}.*` };
  }

  /** All of which the whole is taken by a regular expression of RE2. @throws ConfigurationError where it is none */
  public static regex(pattern: string): StringMatch {
    try {
      new RegExp(checked(pattern));
    } catch {
      invalid('text', `regex must be a regular expression, got '${pattern}'; escape what is meant as it stands`);
    }
    if (/\\[1-9]|\(\?[=!<]/.test(pattern)) invalid('text', `regex must be one of RE2, which looks neither ahead nor back, got '${pattern}'; write it without`);
    return { regex: pattern };
  }

  /** A header `cookie` that has a cookie of this value, wherever it stands. */
  public static cookie(name: string, value: string): StringMatch {
    return { regex: `(.*; *)?${escaped(checked(name))}=${escaped(value)}(;.*)?` };
  }

  private constructor() {}
}

/** Whether a match takes a text; false where JavaScript cannot read an expression of RE2. */
export function takesText(wanted: StringMatch, text: string): boolean {
  if ('exact' in wanted) return wanted.exact === text;
  if ('prefix' in wanted) return text.startsWith(wanted.prefix);
  try {
    return new RegExp(`^(?:${wanted.regex})$`, 's').test(text);
  } catch {
    return false;
  }
}

function checked(text: string): string {
  return text === '' ? invalid('text', 'what is matched must not be empty, got none; leave the match out to take all') : text;
}

function escaped(text: string): string {
  return text.replace(SPECIAL, '\\$&');
}
