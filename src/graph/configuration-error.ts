/** Something that a person wrote and has to change: its message says where, what and how. */
export class ConfigurationError extends Error {
  public override readonly name = 'ConfigurationError';
}

/**
 * Refuses a configuration.
 * @param path construct path of what is wrong, for example `staging/online-boutique/cartservice`
 * @param problem what is wrong, `got <value>`, and the fix; lower case, no final period
 * @throws ConfigurationError always
 */
export function invalid(path: string, problem: string): never {
  throw new ConfigurationError(`[${path}] ${problem}`);
}
