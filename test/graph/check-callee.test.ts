import { checkCallee } from '../../src/graph/check-callee';
import { ConfigurationError } from '../../src/graph/configuration-error';
import { Operation } from '../../src/graph/operation';
import { Port } from '../../src/graph/port';
import { serviceOf } from './sample-graph';

type Options = NonNullable<Parameters<typeof serviceOf>[1]>;
const checking = (options: Options) => () => checkCallee(serviceOf('shop', options));
const admin = Port.http(81, { name: 'http-admin' });

test.each<[string, Options, string]>([
  ['a port that cannot be', { ports: [Port.http(0)] }, 'port must be a whole number from 1 to 65535, got 0'],
  ['two ports of one name', { ports: [Port.http(80), Port.http(81)] }, 'ports must differ, got name http twice; change one'],
  ['two ports of one number', { ports: [Port.http(80), Port.grpc(80)] }, 'ports must differ, got number 80 twice; change one'],
  ['two ports that are one in the container', { ports: [Port.http(80), Port.grpc(9000, { targetPort: 80 })] },
    'ports must differ, got targetPort 80 twice; change one'],
  ['a port of the sidecar', { ports: [Port.http(80, { targetPort: 15090 })] },
    "targetPort must be none of the sidecar's own, got 15090"],
  ['the port by which it is found out whether sidecars work', { ports: [Port.http(80, { targetPort: 15002 })] },
    "targetPort must be none of the sidecar's own, got 15002"],
  ["a port where callers' sidecars would not listen", { ports: [Port.http(15021, { targetPort: 8080 })] },
    "port must be none that its callers' sidecars listen on, got 15021; choose another"],
  ['an operation that cannot be', { operations: { read: Operation.http('GET', 'items') } }, "operation read: path must begin with '/', got 'items'"],
  ['an operation on an unknown port', { operations: { read: Operation.http('GET', '/', { port: 'grpc' }) } },
    "operation read: port must be one of http, got 'grpc'"],
  ['an operation on a port of another protocol', { operations: { read: Operation.grpc('x.Y/Read') } },
    'operation read: its port must speak grpc, got http; use Port.grpc, or remove the operation'],
  ['an operation on a port whose bytes are not told apart', { ports: [Port.tcp(5432)], operations: { read: Operation.http('GET', '/') } },
    'operation read: its port must speak http, got tcp; use Port.http, or remove the operation'],
  ['two operations for one request', { operations: { one: Operation.http(['GET', 'HEAD'], '/'), two: Operation.http('HEAD', '/') } },
    'two operations answer one request, got HEAD / for one and two; remove one'],
  ['two operations for one request by other names of their parameters',
    { operations: { one: Operation.http('GET', '/pets/{id}'), two: Operation.http('GET', '/pets/{name}') } },
    'two operations answer one request, got GET /pets/{name} for one and two; remove one'],
])('fails on %s', (_, options, problem) => {
  expect(checking(options)).toThrow(new ConfigurationError(`[staging/shop/shop] ${problem}`));
});

test.each<[string, Options]>([
  ['several ports', { ports: [Port.http(80), Port.grpc(9000), Port.tcp(5432)] }],
  ['one request on each of its ports',
    { ports: [Port.http(80), admin], operations: { one: Operation.http('GET', '/'), two: Operation.http('GET', '/', { port: 'http-admin' }) } }],
  ['operations on the first port that speaks their protocol',
    { ports: [Port.http(80), Port.grpc(9000)], operations: { read: Operation.grpc('x.Y/Read') } }],
  ['several methods of one path', { operations: { read: Operation.http('GET', '/'), write: Operation.http('POST', '/') } }],
  ['operations of which one is more specific', { operations: { any: Operation.http('GET', '/*'), one: Operation.http('GET', '/{id}') } }],
  ['no port', { ports: [] }],
])('allows %s', (_, options) => {
  expect(checking(options)).not.toThrow();
});
