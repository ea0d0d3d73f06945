import { JsonPatch } from 'cdk8s';
import { ExternalService, type ExternalServiceProps, MeshNamespace, Operation, Port } from '../../src';
import { at, client, expectRefusal, objectIn, objectsIn, world } from './world';

function bank(props: Partial<ExternalServiceProps<string>> = {}): ExternalService<string> {
  return new ExternalService(world().shop, 'bank', { host: 'api.bank.example', port: Port.tls(443), ...props });
}

const entry = (props?: Partial<ExternalServiceProps<string>>) => at(objectIn(bank(props), 'ServiceEntry'), 'spec');

describe('a host outside of the cluster', () => {
  test('is found by DNS, by nobody but its namespace', () => {
    expect(entry()).toEqual({
      exportTo: ['.'], hosts: ['api.bank.example'], location: 'MESH_EXTERNAL', ports: [{ name: 'tls', number: 443, protocol: 'TLS' }], resolution: 'DNS',
    });
  });

  test.each<[Port, string]>([[Port.http(80), 'HTTP'], [Port.grpc(50051), 'GRPC'], [Port.tcp(5432), 'TCP']])('speaks what its port speaks', (port, protocol) => {
    expect(entry({ port })).toMatchObject({ ports: [{ name: protocol.toLowerCase(), number: port.number, protocol }] });
  });

  test('may listen at another port than callers use', () => {
    expect(at(entry({ port: Port.tls(443, { targetPort: 8443 }) }), 'ports')).toEqual([{ name: 'tls', number: 443, protocol: 'TLS', targetPort: 8443 }]);
  });

  test('of TCP is told from others by its addresses', () => {
    expect(entry({ port: Port.tcp(5432), cidrs: ['203.0.113.0/24'] })).toMatchObject({ addresses: ['203.0.113.0/24'], resolution: 'NONE' });
  });

  test('of TLS is told from others by its name, whatever its addresses', () => {
    expect(entry({ cidrs: ['203.0.113.0/24'] })).toMatchObject({ resolution: 'DNS' });
    expect(entry({ cidrs: ['203.0.113.0/24'] })).not.toHaveProperty('addresses');
  });

  test('has a VirtualService where the mesh sees requests, and there alone', () => {
    expect([bank().virtualService, bank({ port: Port.tcp(1) }).virtualService]).toEqual([undefined, undefined]);
    expect(objectsIn(bank({ port: Port.http(80) })).map((object) => at(object, 'kind'))).toEqual(['ServiceEntry', 'VirtualService']);
  });

  test('has no subsets: there are no versions', () => {
    const { shop } = world();
    const api = new ExternalService(shop, 'api', { host: 'api.example', port: Port.http(80), operations: { rates: Operation.http('GET', '/rates') } });
    client(shop, 'web').calls(api, { operations: ['rates'] });
    expect(at(objectIn(api, 'VirtualService'), 'spec.http.0')).toEqual({
      match: [{ method: { exact: 'GET' }, sourceLabels: { app: 'web' }, sourceNamespace: 'shop', uri: { exact: '/rates' } }],
      retries: { attempts: 2, retryOn: 'connect-failure,refused-stream,gateway-error' },
      route: [{ destination: { host: 'api.example' } }],
      timeout: '5s',
    });
  });

  test('is known to callers in other namespaces', () => {
    const { staging, shop } = world();
    const api = new ExternalService(shop, 'api', { host: 'api.example', port: Port.tls(443) });
    const support = client(new MeshNamespace(staging, 'desk'), 'support');
    support.calls(api, {});
    expect(at(objectIn(api, 'ServiceEntry'), 'spec.exportTo')).toEqual(['.', 'desk']);
    expect(at(objectIn(support, 'Sidecar'), 'spec.egress')).toEqual([{ hosts: ['shop/api.example'] }]);
  });

  test('takes patches for fields that the types do not know', () => {
    const { serviceEntry } = bank();
    serviceEntry.addJsonPatch(JsonPatch.add('/spec/futureField', true));
    expect(at(serviceEntry.toJson(), 'spec.futureField')).toBe(true);
  });
});

