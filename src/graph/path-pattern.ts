/** How Istio matches a URI in a route. Source: `StringMatch` of networking.istio.io/v1. */
export type UriMatch = { readonly exact: string } | { readonly prefix: string } | { readonly regex: string };

const parameter = /^\{[A-Za-z][A-Za-z0-9]*\}$/;
const literal = /^[A-Za-z0-9._~!$&'()+,;=:@%-]*$/;

/**
 * Which request paths an operation answers: `/cart` is just that, `/product/{id}` has any one segment for `{id}`,
 * `/static/*` is `/static` and all below it.
 *
 * Routes and policies write paths differently; both are made here so that they cannot drift apart.
 */
export class PathPattern {
  private readonly segments: readonly string[];
  private readonly open: boolean;

  constructor(
    /** The pattern as written. */
    public readonly text: string,
  ) {
    const segments = text.split('/').slice(1);
    this.open = segments.at(-1) === '*';
    this.segments = this.open ? segments.slice(0, -1) : segments;
  }

  /** What is wrong with the pattern, or undefined. */
  public problem(): string | undefined {
    if (!this.text.startsWith('/')) return `path must begin with '/', got '${this.text}'`;
    if ((this.open ? this.segments : this.segments.slice(0, -1)).includes('')) return `path must not have an empty segment, got '${this.text}'`;
    const dots = this.segments.find((segment) => segment === '.' || segment === '..');
    if (dots !== undefined) return `path must not have a segment '${dots}', which proxies resolve before they look, got '${this.text}'`;
    const odd = this.segments.find((segment) => !parameter.test(segment) && !literal.test(segment));
    if (odd === undefined) return undefined;
    return `path segments are literals, {name}, or a last *, got '${odd}' in '${this.text}'`;
  }

  /** Matches of a route, any of which may hold. */
  public uriMatches(): readonly UriMatch[] {
    const base = this.base();
    if (this.hasParameters) return [{ regex: this.regex() }];
    if (!this.open) return [{ exact: base }];
    return base === '' ? [{ prefix: '/' }] : [{ exact: base }, { prefix: `${base}/` }];
  }

  /** Paths of an AuthorizationPolicy, any of which may hold. */
  public policyPaths(): readonly string[] {
    const base = this.segments.map((segment) => `/${parameter.test(segment) ? '{*}' : segment}`).join('');
    if (!this.open) return [base];
    if (this.hasParameters) return [base, `${base}/{**}`];
    return base === '' ? ['/*'] : [base, `${base}/*`];
  }

  /** What an Ingress can say of it, which knows no parameters and no methods: one path, or all below what stands before the first parameter. */
  public ingressPath(): { readonly path: string; readonly pathType: 'Exact' | 'Prefix' } {
    const before = this.segments.findIndex((segment) => parameter.test(segment));
    const literals = before < 0 ? this.segments : this.segments.slice(0, before);
    const path = literals.map((segment) => `/${segment}`).join('');
    return { path: path === '' ? '/' : path, pathType: this.open || before >= 0 ? 'Prefix' : 'Exact' };
  }

  /** The same as one regular expression over what a request asks for: its path and, if it has one, its query. */
  public requestRegex(): string {
    return `${this.regex('[^/?]+')}(\\?.*)?`;
  }

  /** Whether some path matches both patterns. */
  public overlaps(other: PathPattern): boolean {
    const shared = Math.min(this.segments.length, other.segments.length);
    for (let i = 0; i < shared; i++) {
      const [mine, theirs] = [this.segments[i], other.segments[i]];
      if (mine !== theirs && !(parameter.test(mine) && theirs !== '') && !(parameter.test(theirs) && mine !== '')) return false;
    }
    if (this.segments.length === other.segments.length) return true;
    return this.segments.length < other.segments.length ? this.open : other.open;
  }

  /** Whether every path that matches the other matches this one. */
  public covers(other: PathPattern): boolean {
    const { segments } = this;
    if (segments.length > other.segments.length) return false;
    const each = segments.every((mine, i) => mine === other.segments[i] || (parameter.test(mine) && other.segments[i] !== ''));
    return each && (this.open || (segments.length === other.segments.length && !other.open));
  }

  /** The pattern without the names of its parameters: two with one key match the same paths. */
  public get key(): string {
    return this.text.replace(/\{[^}]*\}/g, '{}');
  }

  /** Orders patterns so that of two that overlap the more specific comes first. */
  public compare(other: PathPattern): number {
    for (let i = 0; ; i++) {
      const [mine, theirs] = [this.step(i), other.step(i)];
      if (mine !== theirs) return mine < theirs ? -1 : 1;
      if (i >= this.segments.length) return 0;
    }
  }

  private get hasParameters(): boolean {
    return this.segments.some((segment) => parameter.test(segment));
  }

  private base(): string {
    return this.segments.map((segment) => `/${segment}`).join('');
  }

  private regex(anySegment = '[^/]+'): string {
    const parts = this.segments.map((segment) => (parameter.test(segment) ? `/${anySegment}` : `/${segment.replace(/[.$()+]/g, '\\$&')}`));
    return parts.join('') + (this.open ? '(/.*)?' : '');
  }

  /** What comes at an index, so that it sorts: the end, then literals, then a parameter, then anything. */
  private step(index: number): string {
    if (index >= this.segments.length) return this.open ? '3' : '0';
    const segment = this.segments[index];
    return parameter.test(segment) ? '2' : `1${segment}`;
  }
}
