import { Duration } from 'cdk8s';
import { carriesRequests, durationInWords, happensDuring, inBrief, portsOf, timeoutOf } from '../../src/graph/edge';
import { Operation } from '../../src/graph/operation';
import { Port } from '../../src/graph/port';
import { clientOf, edgeOf, seconds, serviceOf } from './sample-graph';

const ports = [Port.http(8080), Port.grpc(90), Port.tcp(5432)];
const operations = { list: Operation.http('GET', '/'), read: Operation.grpc('x.Y/Read') };
const shop = serviceOf('shop', { ports, operations });
const client = clientOf('client');
const numbers = (...asked: readonly string[]): readonly number[] => portsOf(edgeOf(client, shop, asked)).map(({ number }) => number);

test('a call goes to the ports of its operations, the lowest first', () => {
  expect(numbers('list')).toEqual([8080]);
  expect(numbers('list', 'read')).toEqual([90, 8080]);
});

test('a call without operations goes to the port it names, or to the first', () => {
  const plain = serviceOf('plain', { ports });
  expect(portsOf(edgeOf(client, plain, []))).toEqual([ports[0]]);
  expect(portsOf(edgeOf(client, plain, [], { port: 'tcp' }))).toEqual([ports[2]]);
});

test('the mesh sees requests at HTTP and gRPC ports', () => {
  expect(carriesRequests(edgeOf(client, shop, ['list', 'read']))).toBe(true);
  expect(carriesRequests(edgeOf(client, serviceOf('plain', { ports }), [], { port: 'tcp' }))).toBe(false);
});

test('a call happens during all operations of the caller, or those it names', () => {
  expect(happensDuring(edgeOf(shop, shop, ['list']), 'read')).toBe(true);
  expect(happensDuring(edgeOf(shop, shop, ['list'], { during: ['read'] }), 'read')).toBe(true);
  expect(happensDuring(edgeOf(shop, shop, ['list'], { during: ['read'] }), 'list')).toBe(false);
});

test('a call that does not say takes five seconds at most', () => {
  expect(timeoutOf(edgeOf(client, shop, ['list'])).toSeconds()).toBe(5);
  expect(timeoutOf(edgeOf(client, shop, ['list'], seconds(7))).toSeconds()).toBe(7);
});

test('calls and durations are written as a person would', () => {
  expect(inBrief(edgeOf(client, shop, ['list', 'read']))).toBe('shop list, read');
  expect(inBrief(edgeOf(client, serviceOf('plain'), []))).toBe('plain');
  expect([Duration.seconds(90), Duration.millis(1500), Duration.millis(300)].map((each) => durationInWords(each))).toEqual(['90s', '1500ms', '300ms']);
});
