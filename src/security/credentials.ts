import { at, listAt, textAt } from '../graph/json';
import { exceptionsAnnotation } from '../manifest/exception';

/** Texts that are credentials wherever they stand. Sources: RFC 7468, RFC 7519, and the prefixes that each provider documents. */
const SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/, // JSON Web Token
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, // AWS
  /\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22})/,
  /\bxox[abeprs]-[\w-]{10,}/, // Slack
  /\b[rs]k_live_\w{16,}/, // Stripe
  /\bAIza[\w-]{35}/, // Google
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$[({])[^\s/@]+@/, // password in an address
];
const NAME = /(^|[_.-])(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;
/** What a variable of such a name may well say: a place, a reference, a number or a switch. */
const HARMLESS = /^(\d*|true|false|\/.*|.*\$[({].*|https?:\/\/[^@]*)$/i;

/** Values of an object that look like credentials: YAML is committed and read by many. */
export function credentialProblems(object: unknown): readonly string[] {
  const excepted = annotation(object).split('\n');
  const isExcepted = (name: string): boolean => excepted.some((line) => line.startsWith(`credential in ${name}: `));
  return texts(object).filter(([name, value]) => looksLikeCredential(name, value) && !isExcepted(name)).map(([name, value]) =>
    `${name} looks like a credential, got a text of ${value.length} characters; refer to a Secret, or give Exception.credential a reason`);
}

function annotation(object: unknown): string {
  const annotations = at(object, 'metadata.annotations');
  const text: unknown = typeof annotations === 'object' && annotations !== null ? Reflect.get(annotations, exceptionsAnnotation) : undefined;
  return typeof text === 'string' ? text : '';
}

function looksLikeCredential(name: string, value: string): boolean {
  return SHAPES.some((shape) => shape.test(value)) || (NAME.test(name) && !HARMLESS.test(value));
}

/** Texts by name: variables, arguments and the data of ConfigMaps. */
function texts(object: unknown): readonly (readonly [string, string])[] {
  const pod = at(object, textAt(object, 'kind') === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec');
  const inPods = ['initContainers', 'containers'].flatMap((path) => listAt(pod, path)).flatMap((container) => [
    ...listAt(container, 'env').map((each) => [textAt(each, 'name') ?? '', textAt(each, 'value') ?? ''] as const),
    ...['command', 'args'].flatMap((path) => listAt(container, path).map((each) => [`an argument of ${textAt(container, 'name')}`, String(each)] as const)),
  ]);
  const data = textAt(object, 'kind') === 'ConfigMap' ? Object.entries(Object(at(object, 'data'))).map(([key, value]) => [key, String(value)] as const) : [];
  return [...inPods, ...data];
}
