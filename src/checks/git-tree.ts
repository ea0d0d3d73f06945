import { SimpleGit } from 'simple-git';

/** A file or submodule of a commit. */
export interface TreeEntry {
  /** Its path in the repository. */
  readonly path: string;
  /** Mode as git has it: `100644` for a plain file, `120000` for a symbolic link, `160000` for a submodule. */
  readonly mode: string;
  /** Hash of its object. */
  readonly id: string;
  /** Bytes; not a number for a submodule. */
  readonly size: number;
}

/** Arguments of one process are limited. */
const AT_ONCE = 1000;

/** What a commit has, below a folder where one is given. */
export async function entriesOf(git: SimpleGit, commit: string, ...folder: readonly string[]): Promise<readonly TreeEntry[]> {
  const lines = (await git.raw('ls-tree', '-r', '-z', '-l', commit, '--', ...folder)).split('\0').filter((line) => line !== '');
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    const [mode, , id, size] = line.slice(0, tab).split(/ +/);
    return { mode, id, size: Number(size), path: line.slice(tab + 1) };
  });
}

/** Contents of files by their path. They are asked for by the dozen: `git show` writes them one after the other, and their sizes are known. */
export async function contentsOf(git: SimpleGit, entries: readonly TreeEntry[]): Promise<ReadonlyMap<string, Buffer>> {
  const files = entries.filter(({ size }) => !Number.isNaN(size));
  const contents = new Map<string, Buffer>();
  for (let start = 0; start < files.length; start += AT_ONCE) {
    const some = files.slice(start, start + AT_ONCE);
    const bytes = await git.showBuffer(some.map(({ id }) => id));
    let end = 0;
    for (const { path, size } of some) {
      end += size;
      contents.set(path, bytes.subarray(end - size, end));
    }
  }
  return contents;
}
