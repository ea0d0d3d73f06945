import { ExternalService, MeshNamespace, MeshedMicroservice, Port, RedisCache } from '../../src';
import { at, client, container, expectRefusal, objectIn, payment, world } from './world';

const envOf = (workload: MeshedMicroservice<string>) => at(objectIn(workload, 'Deployment'), 'spec.template.spec.containers.0.env');

describe('the address of a callee', () => {
  test('is short inside the namespace', () => {
    const { shop } = world();
    const address = client(shop, 'checkout').calls(payment(shop), { operations: ['charge'] });
    expect([address.host, address.port, address.hostPort, address.url()]).toEqual(['payment', '50051', 'payment:50051', 'http://payment:50051']);
  });

  test('is fully qualified inside the namespace too where a program needs it', () => {
    const { shop } = world();
    const { qualified } = client(shop, 'checkout').calls(payment(shop), { operations: ['charge'] });
    expect([qualified.host, qualified.hostPort]).toEqual(['payment.shop.svc.cluster.local', 'payment.shop.svc.cluster.local:50051']);
  });

  test('is fully qualified from another namespace', () => {
    const { staging, shop } = world();
    const address = client(new MeshNamespace(staging, 'desk'), 'support').calls(payment(shop), { operations: ['refunds'] });
    expect(address).toMatchObject({ host: 'payment.shop.svc.cluster.local', hostPort: 'payment.shop.svc.cluster.local:50051' });
  });

  test('is the host itself outside of the cluster', () => {
    const { shop } = world();
    const bank = new ExternalService(shop, 'bank', { host: 'api.bank.example', port: Port.tls(443) });
    expect(client(shop, 'checkout').calls(bank, {}).hostPort).toBe('api.bank.example:443');
  });

  test('has the port of the Service, not of the container', () => {
    const { shop } = world();
    const email = new MeshedMicroservice(shop, 'email', { ...container, port: Port.grpc(5000, { targetPort: 8080 }) });
    expect(client(shop, 'checkout').calls(email, {}).hostPort).toBe('email:5000');
  });

  test('has the port that was asked for', () => {
    const { shop } = world();
    const search = new MeshedMicroservice(shop, 'search', { ...container, port: [Port.http(80), Port.tcp(9000, { name: 'tcp-admin' })] });
    expect(client(shop, 'checkout').calls(search, { port: 'tcp-admin' }).hostPort).toBe('search:9000');
  });

  test.each<[string, Port, string]>([
    ['http', Port.http(80), 'http://api.example:80/v1'],
    ['https where the application speaks TLS', Port.tls(443), 'https://api.example:443/v1'],
  ])('makes a URL with %s', (_, port, url) => {
    const { shop } = world();
    const api = new ExternalService(shop, 'api', { host: 'api.example', port });
    expect(client(shop, 'checkout').calls(api, {}).url('/v1')).toBe(url);
  });

  test.each([['a path without a slash', ['v1'], "'v1'"], ['a scheme with slashes', ['/v1', 'http://'], "'http://'"]])('fails for %s in a URL', (_, args, got) => {
    const { shop } = world();
    const address = client(shop, 'checkout').calls(payment(shop), { operations: ['charge'] });
    expectRefusal(() => address.url(...args), '[staging/shop/checkout]', 'URL', got);
  });

  test('makes a URL with another scheme', () => {
    const { shop } = world();
    const redis = new RedisCache(shop, 'redis', { resources: container.resources });
    const address = client(shop, 'checkout').calls(redis, {});
    expect([address.url('/0', 'redis'), address.url()]).toEqual(['redis://redis:6379/0', 'http://redis:6379']);
  });
});

