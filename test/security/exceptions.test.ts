import { Environment, Exception, GitOpsApp, MeshNamespace, MeshedJob, MeshedMicroservice, Operation, Port, RedisCache } from '../../src';
import { credentialProblems } from '../../src/security/credentials';
import { at, client, container, expectRefusal, listAt, objectIn, world } from '../mesh/world';

const because = 'until the new one is there';
const prometheus = { namespace: 'monitoring', podLabels: { app: 'prometheus' } };
const noted = (object: unknown): unknown => Object(at(object, 'metadata.annotations'))['meshmart.dev/exceptions'];

/** A service with exceptions, in a namespace that takes all pods. */
function serviceWith(...exceptions: Exception[]) {
  const app = new GitOpsApp();
  const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop', { podSecurity: { level: 'privileged', because } });
  new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80), operations: { home: Operation.http('GET', '/') }, exceptions });
  return { app, shop };
}

describe('an exception stands on the object that it changes, and changes nothing else', () => {
  test('a peer that the graph does not know', () => {
    const { shop } = serviceWith(
      Exception.ingress({ peer: prometheus, ports: [80], because }), Exception.egress({ cidr: '192.0.2.0/24', ports: [25, 587], because }),
    );
    const policy = objectIn(shop, 'NetworkPolicy', 'web');
    expect(at(policy, 'spec.ingress')).toEqual([{
      from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } }, podSelector: { matchLabels: { app: 'prometheus' } } }],
      ports: [{ port: 80 }],
    }]);
    expect(at(policy, 'spec.egress')).toEqual([{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 25 }, { port: 587 }] }]);
    const egress = `egress to 192.0.2.0/24 at 25, 587 outside of the mesh: ${because}`;
    expect(noted(policy)).toBe(`${egress}\ningress from monitoring app=prometheus to 80: ${because}`);
    const deployment = objectIn(shop, 'Deployment');
    expect(at(deployment, 'spec.template.metadata.annotations')).toEqual({ 'traffic.sidecar.istio.io/excludeOutboundIPRanges': '192.0.2.0/24' });
    expect(noted(deployment)).toBe(egress);
  });

  test('a request that no call makes', () => {
    const from = { namespace: 'audit', serviceAccount: 'crawler' };
    const { shop } = serviceWith(Exception.request({ from, methods: ['GET'], paths: ['/export'], because }));
    const policy = objectIn(shop, 'AuthorizationPolicy', 'web');
    expect(at(policy, 'spec.rules')).toEqual([{
      from: [{ source: { principals: ['cluster.local/ns/audit/sa/crawler'] } }], to: [{ operation: { methods: ['GET'], paths: ['/export'] } }],
    }]);
    expect(noted(policy)).toBe(`GET /export for audit/crawler: ${because}`);
  });

  test('a request of anybody', () => {
    const { shop } = serviceWith(Exception.request({ paths: ['/health'], ports: [8080], because }));
    const policy = objectIn(shop, 'AuthorizationPolicy', 'web');
    expect(at(policy, 'spec.rules')).toEqual([{ to: [{ operation: { paths: ['/health'], ports: ['8080'] } }] }]);
    expect(noted(policy)).toBe(`any method /health at 8080 for anybody: ${because}`);
  });

  test('a port beside the mesh', () => {
    const { shop } = serviceWith(Exception.port({ port: 9404, name: 'metrics', peer: prometheus, because }));
    const deployment = objectIn(shop, 'Deployment');
    expect(at(deployment, 'spec.template.metadata.annotations')).toEqual({ 'traffic.sidecar.istio.io/excludeInboundPorts': '9404' });
    expect(listAt(deployment, 'spec.template.spec.containers.0.ports'))
      .toEqual([{ name: 'http', containerPort: 80 }, { name: 'metrics', containerPort: 9404 }]);
    expect(listAt(objectIn(shop, 'Service'), 'spec.ports')).toHaveLength(1);
    expect(at(objectIn(shop, 'NetworkPolicy', 'web'), 'spec.ingress.0.ports')).toEqual([{ port: 9404 }]);
    const words = `port 9404 outside of the mesh for monitoring app=prometheus: ${because}`;
    expect([deployment, objectIn(shop, 'NetworkPolicy', 'web')].map(noted)).toEqual([words, words]);
  });

  const usual = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true };
  test.each<[string, Parameters<typeof Exception.privileges>[0], object, string]>([
    ['root', { root: true, because }, { ...usual, runAsNonRoot: false, runAsUser: 0 }, 'root user'],
    ['writable files', { writableFiles: true, because }, { ...usual, readOnlyRootFilesystem: false }, 'writable files'],
    ['capabilities', { capabilities: ['NET_RAW', 'CHOWN'], because },
      { ...usual, capabilities: { add: ['CHOWN', 'NET_RAW'], drop: ['ALL'] } }, 'capability NET_RAW, capability CHOWN'],
    ['all', { privileged: true, because }, { privileged: true }, 'privileged'],
  ])('privileges: %s', (_, options, securityContext, words) => {
    const deployment = objectIn(serviceWith(Exception.privileges(options)).shop, 'Deployment');
    expect(at(deployment, 'spec.template.spec.containers.0.securityContext')).toEqual(securityContext);
    expect(noted(deployment)).toBe(`${words}: ${because}`);
  });

  test('privileges of an init container alone', () => {
    const app = new GitOpsApp();
    const shop = new MeshNamespace(new Environment(app, 'staging'), 'shop', { podSecurity: { level: 'baseline', because } });
    client(shop, 'web', { initContainers: { prepare: container }, exceptions: [Exception.privileges({ container: 'prepare', root: true, because })] });
    const pod = at(objectIn(shop, 'Deployment'), 'spec.template.spec');
    expect([at(pod, 'initContainers.0.securityContext.runAsUser'), at(pod, 'containers.0.securityContext.runAsUser')]).toEqual([0, undefined]);
  });

  test('a peer and a port of a store, as of any other workload', () => {
    const { shop } = world();
    const metrics = Exception.port({ port: 9121, name: 'metrics', peer: prometheus, because });
    const exceptions = [Exception.ingress({ peer: prometheus, ports: [6379], because }), metrics];
    new RedisCache(shop, 'redis', { resources: container.resources, exceptions });
    const ports = listAt(objectIn(shop, 'NetworkPolicy', 'redis'), 'spec.ingress').flatMap((rule) => listAt(rule, 'ports'));
    expect(ports).toEqual([{ port: 6379 }, { port: 9121 }]);
    const set = objectIn(shop, 'StatefulSet', 'redis');
    expect(listAt(set, 'spec.template.spec.containers.0.ports')).toContainEqual({ name: 'metrics', containerPort: 9121 });
    expect(noted(set)).toBe(`port 9121 outside of the mesh for monitoring app=prometheus: ${because}`);
  });

  test('a namespace says which pods it takes', () => {
    const namespace = objectIn(serviceWith().shop, 'Namespace');
    expect(Object(at(namespace, 'metadata.labels'))['pod-security.kubernetes.io/enforce']).toBe('privileged');
    expect(noted(namespace)).toBe(`pods of Pod Security privileged: ${because}`);
  });
});