describe('fails', () => {
  const hosts = ['bank', 'https://bank.example', 'Bank.example', '*.bank.example', 'bank.example.', '', '-a.example', '10.0.0.1', `${'a.'.repeat(130)}example`, `${'a'.repeat(64)}.example`];
  test.each(hosts)('for the host %j', (host) => {
    expectRefusal(() => bank({ host }), '[staging/shop/bank]', 'host', `'${host}'`, 'api.payments.example');
  });

  test.each(['payment.shop.svc.cluster.local', 'payment.shop.svc'])('for %s, which is inside', (host) => {
    expectRefusal(() => bank({ host }), '[staging/shop/bank]', `'${host}'`, 'call the service itself');
  });

  test.each(['203.0.113.7', '203.0.113.0/33', '300.0.0.0/8', 'bank.example/24', '/24', '2001:db8::/129', ''])('for the address range %j', (cidr) => {
    expectRefusal(() => bank({ cidrs: [cidr] }), '[staging/shop/bank]', 'cidr', `'${cidr}'`, '203.0.113.0/24');
  });

  test.each(['0.0.0.0/0', '::/0'])('for the address range %s, which has the cluster in it', (cidr) => {
    expectRefusal(() => bank({ cidrs: [cidr] }), '[staging/shop/bank]', `'${cidr}'`, 'leave cidrs out for any public address');
  });

  test.each([Port.http(443), Port.grpc(443), Port.http(80, { targetPort: 443 })])('for requests in plaintext to the port of TLS', (port) => {
    expectRefusal(() => bank({ port }), '[staging/shop/bank]', '443', `${port.protocol} in plaintext`, 'Port.tls(443)', 'tls: {}');
  });

  test('not for ranges of IPv6', () => {
    expect(() => bank({ cidrs: ['2001:db8::/32', '203.0.113.7/32'] })).not.toThrow();
  });

  test.each([Port.tls(443), Port.tcp(443)])('for operations where the mesh sees no requests', (port) => {
    expectRefusal(() => bank({ port, operations: { rates: Operation.http('GET', '/') } }), '[staging/shop/bank]', port.protocol, 'rates');
  });

  test('for a port out of range', () => {
    expectRefusal(() => bank({ port: Port.tls(70_000) }), '[staging/shop/bank]', '70000', '65535');
  });

  test('for a name that is no DNS label', () => {
    const props = { host: 'api.bank.example', port: Port.tls(443) };
    expectRefusal(() => new ExternalService(world().shop, 'api.bank', props), '[staging/shop/api.bank]', "'api.bank'");
  });
});

