import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { runInThisContext } from 'node:vm';
import { Chart } from 'cdk8s';
import { ConfigurationError, invalid } from '../../src/graph/configuration-error';
import { failureReport } from '../../src/gitops/failure-report';
import { synthesize } from '../../src/gitops/synthesize';
import { appOf, VERSIONS } from './alternating-app';
import { readTree, temporaryFolder, writeTree } from './trees';

jest.setTimeout(30_000); // the command takes more than a second to start

const folder = temporaryFolder();
const MAIN = join(__dirname, 'main-fixture.ts');
const TSX = `--import=${require.resolve('tsx')}`;

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a program as a user does, and gives what it printed. */
async function run(args: readonly string[], cwd = process.cwd(), env: Record<string, string> = {}): Promise<Ended> {
  const ended = promisify(execFile)(process.execPath, args, { cwd, env: { ...process.env, ...env } });
  return ended.then((output) => ({ ...output, code: 0 }), ({ stdout, stderr, code }: Ended) => ({ stdout, stderr, code }));
}

/** Runs `synthesize` here, and gives what it printed. */
function printedBy(build: Parameters<typeof synthesize>[0], outdir: string): { stderr: string; code: unknown } {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const before = process.exitCode;
  process.exitCode = undefined;
  synthesize(build, { outdir });
  const code = process.exitCode;
  process.exitCode = before;
  const stderr = write.mock.calls.map(([text]) => String(text)).join('');
  write.mockRestore();
  return { stderr, code };
}

describe('synthesize', () => {
  test('writes the app that it builds', () => {
    const outdir = join(folder, 'written');
    expect(printedBy((app) => { new Chart(app, 'shop'); }, outdir)).toEqual({ stderr: '', code: undefined });
    expect(readTree(outdir)).toEqual({});
  });

  test('says how many files it wrote, and where', async () => {
    const { stdout, stderr, code } = await run([TSX, MAIN], undefined, { CDK8S_OUTDIR: join(folder, 'counted') });
    expect({ stdout, stderr, code }).toEqual({ stdout: `wrote 2 files to ${join(folder, 'counted')}\n`, stderr: '', code: 0 });
  });

  test('fails with exit code 1 and leaves the folder as it was', () => {
    const outdir = join(folder, 'kept');
    writeTree(outdir, { 'old.yaml': 'old' });
    const { stderr, code } = printedBy((app) => app.node.addValidation({ validate: () => ['wrong, got 1'] }), outdir);
    expect({ stderr, code }).toEqual({ stderr: 'error: [] wrong, got 1\n', code: 1 });
    expect(readTree(outdir)).toEqual({ 'old.yaml': 'old' });
  });

  test('fails where build is async, since synth would not wait for it', () => {
    const outdir = join(folder, 'async');
    const { stderr } = printedBy(async () => {}, outdir);
    expect(stderr).toMatch(/^error: \[app\] build function must not be async, got a promise; await before synthesize\n/);
    expect(readTree(outdir)).toBeUndefined();
  });

  test('fails with the place in your own source', async () => {
    const { stdout, stderr, code } = await run([TSX, MAIN, 'reject'], undefined, { CDK8S_OUTDIR: join(folder, 'rejected') });
    expect({ stdout, stderr, code }).toEqual({
      stdout: '',
      stderr: 'error: [shop] port must be 1-65535, got 0\n    at test/gitops/main-fixture.ts:10:37\n',
      code: 1,
    });
  });
});