describe('environment variables', () => {
  test('of calls are sorted by name and stand before those of the container', () => {
    const { shop } = world();
    const checkout = client(shop, 'checkout', { env: { PORT: '80', DEBUG: '0' } });
    checkout.calls(payment(shop), { operations: ['charge'], env: (to) => ({ Z_ADDR: to.hostPort, Y_HOST: to.host }) });
    checkout.calls(payment(shop, 'bank'), { operations: ['charge'], env: (to) => ({ A_ADDR: to.hostPort }) });
    expect(envOf(checkout)).toEqual([
      { name: 'A_ADDR', value: 'bank:50051' }, { name: 'Y_HOST', value: 'payment' }, { name: 'Z_ADDR', value: 'payment:50051' },
      { name: 'PORT', value: '80' }, { name: 'DEBUG', value: '0' },
    ]);
  });

  test('of several calls come last', () => {
    const { shop } = world();
    const web = client(shop, 'web', { env: { PORT: '80' } });
    const upstreams = ['A', 'B'].map((id) => web.calls(payment(shop, id.toLowerCase()), { operations: ['charge'], env: (to) => ({ [`Z_${id}`]: to.host }) }));
    web.addEnv('UPSTREAM_URIS', upstreams.map((to) => to.url()).join());
    expect(envOf(web)).toEqual([
      { name: 'Z_A', value: 'a' }, { name: 'Z_B', value: 'b' },
      { name: 'PORT', value: '80' }, { name: 'UPSTREAM_URIS', value: 'http://a:50051,http://b:50051' },
    ]);
  });

  test('of several calls may use others of the container', () => {
    const { app, shop } = world();
    const web = client(shop, 'web', { env: { USER: 'shop' } });
    web.calls(payment(shop), { operations: ['charge'], env: (to) => ({ ADDR: to.hostPort }) });
    web.addEnv('URL', '$(USER)@$(ADDR) costs $$(5)');
    expect(() => app.render()).not.toThrow();
  });

  test('fails at synth for one that uses a variable that is not set', () => {
    const { app, shop } = world();
    client(shop, 'web', { env: { USER: 'shop' } }).addEnv('URL', '$(USER)@$(ADRD)');
    expectRefusal(() => app.render(), '[staging/shop/web]', 'URL', '$(ADRD)', 'USER');
  });

  test('stand after those that they use, whatever their names', () => {
    const { shop } = world();
    const web = client(shop, 'web');
    web.calls(payment(shop), { operations: ['charge'], env: (to) => ({ A_URL: '$(B_ADDR)/$(C_PATH)', C_PATH: 'charge', B_ADDR: to.hostPort }) });
    expect(envOf(web)).toMatchObject([{ name: 'B_ADDR' }, { name: 'C_PATH' }, { name: 'A_URL' }]);
  });

  test('fails at synth for one of a call that uses a variable that is not set, or one that comes after it', () => {
    const unknown = world();
    client(unknown.shop, 'web').calls(payment(unknown.shop), { operations: ['charge'], env: (to) => ({ URL: `$(USR)@${to.host}` }) });
    expectRefusal(() => unknown.app.render(), '[staging/shop/web]', 'URL', '$(USR)');
    const late = world();
    client(late.shop, 'web', { env: { USER: 'shop' } }).calls(payment(late.shop), { operations: ['charge'], env: (to) => ({ URL: `$(USER)@${to.host}` }) });
    expectRefusal(() => late.app.render(), '[staging/shop/web', 'URL', 'got $(USER)', 'addEnv');
  });

  test('are none where a call names none', () => {
    const { shop } = world();
    const checkout = client(shop, 'checkout');
    checkout.calls(payment(shop), { operations: ['charge'] });
    expect(envOf(checkout)).toBeUndefined();
  });

  const twice: [string, (checkout: MeshedMicroservice, callee: ReturnType<typeof payment>) => void][] = [
    ['a call and the container', (checkout, callee) => { checkout.calls(callee, { operations: ['charge'], env: () => ({ PORT: '1' }) }); }],
    ['two calls', (checkout, callee) => {
      checkout.calls(callee, { operations: ['charge'], env: () => ({ ADDR: '1' }) });
      checkout.calls(callee, { operations: ['refunds'], env: () => ({ ADDR: '1' }) });
    }],
    ['a call and a combination', (checkout, callee) => {
      checkout.calls(callee, { operations: ['charge'], env: () => ({ ADDR: '1' }) });
      checkout.addEnv('ADDR', '1');
    }],
    ['two combinations', (checkout) => {
      checkout.addEnv('ADDR', '1');
      checkout.addEnv('ADDR', '1');
    }],
  ];

  test.each(twice)('fails for a name set by %s', (_, declare) => {
    const { shop } = world();
    const checkout = client(shop, 'checkout', { env: { PORT: '80' } });
    expectRefusal(() => declare(checkout, payment(shop)), '[staging/shop/checkout]', 'set already', 'got a second value for it');
  });

  test.each(['', '1A', 'A B', 'A=B'])('fails for the name %j', (name) => {
    expectRefusal(() => client(world().shop, 'checkout').addEnv(name, '1'), '[staging/shop/checkout]', 'environment variable', `'${name}'`);
  });

  test('fails for a name of the container that Kubernetes refuses', () => {
    expectRefusal(() => client(world().shop, 'checkout', { env: { 'A=B': '1' } }), '[staging/shop/checkout', 'environment variable', "'A=B'");
  });
});

describe('a workload', () => {
  test('may call itself in the background', () => {
    const { app, shop } = world();
    const callee = payment(shop);
    callee.calls(callee, { operations: ['refunds'], background: true });
    expect(() => app.render()).not.toThrow();
    expect(at(objectIn(callee, 'Sidecar'), 'spec.egress.0.hosts')).toEqual(['./payment.shop.svc.cluster.local']);
  });

  test('may be declared after those that it calls or before', () => {
    const rendered = [true, false].map((first) => {
      const { app, shop } = world();
      const early = first ? client(shop, 'checkout') : undefined;
      const callee = payment(shop);
      (early ?? client(shop, 'checkout')).calls(callee, { operations: ['charge'] });
      return app.synthYaml();
    });
    expect(rendered[1]).toBe(rendered[0]);
  });
});
