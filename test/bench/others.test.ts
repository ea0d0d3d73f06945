import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { objectsIn } from '../../bench/documents';
import { writeReleases } from '../../bench/helm-values';
import { write } from '../../bench/inputs';
import { writeKustomization } from '../../bench/kustomize';
import { measure } from '../../bench/measure';
import type { PlainComponent } from '../../bench/plain-component';
import type { Result } from '../../bench/results';
import { writeTemplate } from '../../bench/template';
import { GO_TOOLS, binaryFolder } from '../cluster/tools/pins';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'meshmart-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

function bench(cases: string, env: Readonly<Record<string, string>> = {}): { rows: readonly string[]; stdout: string } {
  const args = ['--require', 'tsx/cjs', 'bench/main.ts', '--out', folder, '--sizes', '3', '--rounds', '1', '--cases', cases];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...env } });
  expect([status, stderr]).toEqual([0, expect.not.stringContaining('Error')]);
  const results: readonly Result[] = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8')).results;
  return { rows: results.map(({ what, size }) => `${what}/${size}`), stdout };
}

const PROGRAM = ['program/0', 'program/3', 'program/3'];
const built = (name: string): boolean => GO_TOOLS.some((set) => name in set.binaries && existsSync(join(binaryFolder(set), name)));

test('kustomize and a Helm release for each service write the same objects, and are left out where they are not there', () => {
  const { rows, stdout } = bench('releases,kustomize');
  expect(rows.filter((row) => !PROGRAM.includes(row))).toEqual([...built('helm') ? ['releases/3'] : [], ...built('kubectl') ? ['kustomize/3'] : []]);
  expect([stdout.includes('Helm is left out'), stdout.includes('kustomize is left out')]).toEqual([!built('helm'), !built('kubectl')]);
}, 120_000);

test('says why a row is left out: what is not built, and what npm could not install', () => {
  const { rows, stdout } = bench('releases,kustomize,template', {
    XDG_CACHE_HOME: folder, npm_config_cache: join(folder, 'npm'), npm_config_registry: 'http://127.0.0.1:9/', // nobody listens there
  });
  expect(rows).toEqual(PROGRAM);
  expect(stdout).toMatch(/^Helm is left out: helm \S+ is not built: run `npm run test:cluster:tools`\.$/m);
  expect(stdout).toMatch(/^kustomize is left out: kubectl \S+ is not built: run `npm run test:cluster:tools`\.$/m);
  expect(stdout).toMatch(/^The template of cdk8s is left out: npm could not install ts-node 10\.9\.2 and typescript \S+ \(.*ECONNREFUSED\)\.$/m);
}, 120_000);

const image = 'registry.example/boutique/cart:v0.10.6';
const COMPONENTS: readonly PlainComponent[] = [
  {
    chart: 'production-shop', component: 'namespace', manifests: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny-all', namespace: 'shop' }, spec: { podSelector: {} } },
    ],
  },
  {
    chart: 'production-shop-cart', component: 'cart', manifests: [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'cart', namespace: 'shop' }, automountServiceAccountToken: false },
      {
        apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart', namespace: 'shop' },
        spec: { template: { spec: { containers: [{ name: 'server', image, env: [{ name: 'NAMESPACE', value: 'shop' }] }] } } },
      },
    ],
  },
];

function components(): string {
  const file = join(folder, 'manifests.json');
  writeFileSync(file, JSON.stringify(COMPONENTS));
  return file;
}

test('kustomize has work to do: files name neither their namespace nor the tag of an image, a kustomization does', () => {
  const root = join(folder, 'kustomize');
  writeKustomization(root, components());
  const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8');
  expect(parse(read('kustomization.yaml'))).toMatchObject({ resources: ['shop'] });
  expect(parse(read('shop', 'kustomization.yaml'))).toMatchObject({
    namespace: 'shop', images: [{ name: 'registry.example/boutique/cart', newTag: 'v0.10.6' }], resources: ['namespace.yaml', 'cart.yaml'],
  });
  expect(read('shop', 'cart.yaml')).not.toMatch(/namespace:|v0\.10\.6/);
  expect(read('shop', 'cart.yaml')).toContain('image: registry.example/boutique/cart\n');
});

test('a release has the values of one service, and the first of a shop its namespace', () => {
  const file = join(folder, 'manifests.json');
  writeFileSync(file, '[]');
  writeReleases(folder, 13, file);
  const files = readdirSync(join(folder, 'services'));
  const values = files.map((name): { shops: string[]; services: object[] } => JSON.parse(readFileSync(join(folder, 'services', name), 'utf8')));
  expect([files.length, values.flatMap(({ services }) => services).length]).toEqual([13, 13]);
  expect(values.flatMap(({ shops }) => shops)).toEqual(['shop-0000', 'shop-0001']);
  expect(parse(readFileSync(join(folder, 'chart', 'values.yaml'), 'utf8'))).not.toHaveProperty('services');
});

test('a project of the template starts as `cdk8s init` has it, and its app writes the objects of its input', () => {
  const root = join(folder, 'template');
  writeTemplate(root, components());
  expect(parse(readFileSync(join(root, 'cdk8s.yaml'), 'utf8'))).toMatchObject({ language: 'typescript', app: 'npx ts-node main.ts' });
  expect(JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))).toMatchObject({ compilerOptions: { strict: true, module: 'CommonJS' } });

  const env = { ...process.env, CDK8S_OUTDIR: join(folder, 'out') };
  const { status, stderr } = spawnSync(process.execPath, ['--require', 'tsx/cjs', join(root, 'main.ts')], { encoding: 'utf8', env });
  expect([status, stderr]).toEqual([0, '']);
  const wanted = COMPONENTS.flatMap(({ manifests }) => manifests).map((manifest) => JSON.stringify(manifest));
  write(join(folder, 'wanted', 'all.yaml'), wanted.join('\n---\n'));
  expect(objectsIn(join(folder, 'out'))).toEqual(objectsIn(join(folder, 'wanted')));
}, 60_000);

test('processor time is also that of the processes that a process waited for; the memory of those nobody saw', async () => {
  const busy = 'while (process.cpuUsage().user + process.cpuUsage().system < 600_000);'; // microseconds
  const waits = `require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`;
  const { cpu, memory } = await measure(process.execPath, ['-e', waits], { family: true });
  expect(memory).toBeUndefined();
  if (process.platform === 'linux') expect(cpu).toBeGreaterThanOrEqual(580); // in ticks of 10
});

test('a dot without quotes is a text, as Kubernetes reads it', () => {
  writeFileSync(join(folder, 'a.yaml'), 'exportTo:\n- .\nweight: .5\n');
  expect(objectsIn(folder)).toEqual(['{"exportTo":["."],"weight":0.5}']);
});
