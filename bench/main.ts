import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Plugin, build } from 'esbuild';
import { Case, SAME_OBJECTS, Setting, casesOf, ownOf } from './cases';
import { compare, documentsIn, objectsIn } from './documents';
import { Equality, judge } from './gates';
import { inputFile, writeManifests, writeSizes } from './inputs';
import { Run, measure } from './measure';
import { others, writeInputs } from './others';
import { gateTable, picture, table } from './report';
import { Results, median } from './results';

const LONG = 20_000; // milliseconds; a case that takes longer runs once

/** Documents of a case that differ from what they should be. */
class Different extends Error {}

interface Options {
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly mostOfStock: number;
  /** What is measured. @default - everything */
  readonly cases?: readonly string[];
  readonly out: string;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false }, sizes: { type: 'string' }, rounds: { type: 'string' },
      stock: { type: 'string' }, cases: { type: 'string' }, out: { type: 'string' },
    },
  });
  const sizes = (values.sizes ?? (values.short ? '11,100' : '11,100,300,1000,3000')).split(',').map(Number);
  const mostOfStock = Number(values.stock ?? Math.max(...sizes));
  const rounds = Number(values.rounds ?? (values.short ? 3 : 5));
  const wrong = [...sizes, rounds, mostOfStock].some((number) => !Number.isInteger(number) || number < 1);
  if (wrong) throw new Error('sizes, rounds and stock must be whole numbers of 1 or more');
  return { sizes, rounds, mostOfStock, cases: values.cases?.split(','), out: resolve(values.out ?? join('bench', 'out')) };
}

/** Programs that are bundled keep finding the files beside their sources. */
const besideSources: Plugin = {
  name: 'beside-sources',
  setup: ({ onLoad }) => onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => (
    { contents: readFileSync(path, 'utf8').replaceAll('__dirname', JSON.stringify(dirname(path))), loader: 'ts' })),
};

/** Programs that are compiled use the library that is packed. */
const packedLibrary: Plugin = {
  name: 'packed-library',
  setup: ({ onResolve }) => onResolve({ filter: /\/index$/ }, () => ({ path: './lib/src/index.js', external: true })),
};

/** Library and command as npm has them, and programs of one file each. */
async function compile(apps: string): Promise<void> {
  execFileSync(process.execPath, ['--require', 'tsx/cjs', join('scripts', 'bundle.ts'), join(apps, 'lib')], { stdio: 'pipe' });
  const entryPoints = readdirSync(join(__dirname, 'apps')).map((file) => join(__dirname, 'apps', file));
  await build({
    entryPoints, outdir: apps, bundle: true, platform: 'node', target: 'node20', packages: 'external', logLevel: 'warning',
    plugins: [besideSources, packedLibrary],
  });
}

/** Every case that has no manifests of its own gets those of the first. */
async function prepare(setting: Setting, folder: string): Promise<void> {
  const { apps, inputs, sizes } = setting;
  for (const size of sizes) {
    const out = join(folder, `first-${size}`);
    await measure(process.execPath, [join(apps, 'mesh.js'), 'ours', String(size), out]);
    writeManifests(out, inputFile(inputs, 'manifests', size));
    writeSizes(out, inputFile(inputs, 'sizes', size));
    writeInputs(setting, size);
    rmSync(out, { recursive: true });
  }
}

const nameOf = ({ what, engine, size }: Case): string => `${what}-${engine}-${size}`;

/** One run of a case in a folder that is not there yet. */
async function once(each: Case, out: string, ours: readonly Run[]): Promise<Run> {
  const limit = each.limit === undefined || ours.length === 0 ? Infinity : each.limit * median(ours.map(({ wall }) => wall));
  const [program, ...args] = each.command(out);
  return measure(program, args, { ...each, limit });
}

