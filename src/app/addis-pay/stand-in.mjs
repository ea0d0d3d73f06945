// Stands in for the programs of Addis Pay, whose authors published none. One argument says which. What a database would keep is kept in memory.
import { readFileSync } from 'node:fs';
import { ask, kept, notFound, ok, serve } from './server.mjs';

const {
  CART_SERVICE_URL, NOTIFICATION_SERVICE_URL, ORDER_SERVICE_URL, PAYMENT_SERVICE_URL, PRODUCT_SERVICE_URL, USER_SERVICE_URL, PAYMENT_GATEWAY_URL, SMS_API_URL,
  TEMPLATES,
} = process.env;

const created = (body) => ({ ...ok(body), status: 201 });
const failed = ({ status }) => status >= 400;
const bodyOf = ({ body }) => JSON.parse(body);
const health = { 'GET /healthz': () => ok('alive', 'text/plain'), 'GET /readyz': () => ok('ready', 'text/plain') };
const one = (all, id) => (all.list[id] ? ok({ id: Number(id), ...all.list[id] }) : notFound);
/** The answers of a program that is asked about its health, too. */
const program = (answersOf) => () => ({ ...health, ...answersOf() });

const userService = program(() => {
  const users = kept();
  return {
    'POST /api/users': ({ json }) => created({ id: users.add({ name: json.name, email: json.email }) }),
    'POST /api/users/login': ({ json }) => {
      const id = users.list.findIndex(({ email }) => email === json.email);
      return id < 0 ? { status: 401, body: 'who is that?', type: 'text/plain' } : ok({ id });
    },
    'GET /api/users/:id': ({ id }) => one(users, id),
  };
});

const productService = program(() => {
  const products = kept();
  products.list.push(...[['injera', 12], ['coffee', 30], ['berbere', 8]].map(([name, price]) => ({ name, price, category: 'food', stock: 1000 })));
  return {
    'GET /api/products': ({ query }) => ok(products.list.map((each, id) => ({ id, ...each })).filter(({ name }) => name.includes(query.get('q') ?? ''))),
    'GET /api/products/:id': ({ id }) => one(products, id),
    'POST /api/products/:id/reservations': ({ id, json }) => {
      const product = products.list[id];
      if (!product) return notFound;
      if (product.stock < json.count) return { status: 409, body: 'sold out', type: 'text/plain' };
      product.stock -= json.count;
      return created({ price: product.price * json.count });
    },
  };
});

const cartService = program(() => {
  const carts = new Map();
  const of = (user) => carts.get(user) ?? [];
  return {
    'GET /api/cart/:user': ({ user }) => ok({ items: of(user) }),
    'POST /api/cart/:user/items': async (request) => {
      const product = await ask('GET', `${PRODUCT_SERVICE_URL}/api/products/${request.json.product}`, request);
      if (failed(product)) return product;
      carts.set(request.user, [...of(request.user), { product: request.json.product, count: request.json.count ?? 1 }]);
      return created({ items: of(request.user) });
    },
    'DELETE /api/cart/:user': ({ user }) => ok({ removed: carts.delete(user) }),
  };
});

/** One after the other, and the first that fails is the answer. */
async function placed(orders, request) {
  const { user } = request.json;
  const known = await ask('GET', `${USER_SERVICE_URL}/api/users/${user}`, request);
  if (failed(known)) return known;
  const cart = await ask('GET', `${CART_SERVICE_URL}/api/cart/${user}`, request);
  if (failed(cart)) return cart;
  let price = 0;
  for (const { product, count } of bodyOf(cart).items) {
    const reserved = await ask('POST', `${PRODUCT_SERVICE_URL}/api/products/${product}/reservations`, request, { count });
    if (failed(reserved)) return reserved;
    price += bodyOf(reserved).price;
  }
  const paid = await ask('POST', `${PAYMENT_SERVICE_URL}/api/payments`, request, { user, price });
  if (failed(paid)) return paid;
  await ask('DELETE', `${CART_SERVICE_URL}/api/cart/${user}`, request);
  const id = orders.add({ user, price, payment: bodyOf(paid).id });
  void ask('POST', `${NOTIFICATION_SERVICE_URL}/api/notifications`, request, { user, template: 'order-placed', order: id });
  return created({ id, price });
}

const orderService = program(() => {
  const orders = kept();
  return {
    'POST /api/orders': async (request) => placed(orders, request),
    'GET /api/orders': ({ query }) => {
      const user = query.get('user');
      return ok(orders.list.map((each, id) => ({ id, ...each })).filter((each) => user === null || String(each.user) === user));
    },
    'GET /api/orders/:id': ({ id }) => one(orders, id),
  };
});

const paymentService = program(() => {
  const payments = kept();
  return {
    'POST /api/payments': async (request) => {
      const charged = await ask('POST', `${PAYMENT_GATEWAY_URL}/charges`, request, request.json);
      return failed(charged) ? charged : created({ id: payments.add({ ...request.json, state: 'charged' }) });
    },
    'POST /api/payments/callback': ({ json }) => {
      const payment = payments.list[json.id];
      if (!payment) return notFound;
      payment.state = json.state;
      return ok({ id: json.id, state: json.state });
    },
    'GET /api/payments/:id': ({ id }) => one(payments, id),
  };
});

const notificationService = program(() => ({
  'POST /api/notifications': async (request) => {
    const { user, template, order } = request.json;
    const known = await ask('GET', `${USER_SERVICE_URL}/api/users/${user}`, request);
    if (failed(known)) return known;
    const text = readFileSync(`${TEMPLATES}/${template}.txt`, 'utf8').replaceAll('{{order}}', order);
    return ask('POST', `${SMS_API_URL}/messages`, request, { to: bodyOf(known).email, text });
  },
}));

const searchService = program(() => ({
  'GET /api/search': (request) => ask('GET', `${PRODUCT_SERVICE_URL}/api/products?q=${encodeURIComponent(request.query.get('q') ?? '')}`, request),
}));

const recommendationService = program(() => ({
  'GET /api/recommendations/:user': async (request) => {
    const orders = await ask('GET', `${ORDER_SERVICE_URL}/api/orders?user=${request.user}`, request);
    const products = await ask('GET', `${PRODUCT_SERVICE_URL}/api/products`, request);
    return failed(orders) || failed(products) ? { ...products, status: 502 } : ok({ after: bodyOf(orders).length, products: bodyOf(products) });
  },
}));

const reviewService = program(() => {
  const reviews = kept();
  return {
    'GET /api/reviews': ({ query }) => ok(reviews.list.filter(({ product }) => String(product) === query.get('product'))),
    'POST /api/reviews': async (request) => {
      const { user, product } = request.json;
      const asked = [`${USER_SERVICE_URL}/api/users/${user}`, `${PRODUCT_SERVICE_URL}/api/products/${product}`];
      const answers = await Promise.all(asked.map((url) => ask('GET', url, request)));
      return answers.find(failed) ?? created({ id: reviews.add(request.json) });
    },
  };
});

serve({
  'user-service': userService,
  'product-service': productService,
  'cart-service': cartService,
  'order-service': orderService,
  'payment-service': paymentService,
  'notification-service': notificationService,
  'search-service': searchService,
  'recommendation-service': recommendationService,
  'review-service': reviewService,
}, process.argv[2]);
