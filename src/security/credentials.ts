import { at } from '../graph/json';
import { exceptionsAnnotation } from '../manifest/exception';
import { ObjectText, namedTexts, textsLike } from './object-texts';

/** Texts that are credentials wherever they stand. Sources: RFC 7468, RFC 7519, and the prefixes that each provider documents. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, // JSON Web Token
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, // AWS
  /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22})/,
  /\bxox[abeprs]-[\w-]{10,}/, // Slack
  /\b[rs]k_live_\w{16,}/, // Stripe
  /\bAIza[\w-]{35}/, // Google
  /\bBasic (?=\S*[A-Z])(?=\S*[\d+/=])[A-Za-z\d+/]{8}|\bBearer (?=\S*\d)[\w.~+/-]{16}/, // RFC 7617, RFC 6750
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$[({])[^\s/@]+@/, // password in an address
];
/** What one of each shape has at least; most texts have none of it, and ask for one expression instead of nine. */
const SUCH = /PRIVATE KEY|eyJ|A[KS]IA|gh[pousr]_|github_pat_|xox|[rs]k_live_|AIza|Basic |Bearer |:\/\//;
/** Ends of names whose values are credentials; `clientSecret` is read as `client_Secret`. */
const NAME = /(PASSWORD|PASSWD|PASSPHRASE|REQUIREPASS|(^|[^a-z0-9])(PASS|PWD|SECRET|TOKEN|(API|ACCESS|PRIVATE|SIGNING|ENCRYPTION)[_-]?KEY|CREDENTIALS?))$/i;
/** What a variable of such a name may well say: nothing, a place, a reference, a number or a switch. */
const HARMLESS = /^(\d*|true|false|null|[~|>{[].?|\/.*|.*\$[({].*|https?:\/\/[^@]*)$/i;
/** Such a name with a number, which is no time and no count. */
const NUMBER = /passw(or)?d=\d+$/i;

/** Values of an object that look like credentials: YAML is committed and read by many. */
export function credentialProblems(object: unknown): readonly string[] {
  const excepted = annotation(object).split('\n');
  const isExcepted = ({ place }: ObjectText): boolean => excepted.some((line) => line.startsWith(`credential in ${place}: `));
  const named = namedTexts(object);
  const texts = new Set(named.map(({ value }) => value));
  const others = textsLike(object, (value) => isCredential(value) && !texts.has(value));
  const problems = [...named.filter(looksLikeCredential), ...others].filter((text) => !isExcepted(text)).map(({ place, value }) =>
    `${place} looks like a credential, got a text of ${value.length} characters; refer to a Secret, or give Exception.credential a reason`);
  return [...new Set(problems)];
}

function annotation(object: unknown): string {
  const annotations = at(object, 'metadata.annotations');
  const text: unknown = typeof annotations === 'object' && annotations !== null ? Reflect.get(annotations, exceptionsAnnotation) : undefined;
  return typeof text === 'string' ? text : '';
}

function isCredential(text: string): boolean {
  return SUCH.test(text) && SHAPES.some((shape) => shape.test(text));
}

function looksLikeCredential({ name, value, part }: ObjectText): boolean {
  if (!part && isCredential(value)) return true;
  return name !== undefined && NAME.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')) && (!HARMLESS.test(value) || NUMBER.test(`${name}=${value}`));
}