async function rounds(cases: readonly Case[], count: number, folder: string): Promise<{ results: Results; equality: Equality }> {
  const runs = new Map<Case, Run[]>(cases.map((each) => [each, []]));
  const like = ({ what, size }: Case): readonly Run[] =>
    runs.get(cases.find((other) => other.engine === 'ours' && other.size === size && other.what === ownOf(what))!) ?? [];
  let equality: Equality = { equal: 0, of: 0 };
  for (let round = 0; round < count; round++) {
    const kept = join(folder, `round-${round}`);
    for (const each of cases) {
      const earlier = runs.get(each)!;
      if (earlier.some(({ wall }) => wall > LONG)) continue;
      earlier.push(await once(each, join(kept, nameOf(each)), like(each)));
      process.stderr.write(`round ${round + 1} of ${count}: ${nameOf(each)} ${earlier.at(-1)!.wall.toFixed(0)} ms\n`);
    }
    if (round === 0) equality = compareAll(cases.filter((each) => runs.get(each)!.every(({ ended }) => ended)), kept);
    rmSync(kept, { recursive: true });
  }
  return { results: new Results(cases.map((each) => ({ what: each.what, engine: each.engine, size: each.size, runs: runs.get(each)! }))), equality };
}

/** Times of outputs that differ would say nothing. @throws Different where an object is not the same */
function compareAll(cases: readonly Case[], folder: string): Equality {
  const outputs = new Map(cases.map((each) => [nameOf(each), join(folder, nameOf(each))]));
  const total = { equal: 0, of: 0 };
  for (const each of cases.filter(({ engine, what }) => engine === 'stock' && ['program', 'objects', 'project'].includes(what))) {
    const { equal, of } = compare(documentsIn(outputs.get(nameOf({ ...each, engine: 'ours' }))!), documentsIn(outputs.get(nameOf(each))!));
    total.equal += equal;
    total.of += of;
  }
  for (const each of cases.filter(({ what, size }) => (what === 'objects' || SAME_OBJECTS.includes(what)) && size <= 1000)) {
    const ours = outputs.get(nameOf({ ...each, what: 'program', engine: 'ours' }))!;
    const unknown = each.what === 'plus' || each.what === 'template' ? 'lifecycle' : undefined; // cdk8s-plus-28 does not know `preStop: sleep`
    const { equal, of, other } = compare(objectsIn(ours, unknown), objectsIn(outputs.get(nameOf(each))!, unknown));
    if (equal !== of || of === 0) throw new Different(`${nameOf(each)}: ${equal} of ${of} objects are the same; one that is not: ${other}`);
  }
  return total;
}

async function main(): Promise<void> {
  const { sizes, rounds: count, mostOfStock, cases: wanted, out } = options();
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'meshmart-bench-'));
  const apps = resolve('bench', 'out', `apps-${process.pid}`); // below the packages that they need
  try {
    await compile(apps);
    const wants = (what: Case['what']): boolean => what === 'program' || (wanted?.includes(what) ?? true);
    const setting = { apps, inputs: join(folder, 'inputs'), sizes, mostOfStock, ...others(apps, wants) };
    const before = loadavg()[0];
    await prepare(setting, folder);
    const cases = casesOf(setting).filter(({ what }) => wants(what));
    const { results, equality } = await rounds(cases, count, folder);
    const verdicts = judge(results, equality);
    const load = `load ${before.toFixed(1)} at the start and ${loadavg()[0].toFixed(1)} at the end`;
    const machine = `node ${process.version}, ${cpus().length} x ${cpus()[0].model}, ${load}`;
    process.stdout.write(`${machine}\n\n${table(results)}\n\n${gateTable(verdicts)}\n`);
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'bench.json'), `${JSON.stringify({ machine, results: results.all, verdicts }, null, 2)}\n`);
    writeFileSync(join(out, 'bench.svg'), picture(results));
    if (verdicts.some(({ holds }) => holds === false)) process.exitCode = 1;
  } finally {
    for (const each of [folder, apps]) rmSync(each, { recursive: true, force: true });
  }
}

void main();
