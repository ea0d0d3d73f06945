import { RenderedFiles } from '../checks/rendered';
import { oneOf } from './usage-error';

/** What a command is asked to look at. */
export interface Selection {
  /** Environments. @default - all */
  readonly env?: readonly string[];
  /** Systems. @default - all */
  readonly system?: readonly string[];
}

/** Folders that hold no environment. */
const OTHERS = ['bootstrap', 'contracts', 'experiments'];

/** Files of some environments and systems, those of both where both are named. @throws UsageError for one that is not there */
export function selected(files: RenderedFiles, { env = [], system = [] }: Selection, names: RenderedFiles = files): RenderedFiles {
  const [environments, systems] = [environmentsOf(names), systemsOf(names)];
  for (const name of env) oneOf('environment', name, environments);
  for (const name of system) oneOf('system', name, systems);
  if (env.length + system.length === 0) return files;
  const isOne = (wanted: readonly string[], name: string | undefined): boolean => wanted.length === 0 || (name !== undefined && wanted.includes(name));
  return new Map([...files].filter(([path, text]) => {
    const place = placeOf(path, text, files);
    return isOne(env, place.environment) && isOne(system, place.system);
  }));
}

/** Environments of a rendered folder, sorted. */
export function environmentsOf(files: RenderedFiles): readonly string[] {
  const folders = [...files.keys()].filter((path) => path.includes('/')).map((path) => path.split('/')[0]);
  return [...new Set(folders)].filter((name) => !OTHERS.includes(name)).sort();
}

/** Systems of a rendered folder, sorted. */
export function systemsOf(files: RenderedFiles): readonly string[] {
  const folders = [...files.keys()].map((path) => path.split('/')).filter((steps) => steps.length > 2 && !OTHERS.includes(steps[0]));
  return [...new Set(folders.map(([, system]) => system))].sort();
}

/** Where a file belongs: `bootstrap/staging.yaml` to an environment, `contracts/staging/shop.json` to a system too. */
function placeOf(path: string, text: string, files: RenderedFiles): { readonly environment?: string; readonly system?: string } {
  const [first, second = '', third] = path.split('/');
  const stem = (name: string): string => name.replace(/\.[^.]*$/, '');
  if (first === 'bootstrap') return { environment: stem(second) };
  if (first === 'contracts') return { environment: second, system: stem(third ?? '') };
  if (first !== 'experiments') return { environment: first, system: third === undefined ? undefined : second };
  const description = files.get(['experiments', second, third, 'experiment.yaml'].join('/')) ?? text;
  return { environment: /^environment: *(\S+)$/m.exec(description)?.[1], system: second };
}
