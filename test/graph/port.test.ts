import { Port, portProblem } from '../../src/graph/port';

test.each([
  [Port.http(80), 'http', true],
  [Port.grpc(50051), 'grpc', true],
  [Port.tcp(6379), 'tcp', false],
  [Port.tls(8443), 'tls', false],
])('names a port for what it speaks, and knows whether the mesh sees requests, %#', (port, protocol, carriesRequests) => {
  expect(port.protocol).toBe(protocol);
  expect(port.name).toBe(protocol);
  expect(port.carriesRequests).toBe(carriesRequests);
  expect(port.targetPort).toBe(port.number);
  expect(portProblem(port)).toBeUndefined();
});

test('keeps the port of the container apart from that of the Service', () => {
  const port = Port.grpc(5000, { targetPort: 8080 });
  expect([port.number, port.targetPort]).toEqual([5000, 8080]);
});

test.each([1, 65535])('allows the port %d', (number) => {
  expect(portProblem(Port.tcp(number))).toBeUndefined();
});

test.each([0, -1, 65536, 80.5, NaN])('fails on the port %d', (number) => {
  expect(portProblem(Port.http(number))).toBe(`port must be a whole number from 1 to 65535, got ${number}`);
});

test('fails on a port of the container that cannot be', () => {
  expect(portProblem(Port.http(80, { targetPort: 70000 }))).toBe('targetPort must be a whole number from 1 to 65535, got 70000');
});

test('allows a name that begins with the protocol', () => {
  expect(portProblem(Port.tcp(6379, { name: 'tcp-redis' }))).toBeUndefined();
  expect(portProblem(Port.http(80, { name: 'http-abcdefghij' }))).toBeUndefined();
});

test.each(['redis', 'tcpredis', 'tcp-', 'tcp-Redis', 'tcp-a--b', 'tcp-abcdefghijkl', ''])("fails on the name '%s' of a TCP port", (name) => {
  expect(portProblem(Port.tcp(6379, { name }))).toBe(`port name must be 'tcp' or 'tcp-<word>' of at most 15 characters, got '${name}'`);
});
