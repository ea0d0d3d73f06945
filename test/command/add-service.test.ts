import { chmodSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from '../../src/checks/rendered';
import { newProject } from '../../src/command/project/new-project';
import { type Ended, folderWith, shell, typed } from './command';

const IMAGE = 'registry.example.com/payments:1.0.0';
const PROJECT = Object.fromEntries(newProject({ name: 'shop', meshmart: '1.0.0' }));
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');
const project = (): string => folderWith(PROJECT);
const linesAdded = (folder: string): readonly string[] => {
  const before = PROJECT['src/system.ts'].split('\n');
  return read(folder, 'src/system.ts').split('\n').filter((line) => !before.includes(line));
};

describe('add service', () => {
  test('makes its file, and wires it where all services are', () => {
    const folder = project();
    expect(shell(folder, `meshmart add service payments --image ${IMAGE} --port 8080 --owner @example/pay --caller web`)).toEqual({
      code: 0, out: 'made src/services/payments.ts, changed src/system.ts\nnext: npm run synth\n', err: '',
    });
    expect(linesAdded(folder)).toEqual([
      "import { payments } from './services/payments';",
      '    payments: payments(namespace),',
      '  services.web.calls(services.payments, { timeout: Duration.seconds(1), env: (to) => ({ PAYMENTS_URL: to.url() }) });',
    ]);
    expect(read(folder, 'src/services/payments.ts')).toBe([
      "import { type MeshNamespace, MeshedMicroservice, Port } from 'meshmart';",
      '',
      '/** The service payments. */',
      'export function payments(namespace: MeshNamespace) {',
      "  return new MeshedMicroservice(namespace, 'payments', {",
      `    image: '${IMAGE}',`,
      '    port: Port.http(8080),',
      "    resources: { cpu: ['50m', '200m'], memory: ['64Mi', '128Mi'] }, // request and limit",
      "    owner: '@example/pay',",
      '  });',
      '}', '',
    ].join('\n'));
    expect(readdirSync(join(folder, 'src')).sort()).toEqual(['build.ts', 'environments.ts', 'main.ts', 'services', 'system.ts']);
  });

  test('without a port it only calls, and says as JSON what was made', () => {
    const folder = project();
    const { code, out } = shell(folder, `meshmart add service night-run --image ${IMAGE} --json`);
    expect([code, JSON.parse(out)]).toEqual([0, {
      name: 'night-run', made: 'src/services/night-run.ts', changed: 'src/system.ts', next: ['npm run synth'],
    }]);
    expect(linesAdded(folder)).toEqual(["import { nightRun } from './services/night-run';", '    nightRun: nightRun(namespace),']);
    expect(read(folder, 'src/services/night-run.ts')).not.toMatch(/Port|owner/);
  });

  test('on a terminal asks for what was not told', () => {
    const folder = project();
    const asked = typed(folder, 'add service payments --owner pay@example.com', 100, {}, `${IMAGE}\ngrpc:50051\nweb, greetings\n`);
    expect(asked).toMatchObject({ code: 0 });
    const questions = ['image, with a tag or digest: ', 'port (8080, grpc:50051; empty: it only calls): ', 'callers (greetings, web; empty: none yet): '];
    for (const question of questions) expect(asked.out).toContain(question);
    expect(asked.out).not.toContain('owner (');
    expect(read(folder, 'src/services/payments.ts')).toMatch(/image: 'registry.*\n {4}port: Port\.grpc\(50051\),\n.*\n {4}owner: 'pay@example\.com',/);
    expect(linesAdded(folder).filter((line) => line.includes('.calls(')).map((line) => line.trim().split('(')[0])).toEqual([
      'services.web.calls', 'services.greetings.calls',
    ]);
    const empty = typed(folder, 'add service other', 100, {}, `${IMAGE}\n\n\n\n`);
    expect([empty.code, read(folder, 'src/services/other.ts')]).toEqual([0, expect.not.stringMatching(/Port|owner/)]);
  });

  test('on a terminal asks nothing where the image is told', () => {
    expect(typed(project(), `add service payments --image ${IMAGE}`, 80)).toMatchObject({ code: 0, out: expect.stringMatching(/^made src/) });
  });

  const unchanged = (folder: string, run: () => Ended): Ended => {
    const before = readFolder(folder);
    const ended = run();
    expect(readFolder(folder)).toEqual(before);
    return ended;
  };

  test.each([
    ['Web', "error: name must be a DNS label (lower-case letters, digits, dashes), got 'Web'\n"],
    ['a', 'error: image must be given, got none; say for example --image registry.example.com/a:1.0.0\n'],
    ['a -i a:1 -p 80 -c wbe', "error: caller must be one that is there, got 'wbe'; did you mean web? (greetings, web)\n"],
    ['', "error: missing required argument 'name'\n"],
  ])('fails with 2 and changes nothing: %s', (words, err) => {
    const folder = project();
    expect(unchanged(folder, () => shell(folder, `meshmart add service ${words}`))).toEqual({ code: 2, out: '', err });
  });

  test('fails with 2 in a folder that is no project', () => {
    const { code, err } = shell(folderWith({}), `meshmart add service payments -i ${IMAGE}`);
    expect([code, err]).toEqual([2, 'error: src/system.ts must be there, got none in .; go to a project that meshmart init made\n']);
  });

  test('fails with 1 where this user may not write, and changes nothing', () => {
    const folder = project();
    for (const [path, mode] of [['', 0o755], ['src', 0o777], ['src/services', 0o555]] as const) chmodSync(join(folder, path), mode);
    const user = process.getuid?.() === 0 ? 'setpriv --reuid=65534 --regid=65534 --clear-groups ' : ''; // root may write anywhere
    const line = `export -f meshmart; ${user}bash --norc -c 'meshmart add service payments -i ${IMAGE}'`;
    const { code, err } = unchanged(folder, () => shell(folder, line));
    chmodSync(join(folder, 'src/services'), 0o755);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: \[src\/services\/payments\.ts\] service cannot be added, and all is as it was, got EACCES.*; let this user write there\n$/);
  });
});
