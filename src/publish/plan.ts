import { isDeepStrictEqual } from 'node:util';
import { TreeEntry, contentsOf, entriesOf } from '../checks/git-tree';
import { Finding, inWords } from '../checks/finding';
import { objectsIn } from '../checks/rendered';
import { checkTransition } from '../checks/transition';
import { withExceptions } from '../checks/transition-exceptions';
import { ConfigurationError } from '../graph/configuration-error';
import { checkApplicationPaths } from './application-paths';
import { NewCommit, checkCommit, makeCommit } from './commit';
import { Told, messageOf } from './commit-message';
import { Changes, Standing, changesTo, checkRecord } from './hand-edits';
import { Provenance, PUBLICATION, Source, hashOf, publicationIn, publicationSchemaVersion, textOfPublication } from './publication';
import { checkOverlap, checkPlaces, inRepository, overlapping } from './publish-path';
import { Remote } from './remote';
import { Files, manifestsIn } from './rendered-folder';
import { Identity, exceptionsSince } from './source';
import { versions } from './versions';

/** What is published, wherever the branch stands. */
export interface Prepared {
  readonly repository: string;
  readonly path: string;
  readonly dist: string;
  readonly files: Files;
  readonly objects: number;
  readonly adopt: readonly string[];
  readonly exceptions: readonly string[];
  readonly source: Source;
  readonly identity: Identity;
}

/** What a publish does where the branch stands now. */
export interface Plan {
  /** The commit, made, read back and not pushed; none where nothing changes. */
  readonly commit?: string;
  readonly changes: Changes;
  readonly warnings: readonly Finding[];
}

/** What is to be committed where the published path is as it is. */
interface Verdict {
  readonly changes: Changes;
  readonly record: string;
  readonly message: string;
  readonly warnings: readonly Finding[];
}

/** Judges a publish against what is there, and makes its commit. */
export class Planner {
  private last?: { readonly state: string; readonly verdict: Verdict | Changes };

  constructor(
    private readonly remote: Remote,
    private readonly prepared: Prepared,
  ) {}

  /**
   * The commit for where the branch stands now. A push that is tried again is judged again only if the published path itself
   * was changed: with many publishers at once, most of what changes is elsewhere.
   * @param base commit that the branch is at; none in an empty repository
   */
  public async planOn(base: string | undefined, name: string): Promise<Plan> {
    const { repository, path, files, identity } = this.prepared;
    const { git } = this.remote;
    const entries = base === undefined ? [] : await entriesOf(git, base);
    checkOverlap(path, await contentsOf(git, overlapping(entries, path)));
    const verdict = await this.verdictOn(entries.filter((entry) => path === '' || entry.path.startsWith(`${path}/`)));
    if (!('record' in verdict)) return { changes: verdict, warnings: [] };
    const { changes, record, message, warnings } = verdict;
    const places = [...files.keys(), PUBLICATION].map((file) => inRepository(path, file));
    const removed = changes.remove.map((file) => inRepository(path, file));
    const kept = keptOf(entries, [...places, ...removed]);
    checkPlaces(places, kept);
    checkApplicationPaths(repository, path, files, kept.map((entry) => entry.path));
    const commit: NewCommit = {
      parent: base,
      write: new Map([...changes.write, [PUBLICATION, Buffer.from(record)] as const].map(([file, content]) => [inRepository(path, file), content])),
      remove: removed,
      message,
      identity,
    };
    const made = await makeCommit(this.remote, commit, name);
    await checkCommit(this.remote, made, entries, commit);
    return { commit: made, changes, warnings };
  }

  private async verdictOn(entries: readonly TreeEntry[]): Promise<Verdict | Changes> {
    const state = JSON.stringify(entries);
    if (this.last?.state === state) return this.last.verdict;
    const verdict = await judge(await standingIn(this.remote, entries, this.prepared.path), this.prepared);
    this.last = { state, verdict };
    return verdict;
  }
}

/** Nothing but the changes where there are none. */
async function judge(standing: Standing, prepared: Prepared): Promise<Verdict | Changes> {
  const { path, files, adopt, source, objects } = prepared;
  const place = path === '' ? '.' : path;
  checkRecord(place, standing.record, source, adopt);
  const changes = changesTo(place, standing, files, adopt);
  const hashes = Object.fromEntries([...files].map(([file, content]) => [file, hashOf(content)]));
  if (changes.write.size === 0 && changes.remove.length === 0 && isDeepStrictEqual(standing.record?.provenance?.files, hashes)) return changes;
  const { warnings, exceptions } = await findingsOf(standing, prepared);
  const provenance: Provenance = { source, versions: versions(), files: hashes };
  const record = textOfPublication({ schemaVersion: publicationSchemaVersion, provenance, experiments: [] });
  return { changes, record, message: messageOf({ path, provenance, record, changes, objects, exceptions }), warnings };
}

/** The published path as the branch has it: its record and plain files. */
async function standingIn({ git }: Remote, entries: readonly TreeEntry[], path: string): Promise<Standing> {
  const contents = await contentsOf(git, entries);
  const files = new Map([...contents].map(([file, content]) => [path === '' ? file : file.slice(path.length + 1), content]));
  const text = files.get(PUBLICATION)?.toString();
  return { record: text === undefined ? undefined : publicationIn(inRepository(path, PUBLICATION), text), files };
}

/** What no publish wrote and none may overwrite: every other path, and what is no plain file. */
function keptOf(entries: readonly TreeEntry[], ours: readonly string[]): readonly TreeEntry[] {
  const own = new Set(ours);
  return entries.filter(({ path, mode }) => !own.has(path) || !mode.startsWith('100'));
}

/** @throws ConfigurationError with the errors of the transition that nobody excepts */
async function findingsOf(standing: Standing, prepared: Prepared): Promise<Pick<Told, 'exceptions'> & Pick<Plan, 'warnings'>> {
  const { record, files } = standing;
  const { dist, files: wanted, exceptions } = prepared;
  const written = Object.keys(record?.provenance?.files ?? {});
  const before = manifestsIn(new Map([...files].filter(([path]) => written.includes(path))));
  const all = checkTransition(new Map([...before].filter(isReadable)), manifestsIn(wanted));
  const earlier = all.length === 0 ? [] : await exceptionsSince(dist, record?.provenance?.source.commit);
  const excepted = earlier.filter((exception) => all.some(({ object }) => exception.startsWith(`${object}:`)));
  const findings = withExceptions(all, [...exceptions, ...excepted]);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const fix = 'publish the commits between one after the other, or except what is meant';
    throw new ConfigurationError(`${errors.map(inWords).join('\n')}\nnothing was published; ${fix}`);
  }
  return { exceptions: [...exceptions, ...excepted], warnings: findings };
}

/** What somebody edited so that it is no manifest any more is not applied either: nothing of it can be hurt. */
function isReadable(file: readonly [path: string, text: string]): boolean {
  try {
    return objectsIn(new Map([file])).length >= 0;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}
