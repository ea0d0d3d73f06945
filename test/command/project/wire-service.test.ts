import ts from 'typescript';
import { newProject } from '../../../src/command/project/new-project';
import { type NewService, serviceComponent } from '../../../src/command/project/service-component';
import { Wiring } from '../../../src/command/project/wire-service';

const SYSTEM = newProject({ name: 'shop', meshmart: '1.0.0' }).get('src/system.ts')!;
const wiring = (text: string): Wiring => new Wiring(ts, 'src/system.ts', text);
const service = (name: string, port?: NewService['port']): NewService => ({ name, identifier: name, image: 'a:1', port });
const http = { protocol: 'http', number: 8080 } as const;
const ONE = "const namespace = new MeshNamespace(environment, 'shop');\n";

describe('a service that is wired', () => {
  test('is imported among the others, by name', () => {
    const imports = (name: string): readonly string[] => [...wiring(SYSTEM).with(service(name), []).matchAll(/'\.\/services\/(.+)'/g)].map(([, path]) => path);
    expect([imports('alpha'), imports('middle'), imports('zeta')]).toEqual([
      ['alpha', 'greetings', 'web'], ['greetings', 'middle', 'web'], ['greetings', 'web', 'zeta'],
    ]);
    const none = `${ONE}export function system() {\n  const services = {};\n}\n`;
    expect(wiring(none).with(service('a'), []).split('\n')[0]).toBe("import { a } from './services/a';");
  });

  test.each([
    ['{ }', '{ a: a(namespace)  }'],
    ['{ web: web(namespace) }', '{ web: web(namespace), a: a(namespace) }'],
    ['{\n    web: web(namespace)\n  }', '{\n    web: web(namespace),\n    a: a(namespace),\n  }'],
    ['{\n    web: web(namespace), // the shop\n  }', '{\n    web: web(namespace), // the shop\n    a: a(namespace),\n  }'],
  ])('stands last in %j', (list, wired) => {
    expect(wiring(`${ONE}function system() {\n  const services = ${list};\n}\n`).with(service('a'), [])).toContain(`const services = ${wired};`);
  });

  test('is called before the services are given back', () => {
    const text = `import { web } from './services/web';\n${ONE}function system() {\n  const services = { web: web(namespace) };\n  return services;\n}\n`;
    expect(wiring(text).with(service('a', http), ['web'])).toBe([
      "import { Duration } from 'cdk8s';",
      "import { a } from './services/a';",
      "import { web } from './services/web';",
      `${ONE}function system() {`,
      '  const services = { web: web(namespace), a: a(namespace) };',
      '  services.web.calls(services.a, { timeout: Duration.seconds(1), env: (to) => ({ A_URL: to.url() }) });',
      '  return services;',
      '}', '',
    ].join('\n'));
    const short = `${ONE}function system() { const services = { web: 1 }; }\n`;
    expect(wiring(short).with(service('a', http), ['web'])).toMatch(/function system\(\) { const services = .* services\.web\.calls\(services\.a, {.* }\n$/);
  });

  test.each([
    ['http', 'timeout: Duration.seconds(1), env: (to) => ({ A_URL: to.url() })'],
    ['grpc', 'timeout: Duration.seconds(1), env: (to) => ({ A_ADDR: to.hostPort })'],
    ['tcp', 'env: (to) => ({ A_ADDR: to.hostPort })'],
  ] as const)('is called by what %s needs', (protocol, options) => {
    expect(wiring(SYSTEM).with(service('a', { protocol, number: 80 }), ['web'])).toContain(`services.web.calls(services.a, { ${options} });`);
  });

  test('may be called by a service whose name is not that in the code', () => {
    const text = wiring(SYSTEM).with({ ...service('mail-box', http), identifier: 'mailBox' }, []);
    expect(wiring(text).names).toEqual(['greetings', 'web', 'mail-box']);
    expect(wiring(text).with(service('a', http), ['mail-box'])).toContain('services.mailBox.calls(services.a, {');
  });

  test.each([
    ['mail-box', 'mailBox'], ['a-1b', 'a1b'], ['new', 'newService'], ['type', 'typeService'], ['eval', 'evalService'], ['environment', 'environmentService'],
  ])('named %s is %s in the code', (name, identifier) => {
    expect(wiring(SYSTEM).identifierOf(name)).toBe(identifier);
  });

  test('is TypeScript whatever its image', () => {
    const text = serviceComponent({ ...service('a', http), image: "a'\\:1" });
    expect(text).toContain("image: 'a\\'\\\\:1',");
    expect(ts.transpileModule(text, { reportDiagnostics: true }).diagnostics).toEqual([]);
  });
});

test.each([
  [SYSTEM.replace('const services = {', 'const services = ['), /^\[src\/system\.ts:\d+\] file must be TypeScript, got: /],
  [SYSTEM.replaceAll('services', 'others'), /^\[src\/system\.ts\] file must have all services in one object, got no const services = \{ … \}; write one/],
  ['const services = {};', /^\[src\/system\.ts\] file must make the services in a function, in a namespace/],
  ['function system() { const services = {}; }', /^\[src\/system\.ts\] file must make the services in a function, in a namespace/],
])('fails where it cannot be wired: %#', (text, problem) => {
  expect(() => wiring(text)).toThrow(problem);
});

test('fails where both names are taken', () => {
  const text = SYSTEM.replace('export function', 'const [payments, paymentsService] = [1, 2];\nexport function');
  expect(() => wiring(text).identifierOf('payments')).toThrow(/name of a service must be free in the file, got 'payments'.*; choose another$/);
});
