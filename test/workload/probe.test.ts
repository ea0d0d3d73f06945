import { Duration } from 'cdk8s';
import { Probe } from '../../src';
import { expectRefusal, stockChart } from '../mesh/world';

const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const kube = (probe: Probe, port: number) => probe.toKube(stockChart(), port);

test('HTTP asks for a path at the port of the container', () => {
  expect(kube(Probe.httpGet('/health'), 8080)).toMatchObject({ httpGet: { path: '/health', port: { value: 8080 } } });
});

test('HTTP sends headers where they are given', () => {
  expect(kube(Probe.httpGet('/', { headers: { Cookie: 'a=b' } }), 80).httpGet?.httpHeaders).toEqual([{ name: 'Cookie', value: 'a=b' }]);
  expect(kube(Probe.httpGet('/'), 80).httpGet?.httpHeaders).toBeUndefined();
});

test('gRPC asks the health service', () => {
  expect(written(kube(Probe.grpc(), 50051))).toEqual({ grpc: { port: 50051 } });
});

test('TCP opens a connection', () => {
  expect(kube(Probe.tcp(), 6379).tcpSocket?.port.value).toBe(6379);
});

test('exec runs a command and needs no port', () => {
  const probe = Probe.exec(['redis-cli', 'ping']);
  expect([written(kube(probe, 0)), probe.needsPort]).toEqual([{ exec: { command: ['redis-cli', 'ping'] } }, false]);
});

test('a port of its own comes first', () => {
  expect(written(kube(Probe.grpc({ port: 9090 }), 50051))).toEqual({ grpc: { port: 9090 } });
});

test('times are written only where they are given', () => {
  const times = { initialDelay: Duration.seconds(15), period: Duration.minutes(1), timeout: Duration.seconds(2), failureThreshold: 5 };
  const all = { initialDelaySeconds: 15, periodSeconds: 60, timeoutSeconds: 2, failureThreshold: 5 };
  expect(written(kube(Probe.grpc(times), 1))).toEqual({ grpc: { port: 1 }, ...all });
});

test.each(['initialDelay', 'period', 'timeout'] as const)('fails for a %s that is no whole number of seconds', (what) => {
  expectRefusal(() => kube(Probe.tcp({ [what]: Duration.millis(1500) }), 80), '[shop]', what, '1500ms', 'whole seconds');
});

test.each([0, -1, 1.5])('fails for a failureThreshold of %d', (failureThreshold) => {
  expectRefusal(() => kube(Probe.tcp({ failureThreshold }), 80), '[shop]', 'failureThreshold', String(failureThreshold));
});

test.each(['period', 'timeout'] as const)('fails for a %s of 0', (what) => {
  expectRefusal(() => kube(Probe.tcp({ [what]: Duration.seconds(0) }), 80), '[shop]', what, '0ms');
});

test.each([
  ['a path without a slash', Probe.httpGet('health'), "path of a probe must begin with '/', got 'health'"],
  ['a header that cannot be', Probe.httpGet('/', { headers: { 'a b': '1' } }), "headers of a probe must be names of headers, got 'a b'"],
  ['no command', Probe.exec([]), 'command of a probe must name a program, got none'],
])('fails for %s', (_, probe, problem) => {
  expectRefusal(() => kube(probe, 80), '[shop]', problem);
});
