/** What is done to one kind of headers. */
export interface HeaderChanges {
  /** Headers that get this value, whatever they had. @default - none */
  readonly set?: Readonly<Record<string, string>>;
  /** Headers that get this value beside what they have. @default - none */
  readonly add?: Readonly<Record<string, string>>;
  /** Headers that go. @default - none */
  readonly remove?: readonly string[];
}

/** Headers that a proxy writes or removes, in the words of Istio's `HTTPRoute.headers`. */
export interface HeaderOperations {
  /** On the way to the callee. @default - nothing */
  readonly request?: HeaderChanges;
  /** On the way back. @default - nothing */
  readonly response?: HeaderChanges;
}

/** What is wrong with operations on headers, or undefined. */
export function headerProblem({ request, response }: HeaderOperations): string | undefined {
  for (const [side, changes] of Object.entries({ request, response })) {
    if (changes === undefined) continue;
    const { set = {}, add = {}, remove = [] } = changes;
    const names = [...Object.keys(set), ...Object.keys(add), ...remove];
    if (names.length === 0) return `headers.${side} must set, add or remove something, got nothing; remove it`;
    const odd = names.find((name) => !isHeaderName(name));
    if (odd !== undefined) return `headers.${side} must name headers in lower case, got '${odd}'`;
    if (names.includes('host')) return `headers.${side} must leave the host alone, got 'host'; it says where the request goes`;
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) return `headers.${side} must do one thing to a header, got several to '${twice}'; choose one`;
    const problem = Object.entries({ ...set, ...add }).map(([name, value]) => valueProblem(name, value)).find((each) => each !== undefined);
    if (problem !== undefined) return `headers.${side} ${problem}`;
  }
  return request === undefined && response === undefined ? 'headers must change a request or a response, got neither; remove it' : undefined;
}

/** What Envoy replaces in a value: `%REQ(x-user)%`, `%START_TIME%`. `%%` is one that stays. Source: Envoy, custom request and response headers. */
const replaced = /%%|%[A-Z][A-Z0-9_]*(\([^()%]*\))?(:\d+)?%/g;

/** What no proxy would take as a value: it keeps the routes that it had before. */
function valueProblem(name: string, value: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- these are what it is about
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return `must give ${name} one line of text, got ${JSON.stringify(value)}`;
  if (!value.replace(replaced, '').includes('%')) return undefined;
  return `must write a % in the value of ${name} as %%, got '${value}'; alone it begins a name such as %REQ(x-user)%`;
}

/** Whether it is the name of a header as proxies have it: a token of RFC 9110, in lower case. */
export function isHeaderName(name: string): boolean {
  return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name);
}
