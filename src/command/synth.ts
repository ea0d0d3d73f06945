import { existsSync } from 'node:fs';
import { RenderedFiles, readFolder } from '../checks/rendered';
import { recoverFolder, swapFolder } from '../gitops/folder-swap';
import { named, orRefuse } from '../manifest/folder-error';
import { Context, printJson } from './context';
import { renderedBy } from './run-app';
import { Selection, selected } from './selection';
import { table } from './terminal';

interface Options extends Selection {
  readonly app?: string;
  readonly dist: string;
  readonly json?: boolean;
}

/** One folder of the rendered one, by its files. */
interface FolderChanges {
  readonly folder: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** `meshmart synth`: the app renders into a temporary folder, whose files take the place of the rendered one when the app has ended well. */
export async function synth(options: Options, context: Context): Promise<void> {
  const begun = performance.now();
  recoverFolder(options.dist);
  const before: RenderedFiles = existsSync(options.dist) ? orRefuse(options.dist, 'folder cannot be read', () => readFolder(options.dist)) : new Map();
  const fresh = (await renderedBy({ app: options.app, unchanged: `; ${named(options.dist)} is as it was` }, context)).files;
  const wanted = selected(fresh, options, new Map([...before, ...fresh]));
  const gone = selected(before, options, new Map([...before, ...fresh]));
  const after = new Map([...[...before].filter(([path]) => !gone.has(path)), ...wanted]);
  const changes = changesOf(before, after);
  if (changes.length > 0 || !existsSync(options.dist)) swapFolder(options.dist, after);
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(1));
  context.end(0);
  if (options.json) return printJson(context, { folder: options.dist, files: after.size, seconds, changes });
  const rows = changes.map(({ folder, added, changed, removed }) => [folder, added, changed, removed]);
  const { terminal } = context;
  if (rows.length > 0) terminal.out(table(terminal, [['folder', 'added', 'changed', 'removed'], ...rows]));
  terminal.out(`${after.size} files in ${options.dist}, ${changes.length === 0 ? 'nothing changed' : `${changes.length} folders changed`}, ${seconds} s\n`);
}

function changesOf(before: RenderedFiles, after: RenderedFiles): readonly FolderChanges[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  const folders = [...new Set(paths.map(folderOf))].sort();
  return folders.map((folder) => {
    const own = paths.filter((path) => folderOf(path) === folder);
    const [added, removed] = [before, after].map((without) => own.filter((path) => !without.has(path)).length);
    return { folder, added, changed: own.length - added - removed, removed };
  });
}

/** `staging/shop` for all that lies in it, `staging` for what lies beside. */
function folderOf(path: string): string {
  return path.split('/').slice(0, -1).slice(0, path.startsWith('experiments/') ? 3 : 2).join('/') || '.';
}
