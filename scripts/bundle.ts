import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { BuildOptions, BuildResult, Plugin, build } from 'esbuild';

/** What a consumer names. */
const ENTRIES = ['index', 'checks', 'publish', 'testing'].map((name) => `src/${name}.ts`);
/** Starts without the library, and requires what its words ask for. */
const COMMAND = 'src/command/main.ts';
const LIBRARY = 'src/library.ts';
/** Classes of custom resources, loaded only for objects that cdk8s itself must render, and the names of their fields. */
const IMPORTS = readdirSync('imports').map((file) => `imports/${file}`);
const OUT = process.argv[2] ?? 'lib';

/** Whether a module has a file of its own, which is required where others import it. */
type IsApart = (module: string, isRequired: boolean) => boolean;

const outputOf = (module: string): string => join(OUT, module.replace(/\.ts$/, '.js'));
const requireOf = (from: string, to: string): string => `./${relative(dirname(outputOf(from)), outputOf(to))}`;
const modulesIn = ({ metafile }: BuildResult<{ metafile: true }>): readonly string[] => Object.keys(metafile.inputs).filter((path) => path.startsWith('src/'));

function apart(importer: string, isApart: IsApart): Plugin {
  return {
    name: 'apart',
    setup: ({ onResolve, resolve: ask }) => {
      onResolve({ filter: /^\./ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === 'asked') return undefined;
        const module = relative('', (await ask(path, { resolveDir, kind, pluginData: 'asked' })).path);
        return IMPORTS.includes(module) || isApart(module, kind === 'require-call') ? { path: requireOf(importer, module), external: true } : undefined;
      });
    },
  };
}

const OPTIONS = {
  bundle: true, format: 'cjs', platform: 'node', target: 'node20', packages: 'external', metafile: true, logLevel: 'warning',
  keepNames: true, // cdk8s looks at the names of classes
} satisfies BuildOptions;

const buildCommand = (write: boolean, isApart: IsApart) =>
  build({ ...OPTIONS, write, entryPoints: [COMMAND], outfile: outputOf(COMMAND), plugins: [apart(COMMAND, isApart)] });

/** Each module is evaluated when it is first asked for. */
const buildLibrary = (write: boolean, modules: readonly string[], isApart: IsApart) => build({
  ...OPTIONS, write, outfile: outputOf(LIBRARY), plugins: [apart(LIBRARY, isApart)],
  stdin: { contents: modules.map((module) => `exports['${module}'] = () => require('./${module}');`).join('\n'), resolveDir: resolve(), sourcefile: LIBRARY },
});

/** A file that leads to a module of the library; ES modules that import it find its names by reading the last line. */
async function writeDoor(module: string): Promise<void> {
  const library = (await import(resolve(outputOf(LIBRARY)))) as Readonly<Record<string, () => object>>;
  const names = Object.keys(library[module]());
  const text = `module.exports = require('${requireOf(module, LIBRARY)}')['${module}']();\n0 && (module.exports = { ${names.join(', ')} });\n`;
  writeFileSync(outputOf(module), text);
}

/**
 * Writes library and command to a folder (`lib`, or the first argument) in few files, which load faster than four hundred. Every module is written once,
 * since classes that are there twice are not the same: what both need as it is in `src`, the rest of the command in one file, the rest of the
 * library in another. What is imported stays apart.
 */
async function main(): Promise<void> {
  const required = new Set<string>();
  const ofCommand = modulesIn(await buildCommand(false, (module, isRequired) => isRequired && Boolean(required.add(module))));
  const doors = [...ENTRIES, ...required].sort();
  const ofLibrary = new Set(modulesIn(await buildLibrary(false, doors, () => false)));
  const shared = new Set(ofCommand.filter((module) => ofLibrary.has(module)));
  await buildCommand(true, (module, isRequired) => isRequired || shared.has(module));
  await buildLibrary(true, doors, (module) => shared.has(module));
  await build({ ...OPTIONS, bundle: false, packages: undefined, entryPoints: [...shared, ...IMPORTS], outdir: OUT, outbase: '.' });
  for (const door of doors) await writeDoor(door);
}

void main();
