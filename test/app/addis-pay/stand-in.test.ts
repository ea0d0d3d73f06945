import { readFolder } from '../../../src/checks/rendered';
import { Programs } from '../programs';
import { Recorder } from '../recorder';

jest.setTimeout(30_000); // nine programs on what processors there are

const programs = new Programs('staging/addis-pay');
const [provider, sms] = [new Recorder(), new Recorder()];
beforeAll(async () => {
  await programs.start(readFolder('dist'), { 'api.payments.example': await provider.listen(), 'api.sms.example': await sms.listen() });
});
afterAll(async () => {
  await programs.stop();
  await Promise.all([provider.close(), sms.close()]);
});

const ask = async (service: string, method: string, path: string, body?: unknown): Promise<[status: number, body: unknown]> => {
  const { status, body: text } = await programs.ask(`${service}-service`, method, `/api/${path}`, body);
  return [status, /^[{[]/.test(text) ? JSON.parse(text) : text];
};
const joined = async (): Promise<number> => {
  const [, user] = await ask('user', 'POST', 'users', { name: 'Abeba', email: 'abeba@example.com' });
  return (user as { id: number }).id;
};

test('an order takes the cart, is paid for once, and the customer is told', async () => {
  const user = await joined();
  expect(await ask('cart', 'POST', `cart/${user}/items`, { product: 1, count: 2 })).toEqual([201, { items: [{ product: 1, count: 2 }] }]);
  const [before, told] = [provider.asked.length, sms.asked.length];

  const [status, order] = await ask('order', 'POST', 'orders', { user });

  expect([status, order]).toEqual([201, { id: expect.any(Number), price: 60 }]);
  expect(provider.asked.slice(before)).toEqual(['POST /v1/charges']);
  expect(await ask('cart', 'GET', `cart/${user}`)).toEqual([200, { items: [] }]);
  expect(await ask('order', 'GET', `orders?user=${user}`)).toEqual([200, [expect.objectContaining({ price: 60 })]]);
  for (let tries = 0; tries < 100 && sms.asked.length === told; tries++) await new Promise((done) => { setTimeout(done, 50); });
  expect(sms.bodies.at(-1)).toBe(JSON.stringify({ to: 'abeba@example.com', text: `We have your order ${(order as { id: number }).id}.\n` }));
});

test.each([
  ['an order of nobody', 'order', 'POST', 'orders', { user: 99 }, 404],
  ['a product that there is not', 'cart', 'POST', 'cart/0/items', { product: 99 }, 404],
  ['a review of nothing', 'review', 'POST', 'reviews', { user: 99, product: 1 }, 404],
  ['a login of nobody', 'user', 'POST', 'users/login', { email: 'nobody@example.com' }, 401],
  ['a payment that there is not', 'payment', 'POST', 'payments/callback', { id: 99, state: 'settled' }, 404],
  ['more than there is', 'product', 'POST', 'products/1/reservations', { count: 5000 }, 409],
])('%s is refused', async (_, service, method, path, body, status) => {
  expect((await ask(service, method, path, body))[0]).toBe(status);
});

test('products are found, reviewed and recommended', async () => {
  const user = await joined();
  expect(await ask('search', 'GET', 'search?q=coff')).toEqual([200, [expect.objectContaining({ id: 1, name: 'coffee' })]]);
  expect((await ask('review', 'POST', 'reviews', { user, product: 1, stars: 5 }))[0]).toBe(201);
  expect(await ask('review', 'GET', 'reviews?product=1')).toEqual([200, [{ user, product: 1, stars: 5 }]]);
  const products = expect.arrayContaining([expect.objectContaining({ name: 'injera' })]);
  expect(await ask('recommendation', 'GET', `recommendations/${user}`)).toEqual([200, { after: 0, products }]);
});

test('the provider says later what became of a payment', async () => {
  const [, payment] = await ask('payment', 'POST', 'payments', { user: 1, price: 5 });
  const { id } = payment as { id: number };
  expect(await ask('payment', 'POST', 'payments/callback', { id, state: 'settled' })).toEqual([200, { id, state: 'settled' }]);
  expect(await ask('payment', 'GET', `payments/${id}`)).toEqual([200, expect.objectContaining({ price: 5, state: 'settled' })]);
});
