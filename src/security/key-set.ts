/** Keys that tokens are signed with, their public halves: a JWKS (RFC 7517). */
export interface KeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Members that a public key has, by its `kty`. Sources: RFC 7518, 6.2 and 6.3; RFC 8037, 2. */
const PUBLIC: Readonly<Record<string, readonly string[]>> = { RSA: ['n', 'e'], EC: ['crv', 'x', 'y'], OKP: ['crv', 'x'] };
/** Members that only who signs may know. Sources: RFC 7518, 6.2.2, 6.3.2 and 6.4.1. */
const SECRET = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** What is wrong with a set of keys, or undefined. Values of members are in no message. */
export function keySetProblem({ keys }: KeySet): string | undefined {
  if (!Array.isArray(keys) || keys.length === 0) return 'jwks must have a key, got none; copy the keys of the issuer\'s jwks_uri';
  for (const [index, key] of keys.entries()) {
    const problem = keyProblem(key);
    if (problem !== undefined) return `jwks.keys[${index}] ${problem}`;
  }
  const kids = keys.map(({ kid }) => kid).filter((kid) => kid !== undefined);
  const twice = kids.find((kid, index) => kids.indexOf(kid) < index);
  return twice === undefined ? undefined : `jwks must tell its keys apart, got two of kid ${JSON.stringify(twice)}; remove one`;
}

function keyProblem(key: Readonly<Record<string, unknown>>): string | undefined {
  const { kty } = key;
  if (kty === 'oct') return 'must be a public key, got kty \'oct\', a secret: whoever reads it can sign; leave such tokens to the application';
  const members = typeof kty === 'string' ? PUBLIC[kty] : undefined;
  if (members === undefined) return `must be of kty ${Object.keys(PUBLIC).join(', ')}, got ${JSON.stringify(kty)}`;
  const secret = SECRET.filter((name) => name in key);
  if (secret.length > 0) return `must be the public half of a key, got private ${secret.join(', ')}; remove them, and replace the key if others have seen it`;
  const missing = members.find((name) => typeof key[name] !== 'string');
  return missing === undefined ? undefined : `must have ${members.join(', ')}, got no ${missing}`;
}
