import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { checkHistory, inWords, type HistoryReport } from '../../src/checks';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshmart-history-'));
  git('init', '-q', '-b', 'main');
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Commits a Deployment whose selector has this label. */
function commit(label: string, message = `selector ${label}`, path = 'dist/staging/shop/cart.yaml'): void {
  const deployment = {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart', namespace: 'shop', annotations: { note: 'größer – 漢字' } },
    spec: { selector: { matchLabels: { app: label } } },
  };
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), stringify(deployment));
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

const check = async (): Promise<HistoryReport> => checkHistory({ repository: folder });
const said = ({ findings }: HistoryReport): string[] => findings.map(inWords);
const REFUSED = '[staging Deployment shop/cart] spec.selector cannot change';

test('finds the commit that a cluster refuses, and no other', async () => {
  commit('a');
  commit('b');
  commit('b', 'another file', 'dist/staging/shop/second.yaml.txt');
  const report = await check();
  expect(report.commits).toHaveLength(2);
  expect(said(report)).toEqual([expect.stringContaining(REFUSED)]);
  expect(report.findings[0].commit).toBe(git('rev-parse', 'HEAD~1').trim());
});

test('a branch is checked from where it began', async () => {
  commit('a');
  commit('b');
  git('checkout', '-q', '-b', 'topic');
  commit('b', 'on the branch', 'dist/staging/shop/other.txt');
  const report = await check();
  expect(report.commits).toHaveLength(1);
  expect(said(report)).toEqual([]);
});

test('of the branch itself, as many commits as asked for are checked', async () => {
  for (const label of ['a', 'b', 'c', 'd']) commit(label);
  const report = await checkHistory({ repository: folder, recent: 2 });
  expect(report.commits).toHaveLength(2);
});

test('commits that leave the folder alone are not looked at', async () => {
  commit('a');
  commit('b', 'docs', 'docs/cart.yaml');
  expect((await check()).commits).toEqual([]);
});

test('a trailer with a reason excepts what it names', async () => {
  commit('a');
  commit('b', 'another selector\n\nTransition-Exception: staging Deployment shop/cart: deleted by hand at night, nobody calls it yet');
  expect(said(await check())).toEqual([]);
});

test.each([
  ['without a reason', 'staging Deployment shop/cart:', ['must give a reason', 'spec.selector cannot change']],
  ['without a reason or a colon', 'staging Deployment shop/cart', ['must give a reason', 'spec.selector cannot change']],
  ['for another object', 'staging Deployment shop/card: a reason', ['excepts nothing', 'spec.selector cannot change']],
])('fails for a trailer %s', async (_, trailer, parts) => {
  commit('a');
  commit('b', `another selector\n\nTransition-Exception: ${trailer}`);
  const sentences = said(await check());
  expect(sentences).toHaveLength(2);
  for (const part of parts) expect(sentences.join('\n')).toContain(part);
});

const contract = (operations: object, schemaVersion = 1): string => JSON.stringify({
  schemaVersion, environment: 'staging', system: 'bank', calls: {},
  services: {
    rates: {
      host: 'rates.bank.svc.cluster.local', namespace: 'bank', identity: 'cluster.local/ns/bank/sa/rates', podLabels: { app: 'rates' },
      ports: { http: { protocol: 'http', port: 80, targetPort: 80 } }, operations, callers: {},
    },
  },
});
const read = { protocol: 'http', methods: ['GET'], path: '/rates', port: 'http', idempotent: true, streams: false };

/** Commits a contract, or that there is none any more. */
function commitContract(text: string | undefined): void {
  const file = join(folder, 'dist/contracts/staging/bank.json');
  mkdirSync(dirname(file), { recursive: true });
  if (text === undefined) rmSync(file);
  else writeFileSync(file, text);
  git('add', '-A');
  git('commit', '-q', '-m', 'contract');
}

test('contracts are compared commit by commit', async () => {
  for (const operations of [{ read }, {}]) commitContract(contract(operations));
  expect((await check()).findings).toMatchObject([{ rule: 'operation-removed', severity: 'warning', object: 'staging bank/rates read' }]);
});

test.each(['dist', './dist', 'dist/'])('a contract that is gone is compared as well, in the folder %s', async (name) => {
  for (const text of [contract({ read }), undefined]) commitContract(text);
  const { findings } = await checkHistory({ repository: folder, folder: name });
  expect(findings).toMatchObject([{ rule: 'service-removed', object: 'staging bank/rates' }]);
});

test('what cannot be read is refused where it is the last, and a warning once it is repaired', async () => {
  for (const version of [1, 99]) commitContract(contract({ read }, version));
  await expect(check()).rejects.toThrow('99');
  commitContract(contract({ read }));
  expect((await check()).findings).toMatchObject([{ rule: 'unreadable', severity: 'warning' }, { rule: 'unreadable', severity: 'warning' }]);
});

test('a merge brings the trailers of what it merges', async () => {
  commit('a');
  git('checkout', '-q', '-b', 'topic');
  commit('b', 'another selector\n\nTransition-Exception: staging Deployment shop/cart: deleted by hand at night, nobody calls it yet');
  git('checkout', '-q', 'main');
  commit('a', 'meanwhile', 'dist/staging/other/cart.yaml');
  git('merge', '-q', '--no-ff', '-m', 'merge', 'topic');
  expect(said(await check())).toEqual([]);
});

test('a folder or a branch that nobody knows is no reason to be quiet', async () => {
  commit('a');
  expect(await checkHistory({ repository: folder, folder: 'dits' })).toMatchObject({ commits: [], skipped: 'no commit has a folder dits' });
  expect(await checkHistory({ repository: folder, branch: 'trunk' })).toMatchObject({ commits: [], skipped: 'the branch trunk is not known; fetch it' });
});

test('without history it says so', async () => {
  commit('a');
  commit('b');
  const clone = mkdtempSync(join(tmpdir(), 'meshmart-shallow-'));
  execFileSync('git', ['clone', '-q', '--depth', '1', `file://${folder}`, clone]);
  const report = await checkHistory({ repository: clone });
  rmSync(clone, { recursive: true });
  expect(report).toEqual({ commits: [], findings: [], skipped: expect.stringContaining('shallow') });
});

test('outside of a repository it says so', async () => {
  rmSync(join(folder, '.git'), { recursive: true });
  expect(await check()).toEqual({ commits: [], findings: [], skipped: expect.stringContaining('no git repository') });
});