test('all exceptions of an environment stand on one page, and without any there is none', () => {
  const { app } = serviceWith(Exception.egress({ cidr: '192.0.2.0/24', ports: [25], because: 'a | b' }));
  expect(app.render().get('staging/exceptions.md')!.split('\n').slice(6, 9)).toEqual([
    '| Deployment shop/web | egress to 192.0.2.0/24 at 25 outside of the mesh | a \\| b |',
    `| Namespace shop | pods of Pod Security privileged | ${because} |`,
    '| NetworkPolicy shop/web | egress to 192.0.2.0/24 at 25 outside of the mesh | a \\| b |',
  ]);
  expect(world().app.render().has('staging/exceptions.md')).toBe(false);
});

describe('fails', () => {
  test.each(['', ' ', 'two\nlines', undefined])('for the reason %j', (reason) => {
    expectRefusal(() => Exception.credential({ variable: 'A', because: reason as string }), '[exception credential in A]', 'one line that says why');
    expectRefusal(() => serviceWith(Exception.privileges({ root: true, because: reason as string })), '[exception root user]', 'because');
  });

  test('for privileges that are none', () => {
    expectRefusal(() => Exception.privileges({ because }), 'must name at least one');
  });

  test('for privileges of a container that is not there', () => {
    expectRefusal(() => serviceWith(Exception.privileges({ container: 'sidecar', root: true, because })), "got 'sidecar'", 'it has server');
  });

  test.each<[string, Parameters<typeof Exception.privileges>[0], string]>([
    ['root', { root: true, because }, 'baseline'],
    ['all', { privileged: true, because }, 'privileged'],
    ['a capability of baseline', { capabilities: ['CHOWN'], because }, 'baseline'],
    ['a capability of nobody', { capabilities: ['NET_ADMIN'], because }, 'privileged'],
  ])('for privileges in a namespace that refuses them: %s', (_, options, level) => {
    const exceptions = [Exception.privileges(options)];
    expectRefusal(() => client(world().shop, 'web', { exceptions }), '[staging/shop/web]', `need a namespace with Pod Security ${level}`, 'got restricted');
    expectRefusal(() => new MeshedJob(world().shop, 'nightly', { ...container, exceptions }), '[staging/shop/nightly]', level);
  });

  test('for a port outside of the mesh that is the service\'s own', () => {
    expectRefusal(() => serviceWith(Exception.port({ port: 80, name: 'metrics', peer: prometheus, because })), '[staging/shop/web]', "got 80 'metrics'");
  });

  test.each<[string, () => Exception, string]>([
    ['a port that cannot be', () => Exception.ingress({ peer: prometheus, ports: [80, 70_000], because }), 'got 70000'],
    ['no range', () => Exception.ingress({ peer: { cidr: 'office' }, ports: [80], because }), "'office'"],
    ['no range on the way out', () => Exception.egress({ cidr: '192.0.2.1', ports: [80], because }), "'192.0.2.1'"],
    ['all that is outside and inside', () => Exception.egress({ cidr: '0.0.0.0/0', ports: [443], because }), 'every declared call would leave the mesh'],
    ['methods in lower case', () => Exception.request({ methods: ['get'], paths: ['/'], because }), "'get'"],
    ['paths without a slash', () => Exception.request({ paths: ['health'], because }), "'health'"],
    ['a name that no port can have', () => Exception.port({ port: 9404, name: 'Metrics', peer: prometheus, because }), "'Metrics'"],
    ['a name of digits', () => Exception.port({ port: 9404, name: '9404', peer: prometheus, because }), "'9404'"],
    ["the sidecar's own port", () => Exception.port({ port: 15090, name: 'metrics', peer: prometheus, because }), '15090'],
    ['a capability that the node does not know', () => Exception.privileges({ capabilities: ['CAP_CHOWN'], because }), "'CAP_CHOWN'"],
  ])('for %s', (_, make, got) => {
    expectRefusal(make, '[exception ', got);
  });

  test('for requests to a store, whose proxy reads none', () => {
    const exceptions = [Exception.request({ paths: ['/a'], because })];
    expectRefusal(() => new RedisCache(world().shop, 'redis', { resources: container.resources, exceptions }), '[staging/shop/redis]', 'TCP alone');
  });

  test('for requests to a client', () => {
    expectRefusal(() => client(world().shop, 'web', { exceptions: [Exception.request({ paths: ['/a'], because })] }), '[staging/shop/web]', 'need a port');
  });
});

