import { HttpMethod, Operation } from '../../src/graph/operation';

test.each<[HttpMethod, boolean]>([
  ['GET', true], ['HEAD', true], ['POST', false], ['PUT', false], ['PATCH', false], ['DELETE', false], ['OPTIONS', false],
])('takes HTTP %s for idempotent: %s', (method, idempotent) => {
  expect(Operation.http(method, '/x').idempotent).toBe(idempotent);
});

test('takes several methods for idempotent only where each is', () => {
  expect(Operation.http(['HEAD', 'GET'], '/x').idempotent).toBe(true);
  expect(Operation.http(['GET', 'POST'], '/x').idempotent).toBe(false);
});

test('takes no gRPC method for idempotent', () => {
  expect(Operation.grpc('shop.Cart/Get').idempotent).toBe(false);
});

test('believes an operation what it says of itself', () => {
  expect(Operation.grpc('shop.Cart/Get', { idempotent: true }).idempotent).toBe(true);
  expect(Operation.http('GET', '/x', { idempotent: false }).idempotent).toBe(false);
  const keyed = Operation.http('POST', '/x', { idempotent: { because: 'the key makes the second one a read' } });
  expect(keyed.idempotent).toBe(true);
  expect(keyed.because).toBe('the key makes the second one a read');
});

test('takes an option that is undefined for one that is not given', () => {
  expect(Operation.http('GET', '/x', { idempotent: undefined }).idempotent).toBe(true);
});

test('neither streams nor has a port of its own by default', () => {
  const operation = Operation.http('GET', '/x');
  expect(operation.streams).toBe(false);
  expect(operation.port).toBeUndefined();
  expect(operation.because).toBeUndefined();
});

test('sorts methods, so that their order means nothing', () => {
  expect(Operation.http(['POST', 'GET'], '/x').methods).toEqual(['GET', 'POST']);
});

test('makes a gRPC method a POST to its path', () => {
  const operation = Operation.grpc('hipstershop.CartService/GetCart');
  expect(operation.protocol).toBe('grpc');
  expect(operation.methods).toEqual(['POST']);
  expect(operation.path.uriMatches()).toEqual([{ exact: '/hipstershop.CartService/GetCart' }]);
});

test('overlaps only what shares a method and a path', () => {
  const item = Operation.http('GET', '/items/{id}');
  expect(item.overlaps(Operation.http(['GET', 'POST'], '/items/latest'))).toBe(true);
  expect(item.overlaps(Operation.http('POST', '/items/latest'))).toBe(false);
  expect(item.overlaps(Operation.http('GET', '/items'))).toBe(false);
});

test.each([
  [Operation.grpc('GetCart'), "gRPC method must be '<package>.<Service>/<Method>', got 'GetCart'"],
  [Operation.grpc('/shop.Cart/Get'), "gRPC method must be '<package>.<Service>/<Method>', got '/shop.Cart/Get'"],
  [Operation.grpc('shop.Cart/*'), "gRPC method must be '<package>.<Service>/<Method>', got 'shop.Cart/*'"],
  [Operation.http([], '/x'), "operation on '/x' has no HTTP method; give at least one"],
  [Operation.http('POST', '/x', { idempotent: { because: ' ' } }), "idempotent.because must give a reason, got ''"],
  [Operation.http('GET', 'x'), "path must begin with '/', got 'x'"],
])('fails on an operation that cannot be, %#', (operation, problem) => {
  expect(operation.problem()).toBe(problem);
});

test('finds nothing wrong with ordinary operations', () => {
  expect(Operation.http('GET', '/x').problem()).toBeUndefined();
  expect(Operation.grpc('Echo/Say').problem()).toBeUndefined();
});
