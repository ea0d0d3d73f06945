import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inputFile, inputFolder } from './inputs';

/** One program that is measured. */
export interface Case {
  /** What it is, such as `objects`. */
  readonly what: What;
  /** Whose engine it has. */
  readonly engine: 'ours' | 'stock' | 'other';
  /** Number of services or of charts; 0 where it does not count. */
  readonly size: number;
  /** The process that writes to a fresh folder. */
  readonly command: (out: string) => readonly [program: string, ...args: string[]];
  /** How often as long as ours it may take until it is ended; its time is then at least that. @default - as long as it wants */
  readonly limit?: number;
  /** Where the process starts. @default - here */
  readonly folder?: string;
  /** Whether it starts others, whose memory nobody looks at; their processor time counts. @default false */
  readonly family?: boolean;
}

/** What a case does. */
export type What =
  'program' | 'objects' | 'plus' | 'template' | 'helm' | 'releases' | 'kustomize' | 'chained' | 'free' | 'project' | 'floor' | 'help' | 'node';

/** What writes the objects of `program` from an input that is made of them. */
export const SAME_OBJECTS: readonly What[] = ['plus', 'template', 'helm', 'releases', 'kustomize'];

/** What of ours has the same to do. */
export const ownOf = (what: What): What => (what === 'floor' || SAME_OBJECTS.includes(what) ? 'program' : what);

/** What is needed to make the cases. */
export interface Setting {
  /** Folder of the compiled programs. */
  readonly apps: string;
  /** Folder of the inputs. */
  readonly inputs: string;
  readonly sizes: readonly number[];
  /** Most services that the stock app is asked for by the constructs of this library, which takes it long. */
  readonly mostOfStock: number;
  /** Path of Helm. @default - there is none */
  readonly helm?: string;
  /** Path of kubectl, which has kustomize in it. @default - there is none */
  readonly kubectl?: string;
  /** Folder of the projects that are as cdk8s' template. @default - there is none */
  readonly template?: string;
}

/** Charts in a chain; the stock app is exponential in their number. */
export const CHAIN = { ours: 100, stock: 7 };

/** Most services where no gate asks for more: these take longest. */
export const MOST_OF = { plus: 1000, template: 100, releases: 100, kustomize: 300 };

/** Every case, ours before those that are limited by it. */
export function casesOf(setting: Setting): readonly Case[] {
  const { apps, inputs, sizes, mostOfStock, template } = setting;
  const app = (name: string, ...args: string[]) => (out: string): readonly [string, ...string[]] => [process.execPath, join(apps, `${name}.js`), ...args, out];
  const engines = ['ours', 'stock'] as const;
  const chain = engines.flatMap((engine) => (['free', 'chained'] as const).map((what): Case =>
    ({ what, engine, size: CHAIN[engine], command: app('chain', engine, String(CHAIN[engine]), what) })));
  const project = engines.map((engine): Case => ({ what: 'project', engine, size: 0, command: app('project', engine) }));
  return [
    { what: 'program', engine: 'ours', size: 0, command: app('mesh', 'ours', '0') },
    ...sizes.flatMap((size): Case[] => [
      { what: 'program', engine: 'ours', size, command: app('mesh', 'ours', String(size)) },
      { what: 'objects', engine: 'ours', size, command: app('objects', 'ours', inputFile(inputs, 'manifests', size)) },
      { what: 'floor', engine: 'other', size, command: app('floor', inputFile(inputs, 'sizes', size)) },
      ...otherTools(setting, size),
      { what: 'objects', engine: 'stock', size, command: app('objects', 'stock', inputFile(inputs, 'manifests', size)), limit: 150 },
      ...(size > MOST_OF.plus ? [] : [
        { what: 'plus' as const, engine: 'stock' as const, size, command: app('plus', inputFile(inputs, 'manifests', size)), limit: 100 },
      ]),
      ...(template === undefined || size > MOST_OF.template ? [] : [{
        what: 'template' as const, engine: 'stock' as const, size, folder: join(template, String(size)), family: true,
        command: (out: string) => ['npx', 'cdk8s', 'synth', '--check-upgrade=false', '--output', out] as const,
      }]),
      ...(size > mostOfStock ? [] : [
        { what: 'program' as const, engine: 'stock' as const, size, command: app('mesh', 'stock', String(size)), limit: size > 1000 ? 110 : 25 },
      ]),
    ]),
    ...chain,
    ...project,
    { what: 'help', engine: 'ours', size: 0, command: () => [process.execPath, join(apps, 'lib', 'src', 'command', 'main.js'), '--help'] },
    { what: 'node', engine: 'other', size: 0, command: () => [process.execPath, '--eval', '0'] },
  ];
}

function otherTools({ apps, inputs, helm, kubectl }: Setting, size: number): readonly Case[] {
  const cases: Case[] = [];
  if (helm !== undefined) {
    const chart = inputFolder(inputs, 'chart', size);
    cases.push({ what: 'helm', engine: 'other', size, command: (out) => [helm, 'template', 'boutique', chart, '--output-dir', out] });
  }
  if (helm !== undefined && size <= MOST_OF.releases) {
    const folder = inputFolder(inputs, 'releases', size);
    cases.push({ what: 'releases', engine: 'other', size, family: true, command: (out) => [process.execPath, join(apps, 'releases.js'), helm, folder, out] });
  }
  if (kubectl !== undefined && size <= MOST_OF.kustomize) {
    const command = (out: string): readonly [string, ...string[]] => {
      mkdirSync(out, { recursive: true }); // kubectl makes none
      return [kubectl, 'kustomize', inputFolder(inputs, 'kustomize', size), '--output', join(out, 'all.yaml')];
    };
    cases.push({ what: 'kustomize', engine: 'other', size, command, limit: 25 });
  }
  return cases;
}
