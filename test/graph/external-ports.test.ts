import { externalPortProblems } from '../../src/graph/external-ports';
import { Port } from '../../src/graph/port';
import { clientOf, edgeOf, environmentOf, externalOf, graphOf, serviceOf, staging } from './sample-graph';

const nobody = graphOf();
const queue = externalOf('queue', 'queue.example', Port.tcp(5672));
const broker = externalOf('broker', 'broker.example', Port.tcp(5672));
const known = externalOf('broker', 'broker.example', Port.tcp(5672), ['203.0.113.7/32']);
const problem = '[staging/shop/queue] a TCP port of an external host needs cidrs where others use its number, got 5672 as staging/shop/broker has; ' +
  'give cidrs, or switch on dnsCapture in the mesh and in the environment';

test('tells TCP hosts apart by their addresses', () => {
  expect(externalPortProblems(nobody, staging, [queue, known])).toEqual([]);
});

test('tells TCP hosts apart by their port', () => {
  expect(externalPortProblems(nobody, staging, [queue, externalOf('broker', 'broker.example', Port.tcp(5673))])).toEqual([]);
});

test('tells TCP hosts apart where sidecars answer DNS', () => {
  expect(externalPortProblems(nobody, environmentOf('staging', { dnsCapture: true }), [queue, broker])).toEqual([]);
});

test('tells TLS hosts apart by the server name that they are asked for', () => {
  expect(externalPortProblems(nobody, staging, ['a', 'b'].map((name) => externalOf(name, `${name}.example`, Port.tls(443))))).toEqual([]);
});

test('leaves services of the cluster out, which have addresses', () => {
  expect(externalPortProblems(nobody, staging, [queue, serviceOf('rabbit', { ports: [Port.tcp(5672)] })])).toEqual([]);
});

test('fails on two TCP hosts with one port and no addresses', () => {
  expect(externalPortProblems(nobody, staging, [queue, broker])).toContain(problem);
});

test('fails on a TCP host without addresses on the port of one that speaks HTTP', () => {
  expect(externalPortProblems(nobody, staging, [queue, externalOf('broker', 'broker.example', Port.http(5672))])).toEqual([problem]);
});

test('fails on a TCP host without addresses on the port of one that speaks HTTP, whose cidrs its ServiceEntry cannot use', () => {
  expect(externalPortProblems(nobody, staging, [queue, externalOf('broker', 'broker.example', Port.http(5672), ['203.0.113.7/32'])])).toEqual([problem]);
});

test('fails on two TCP hosts with one port and one address range', () => {
  const other = externalOf('queue', 'queue.example', Port.tcp(5672), ['203.0.113.7/32']);
  expect(externalPortProblems(nobody, staging, [known, other]))
    .toEqual(['[staging/shop/queue] TCP hosts at one port need different cidrs, got those of staging/shop/broker; give each its own']);
});

describe('beside a service of the cluster that one caller calls too', () => {
  const beside = (port: Port) => {
    const client = clientOf('client');
    const web = serviceOf('web', { ports: [port] });
    return externalPortProblems(graphOf(edgeOf(client, queue, []), edgeOf(client, web, [])), staging, [queue, web]);
  };

  test('fails where that takes requests, which are told apart by name too', () => {
    expect(beside(Port.http(5672))).toEqual([problem.replace('broker', 'web')]);
  });

  test('is fine where that is told apart by its address, or has another port', () => {
    expect([...beside(Port.tcp(5672)), ...beside(Port.http(80))]).toEqual([]);
  });
});
