import { join } from 'node:path';
import { inputFile } from './inputs';

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
}

/** What a case does. */
export type What = 'program' | 'objects' | 'plus' | 'helm' | 'chained' | 'free' | 'project' | 'floor' | 'help' | 'node';

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
}

/** Charts in a chain; the stock app is exponential in their number. */
export const CHAIN = { ours: 100, stock: 7 };

/** No gate asks for more by L2 classes. */
const MOST_OF_PLUS = 1000;

/** Every case, ours before those that are limited by it. */
export function casesOf({ apps, inputs, sizes, mostOfStock, helm }: Setting): readonly Case[] {
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
      ...(helm === undefined ? [] : [{
        what: 'helm' as const, engine: 'other' as const, size,
        command: (out: string) => [helm, 'template', 'boutique', join(inputs, `chart-${size}`), '--output-dir', out] as const,
      }]),
      { what: 'objects', engine: 'stock', size, command: app('objects', 'stock', inputFile(inputs, 'manifests', size)), limit: 150 },
      ...(size > MOST_OF_PLUS ? [] : [
        { what: 'plus' as const, engine: 'stock' as const, size, command: app('plus', inputFile(inputs, 'manifests', size)), limit: 100 },
      ]),
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
