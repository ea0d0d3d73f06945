import { isHeaderName } from '../graph/header-operations';

/** Where in a request a token stands. */
export class TokenLocation {
  /**
   * A header.
   * @param name in lower case
   * @param prefix what stands before the token, the space included: `'Bearer '`. Default: nothing
   */
  public static header(name: string, { prefix }: { readonly prefix?: string } = {}): TokenLocation {
    return new TokenLocation('header', name, prefix);
  }

  /** A cookie. */
  public static cookie(name: string): TokenLocation {
    return new TokenLocation('cookie', name);
  }

  /** A parameter of the query, which access logs and the history of browsers keep. */
  public static param(name: string): TokenLocation {
    return new TokenLocation('param', name);
  }

  private constructor(
    /** What it stands in. */
    public readonly kind: 'header' | 'cookie' | 'param',
    /** Name of that. */
    public readonly name: string,
    /** What stands before it in a header, if anything. */
    public readonly prefix?: string,
  ) {}

  /** Whether a token there would be taken for one of the other place. */
  public isAt(other: TokenLocation): boolean {
    return this.kind === other.kind && this.name === other.name;
  }

  /** In words, for messages: `header authorization`. */
  public get words(): string {
    return `${this.kind} ${this.name}`;
  }

  /** What is wrong with it, or undefined. */
  public problem(): string | undefined {
    if (this.kind === 'header' && !isHeaderName(this.name)) return `a token's header must be a name in lower case, got '${this.name}'`;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(this.name)) return `a token's ${this.kind} must have a name without spaces and separators, got '${this.name}'`;
    return this.prefix === '' ? 'prefix of a token must be a text, got none; leave it out' : undefined;
  }
}