describe('a value that looks like a credential', () => {
  const deployment = (env: Readonly<Record<string, string>>, args: readonly string[] = []) => ({
    kind: 'Deployment',
    spec: { template: { spec: { containers: [{ name: 'server', args, env: Object.entries(env).map(([name, value]) => ({ name, value })) }] } } },
  });

  test.each<[string, string]>([
    ['KEY', '-----BEGIN RSA PRIVATE KEY-----\nMIIE'],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['AUTH', `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxMjM0NTY3ODkwIn0'}.dozjgNryP4J3jVmNHl0w5N`],
    ['AWS', `ASIA${'A1B2'.repeat(4)}`],
    ['GIT', `ghp_${'a1B2'.repeat(9)}`],
    ['GIT', `github_pat_${'a1'.repeat(11)}`],
    ['SLACK', `xoxb-${'1'.repeat(10)}`],
    ['STRIPE', `rk_live_${'a1'.repeat(8)}`],
    ['GOOGLE', `AIza${'a1B2x'.repeat(7)}`],
    ['DATABASE_URL', 'postgres://shop:hunter2@postgres:5432/shop'],
    ['REDIS', 'redis://:hunter2@redis:6379'],
    ['DB_PASSWORD', 'hunter2'],
    ['STRIPE_API_KEY', 'abc'],
    ['JHIPSTER_SECURITY_AUTHENTICATION_JWT_BASE64_SECRET', 'bXktc2VjcmV0'],
    ['PGPASSWORD', 'hunter2'],
    ['DB_PASS', 'hunter2'],
    ['MYSQL_PWD', 'hunter2'],
    ['clientSecret', 'hunter2'],
    ['AWS_SECRET_ACCESS_KEY', 'hunter2'],
    ['DB_PASSWORD', '12345678'],
    ['HEADER', 'Basic c2hvcDpodW50ZXIy'],
    ['HEADER', 'Bearer 0123456789abcdefghij'],
  ])('is found: %s', (name, value) => {
    const [problem, ...others] = credentialProblems(deployment({ [name]: value }));
    expect(others).toEqual([]);
    expect(problem).toContain(`${name} looks like a credential, got a text of ${value.length} characters`);
    expect(problem).not.toContain(value.slice(0, 6));
  });

  test.each<[string, string]>([
    ['PASSWORD_FILE', '/run/secrets/password'], ['DB_PASSWORD', '/run/secrets/password'], ['DB_PASSWORD', '$(FROM_SECRET)'], ['DB_PASSWORD', ''],
    ['TOKEN', 'true'], ['USE_TOKEN', '1'], ['DATABASE_URL', 'postgres://shop:$(DB_PASSWORD)@postgres:5432/shop'], ['URL', 'http://cart:8080/a@b'],
    ['PWD', '/app'], ['BYPASS', 'localhost'], ['AUTH', 'Basic authentication'], ['AUTH', 'Bearer authentication_by_token'], ['MAX_TOKEN', '1000'],
    ['JAVA_OPTS', '-Xmx=64m -Djava.security.egd=file:/dev/urandom'], ['KEYCLOAK_TOKEN', 'https://login.example/token'], ['MONKEY', 'banana'], ['ISSUER', 'https://user@login.example'],
  ])('is not %s=%s', (name, value) => {
    expect(credentialProblems(deployment({ [name]: value }))).toEqual([]);
  });

  test('is found in arguments and in ConfigMaps', () => {
    expect(credentialProblems(deployment({}, ['--url=amqp://shop:hunter2@rabbit']))).toEqual([expect.stringContaining('an argument of server looks like')]);
    const data = { 'app.password': 'hunter2', 'app.name': 'shop' };
    expect(credentialProblems({ kind: 'ConfigMap', data })).toEqual([expect.stringContaining('app.password')]);
  });

  test.each<[string, string[], string]>([
    ['an option', ['--db-password=hunter2'], 'db-password in an argument of server'],
    ['the next argument', ['--requirepass', 'hunter2'], 'an argument of server'],
    ['a property', ['-Dspring.datasource.password=hunter2'], 'spring.datasource.password in an argument of server'],
    ['a line of a shell', ['sh', '-c', 'exec shop --token=hunter2'], 'token in an argument of server'],
  ])('is found in arguments by name: %s', (_, args, place) => {
    expect(credentialProblems(deployment({}, args))).toEqual([expect.stringContaining(`${place} looks like a credential, got a text of 7 characters`)]);
  });

  test('is no argument that names a file, a reference or a switch', () => {
    expect(credentialProblems(deployment({}, ['--password-file=/run/a', '--password=$(PASSWORD)', '--token', '--verbose', '--secret', '/run/b']))).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['application.yml', 'spring:\n  datasource:\n    password: hunter2\n', 'password in application.yml'],
    ['app.properties', 'db.user=shop\ndb.password = hunter2\n', 'db.password in app.properties'],
    ['settings.json', '{"name": "shop", "clientSecret": "hunter2"}', 'clientSecret in settings.json'],
    ['users.yaml', 'users:\n  - password: \'hunter2\'\n', 'password in users.yaml'],
  ])('is found in the lines of %s', (key, text, place) => {
    expect(credentialProblems({ kind: 'ConfigMap', data: { [key]: text } })).toEqual([
      `${place} looks like a credential, got a text of 7 characters; refer to a Secret, or give Exception.credential a reason`,
    ]);
  });

  test.each<[string, string]>([
    ['application.yml', 'password: ${DB_PASSWORD}\nsecret:\n  name: shop\ntoken: null\n# password: example\npassword: |\n'],
    ['server.js', 'const token = request.headers.token;\npassword = process.env.PASSWORD\n'],
    ['app.properties', 'token.seconds=60\ntoken.path=/token\npassword=\n'],
  ])('is not in what %s says', (key, text) => {
    expect(credentialProblems({ kind: 'ConfigMap', data: { [key]: text } })).toEqual([]);
  });

  test('is found in binary data, in a route and in a probe', () => {
    const key = '-----BEGIN PRIVATE KEY-----';
    expect(credentialProblems({ kind: 'ConfigMap', binaryData: { 'tls.key': btoa(key) } })).toEqual([expect.stringContaining('tls.key looks')]);
    const http = [{ headers: { request: { set: { authorization: 'Bearer 0123456789abcdefghij' } } } }];
    expect(credentialProblems({ kind: 'VirtualService', spec: { http } }))
      .toEqual([expect.stringContaining('spec.http.0.headers.request.set.authorization looks like a credential')]);
    const containers = [{ name: 'server', livenessProbe: { exec: { command: ['redis-cli', '-u', 'redis://:hunter2@localhost'] } } }];
    expect(credentialProblems({ kind: 'Pod', spec: { template: { spec: { containers } } } }))
      .toEqual([expect.stringContaining('livenessProbe.exec.command.2')]);
  });

  test('of a ConfigMap may stand there for a reason that it says', () => {
    const configMap = (said: string) => ({
      kind: 'ConfigMap', metadata: { annotations: { 'meshmart.dev/exceptions': said } }, data: { 'demo.yaml': 'password: hunter2\n' },
    });
    expect(credentialProblems(configMap(`credential in password in demo.yaml: ${because}`))).toEqual([]);
    expect(credentialProblems(configMap(`credential in password in other.yaml: ${because}`))).toHaveLength(1);
  });

  test('fails the synth, unless an exception says why it may stand there', () => {
    const synth = (...exceptions: Exception[]) => {
      const { app, shop } = world();
      client(shop, 'web', { env: { DEMO_TOKEN: 'public' }, exceptions });
      return app.render();
    };
    expectRefusal(() => synth(), '[staging/shop/web/Workload/Resource]', 'DEMO_TOKEN', 'got a text of 6 characters', 'Secret');
    expect(synth(Exception.credential({ variable: 'DEMO_TOKEN', because })).get('staging/exceptions.md')).toContain('credential in DEMO_TOKEN');
    expectRefusal(() => synth(Exception.credential({ variable: 'OTHER', because })), 'DEMO_TOKEN');
  });
});
