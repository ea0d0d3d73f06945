import { Address } from '../../src/graph/address';
import { ConfigurationError } from '../../src/graph/configuration-error';
import { Port } from '../../src/graph/port';
import { clientOf, externalOf, serviceOf } from './sample-graph';

const http = Port.http(8080);
const payment = serviceOf('payment', { ports: [http] });

test('is short inside the namespace', () => {
  const address = new Address(clientOf('client'), payment, http);
  expect(address).toMatchObject({ host: 'payment', port: '8080', hostPort: 'payment:8080' });
});

test('is fully qualified where somebody asks for it', () => {
  const { qualified } = new Address(clientOf('client'), payment, http);
  expect(qualified.hostPort).toBe('payment.shop.svc.cluster.local:8080');
  expect(qualified.qualified.hostPort).toBe(qualified.hostPort);
});

test('is fully qualified across namespaces', () => {
  const address = new Address(clientOf('client', { namespace: 'bank' }), payment, http);
  expect(address).toMatchObject({ host: 'payment.shop.svc.cluster.local', hostPort: 'payment.shop.svc.cluster.local:8080' });
});

test('is the host itself outside the cluster', () => {
  const address = new Address(clientOf('client'), externalOf('cards', 'api.cards.example', Port.tls(443)), Port.tls(443));
  expect(address.hostPort).toBe('api.cards.example:443');
});

test('makes URLs', () => {
  expect(new Address(clientOf('client'), payment, http).url()).toBe('http://payment:8080');
  expect(new Address(clientOf('client'), payment, http).url('/health')).toBe('http://payment:8080/health');
  expect(new Address(clientOf('client'), payment, Port.tcp(5432)).url('/orders', 'jdbc:postgresql')).toBe('jdbc:postgresql://payment:5432/orders');
});

test('makes a URL of https where the application speaks TLS', () => {
  expect(new Address(clientOf('client'), externalOf('cards', 'api.cards.example', Port.tls(443)), Port.tls(443)).url()).toBe('https://api.cards.example:443');
});

test.each([
  ['health', 'http', "path of a URL must begin with '/', got 'health'"],
  ['/', 'http://', "scheme of a URL must be one without ://, got 'http://'"],
])('fails on a URL of path %s and scheme %s', (path, scheme, problem) => {
  expect(() => new Address(clientOf('client'), payment, http).url(path, scheme)).toThrow(new ConfigurationError(`[staging/shop/client] ${problem}`));
});

test('is the port of the Service, not that of the container', () => {
  const port = Port.grpc(5000, { targetPort: 8080 });
  expect(new Address(clientOf('client'), serviceOf('email', { ports: [port] }), port).hostPort).toBe('email:5000');
});
