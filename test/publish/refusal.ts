import { PublishOptions } from '../../src/publish';
import { git, published, SourceRepository } from './repositories';

/** The test at hand: a source, and a repository that it was published to. */
export let repository: string;
export let source: SourceRepository;
export async function newPair(): Promise<void> {
  ({ repository, source } = await published());
}

/** Nothing is published, and every one of the words is said. */
export async function expectRefusal(options: Partial<PublishOptions> & { readonly to?: string }, ...words: readonly (string | RegExp)[]): Promise<string> {
  const before = git(repository, 'for-each-ref');
  const { to = repository, ...rest } = options;
  const error: unknown = await source.publish(to, rest).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'ConfigurationError' });
  for (const word of words) expect(String(error)).toMatch(word);
  expect(git(repository, 'for-each-ref')).toBe(before);
  return String(error);
}
