import { externalPortProblems } from '../../src/graph/external-ports';
import { Port } from '../../src/graph/port';
import { environmentOf, externalOf, serviceOf, staging } from './sample-graph';

const queue = externalOf('queue', 'queue.example', Port.tcp(5672));
const broker = externalOf('broker', 'broker.example', Port.tcp(5672));
const known = externalOf('broker', 'broker.example', Port.tcp(5672), ['203.0.113.7/32']);
const problem = '[staging/shop/queue] a TCP port of an external host needs cidrs where others use its number, got 5672 as staging/shop/broker has; ' +
  'give cidrs, or switch on dnsCapture in the mesh and in the environment';

test('tells TCP hosts apart by their addresses', () => {
  expect(externalPortProblems(staging, [queue, known])).toEqual([]);
});

test('tells TCP hosts apart by their port', () => {
  expect(externalPortProblems(staging, [queue, externalOf('broker', 'broker.example', Port.tcp(5673))])).toEqual([]);
});

test('tells TCP hosts apart where sidecars answer DNS', () => {
  expect(externalPortProblems(environmentOf('staging', { dnsCapture: true }), [queue, broker])).toEqual([]);
});

test('tells TLS hosts apart by the server name that they are asked for', () => {
  expect(externalPortProblems(staging, ['a', 'b'].map((name) => externalOf(name, `${name}.example`, Port.tls(443))))).toEqual([]);
});

test('leaves services of the cluster out, which have addresses', () => {
  expect(externalPortProblems(staging, [queue, serviceOf('rabbit', { ports: [Port.tcp(5672)] })])).toEqual([]);
});

test('fails on two TCP hosts with one port and no addresses', () => {
  expect(externalPortProblems(staging, [queue, broker])).toContain(problem);
});

test('fails on a TCP host without addresses on the port of one that speaks HTTP', () => {
  expect(externalPortProblems(staging, [queue, externalOf('broker', 'broker.example', Port.http(5672))])).toEqual([problem]);
});

test('fails on a TCP host without addresses on the port of one that speaks HTTP, whose cidrs its ServiceEntry cannot use', () => {
  expect(externalPortProblems(staging, [queue, externalOf('broker', 'broker.example', Port.http(5672), ['203.0.113.7/32'])])).toEqual([problem]);
});