describe('a report', () => {
  test('has a line for each problem', () => {
    const error = new ConfigurationError('[a] first, got 1\n[b] second, got 2\nand more of it');
    error.stack = undefined;
    expect(failureReport(error, 'build')).toBe('error: [a] first, got 1\nerror: [b] second, got 2\n  and more of it\n');
  });

  test.each([
    ['packages', 'at web (/shop/node_modules/lib/web.js:3:1)'],
    ['Node', 'at Module._compile (node:internal/modules/cjs/loader:1554:14)'],
    ['nothing', 'at <anonymous>'],
    ['the library', `at reject (${join(__dirname, '../../src/manifest/reject.ts')}:9:1)`],
  ])('names no place in %s', (_, frame) => {
    const error = new ConfigurationError('[a] wrong');
    error.stack = `ConfigurationError: [a] wrong\n    ${frame}`;
    expect(failureReport(error, 'build')).toBe('error: [a] wrong\n');
  });

  test.each([
    ['a function', `at shop (${process.cwd()}/my/shop.ts:3:14)`],
    ['a module', `at ${process.cwd()}/my/shop.ts:3:14`],
    ['an ES module', `at async shop (file://${process.cwd()}/my/shop.ts:3:14)`],
  ])('names the place in %s', (_, frame) => {
    const error = new ConfigurationError('[a] wrong');
    error.stack = `ConfigurationError: [a] wrong\n    at new Service (/shop/node_modules/lib/service.js:3:1)\n    ${frame}`;
    expect(failureReport(error, 'build')).toBe('error: [a] wrong\n    at my/shop.ts:3:14\n');
  });

  test('counts the app as your own source, though it lies beside the library', () => {
    const error = new ConfigurationError('[a] wrong');
    error.stack = `ConfigurationError: [a] wrong\n    at shop (${process.cwd()}/src/app/shop.ts:3:14)`;
    expect(failureReport(error, 'build')).toBe('error: [a] wrong\n    at src/app/shop.ts:3:14\n');
  });

  test('names no place for what was found during synth', () => {
    const error = new ConfigurationError('[a] wrong');
    error.stack = `ConfigurationError: [a] wrong\n    at shop (${process.cwd()}/my/shop.ts:3:14)`;
    expect(failureReport(error, 'synth')).toBe('error: [a] wrong\n');
  });

  test('finds the place below many frames of the library', () => {
    const source = '(levels, run) => { const deep = (n) => (n > 0 ? deep(n - 1) : run("a", "wrong")); deep(levels); }';
    const inPackage = runInThisContext(source, { filename: '/shop/node_modules/lib/deep.js' }) as (levels: number, run: typeof invalid) => never;
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 10; // Node's default; jest raises it
    const { stderr } = printedBy(() => inPackage(50, invalid), join(folder, 'deep'));
    Error.stackTraceLimit = limit;
    expect(stderr).toMatch(/^error: \[a\] wrong\n {4}at test\/gitops\/synthesize.test.ts:\d+:\d+\n$/);
  });

  test('has the whole stack of a bug', () => {
    const bug = new TypeError('x is not a function');
    expect(failureReport(bug, 'build')).toBe(`error: ${bug.stack}\n`);
    expect(failureReport('thrown text', 'build')).toBe('error: thrown text\n');
  });
});

describe('cdk8s synth', () => {
  const bin = join(dirname(require.resolve('cdk8s-cli/package.json')), 'bin/cdk8s');
  const cli = (outdir: string, wrong = '') => run(
    [bin, '--check-upgrade=false', 'synth', '--app', `${process.execPath} ${TSX} ${MAIN} ${wrong}`, '--output', outdir], folder);

  test('lists the files', async () => {
    const { stdout, code } = await cli('listed');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1).sort()).toEqual(['', '  - listed/shop/cart.yaml', '  - listed/shop/data/redis.yaml']);
  });

  test.each([
    ['while it is built', 'reject', 'error: [shop] port must be 1-65535, got 0\n    at '],
    ['in validation', 'validate', 'error: [shop] first, got 1\nerror: [shop] second, got 2\n'],
  ])('fails where the app fails %s, after it has put back what a killed synth left aside', async (_, wrong, printed) => {
    const outdir = join(folder, wrong);
    const old = Object.fromEntries(appOf(VERSIONS[0], outdir).render());
    writeTree(`${outdir}.old`, old);
    writeTree(outdir, { 'new.yaml': 'deleted by cdk8s synth' });
    const { stderr, code } = await cli(wrong, wrong);
    expect(stderr.slice(0, printed.length)).toBe(printed);
    expect(code).not.toBe(0);
    expect(readTree(outdir)).toEqual(old);
  });
});