describe('TLS that the proxies of callers begin', () => {
  const origination = (tls: ExternalServiceProps['tls'], port: ExternalServiceProps['port'] = Port.http(80, { targetPort: 443 })) => bank({ port, tls });

  test('is checked by the host, whatever a program calls it, and by the authorities of the proxy', () => {
    expect(at(objectIn(origination({}), 'DestinationRule'), 'spec')).toEqual({
      exportTo: ['.'],
      host: 'api.bank.example',
      trafficPolicy: { tls: { caCertificates: 'system', mode: 'SIMPLE', sni: 'api.bank.example', subjectAltNames: ['api.bank.example'] } },
    });
    expect(at(objectIn(origination({}), 'ServiceEntry'), 'spec.ports')).toEqual([{ name: 'http', number: 80, protocol: 'HTTP', targetPort: 443 }]);
  });

  test('may be checked by other names and authorities, and is of TCP too', () => {
    const tls = { subjectAltNames: ['bank.example'], caCertificates: '/etc/bank/ca.pem' } as const;
    const rule = origination(tls, Port.tcp(6379)).destinationRule;
    expect(at(rule?.toJson(), 'spec.trafficPolicy.tls')).toEqual({ ...tls, mode: 'SIMPLE', sni: 'api.bank.example' });
    expect(bank().destinationRule).toBeUndefined();
  });

  test('is of the network too: callers reach the port of TLS', () => {
    const { shop } = world();
    const api = new ExternalService(shop, 'api', { host: 'api.example', port: Port.http(80, { targetPort: 443 }), cidrs: ['203.0.113.0/24'], tls: {} });
    const web = client(shop, 'web');
    expect(web.calls(api, {}).url('/v1')).toBe('http://api.example:80/v1');
    expect(at(objectIn(web, 'NetworkPolicy'), 'spec.egress')).toEqual([{ to: [{ ipBlock: { cidr: '203.0.113.0/24' } }], ports: [{ port: 443 }] }]);
  });

  test.each<[string, ExternalServiceProps['tls'], ExternalServiceProps['port'] | undefined, readonly string[]]>([
    ['begun at the port of plain HTTP', {}, Port.http(80), ['where the server speaks it', 'port 80', 'Port.http(80, { targetPort: 443 })']],
    ['begun at a port of mail too', {}, [Port.http(80, { targetPort: 443 }), Port.tcp(587)], ['every port', 'tcp 587', 'requests alone']],
    ['begun twice', {}, Port.tls(443), ['TLS must be begun once', '443', 'Port.http(80, { targetPort: 443 })']],
    ['checked by no name', { subjectAltNames: ['https://bank'] }, undefined, ['subjectAltNames', "'https://bank'"]],
    ['checked by a relative path', { caCertificates: 'ca.pem' }, undefined, ['caCertificates', "'ca.pem'", '/etc/certs/ca.pem']],
  ])('fails where it is %s', (_, tls, port, texts) => {
    expectRefusal(() => origination(tls, port), '[staging/shop/bank]', ...texts);
  });
});

describe('two hosts at one TCP port', () => {
  const two = (port: Port, cidrs: readonly (readonly string[] | undefined)[], dnsCapture = false) => {
    const { app, shop } = world({ dnsCapture });
    cidrs.forEach((each, index) => new ExternalService(shop, `db-${index}`, { host: `db-${index}.example`, port, cidrs: each }));
    return app;
  };

  test('fails where neither has addresses', () => {
    expectRefusal(() => two(Port.tcp(5432), [undefined, undefined]).render(), '[staging/shop/db-0]', '5432', 'staging/shop/db-1', 'cidrs', 'dnsCapture');
  });

  test('is fine with addresses of each, with DNS capture, or with TLS', () => {
    const unknown = [undefined, undefined];
    const apps = [two(Port.tcp(5432), [['203.0.113.0/25'], ['203.0.113.128/25']]), two(Port.tcp(5432), unknown, true), two(Port.tls(5432), unknown)];
    for (const app of apps) expect(() => app.render()).not.toThrow();
  });
});

describe('one host declared twice', () => {
  const twice = (ports: readonly Port[]) => {
    const { app, shop } = world();
    ports.forEach((port, index) => new ExternalService(shop, `api-${index}`, { host: 'api.example', port }));
    return app;
  };

  test('fails, since only one of the two would be routed', () => {
    expectRefusal(() => twice([Port.http(80), Port.tls(443)]).render(), '[staging/shop/api-1]', 'api.example', 'staging/shop/api-0', 'ports of both');
  });

  test('has several ports in one declaration', () => {
    const { shop } = world();
    const api = new ExternalService(shop, 'api', { host: 'api.example', port: [Port.http(80), Port.tls(443)] });
    expect(at(objectIn(api, 'ServiceEntry'), 'spec.ports')).toEqual([
      { name: 'http', number: 80, protocol: 'HTTP' }, { name: 'tls', number: 443, protocol: 'TLS' },
    ]);
  });
});
