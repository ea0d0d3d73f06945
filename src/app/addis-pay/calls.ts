import { Duration } from 'cdk8s';
import { ExternalService, type MeshNamespace, Operation, Port } from '../../index';
import { owners } from './owners';
import type { AddisServices } from './services';

const [one, two, six] = [1, 2, 6].map((seconds) => Duration.seconds(seconds));

/** Who calls whom in Addis Pay. */
export function addisCalls(pay: MeshNamespace, services: AddisServices): void {
  orderCalls(services);
  catalogueCalls(services);
  callsToOutside(pay, services);
}

/** An order is placed step by step; what was paid for is not paid again, since neither it nor what leads to it is sent twice. */
function orderCalls({ order, cart, product, user, payment, notification }: AddisServices): void {
  const inTurn = { timeout: two, sequential: true, during: ['place'] } as const;
  order.calls(user, { ...inTurn, timeout: one, operations: ['get'], env: (to) => ({ USER_SERVICE_URL: to.url() }) });
  order.calls(cart, { ...inTurn, operations: ['get', 'clear'], env: (to) => ({ CART_SERVICE_URL: to.url() }) });
  order.calls(product, { ...inTurn, operations: ['reserve'], env: (to) => ({ PRODUCT_SERVICE_URL: to.url() }) });
  order.calls(payment, { ...inTurn, timeout: six, operations: ['charge'], env: (to) => ({ PAYMENT_SERVICE_URL: to.url() }) });
  order.calls(notification, { operations: ['send'], during: ['place'], background: true, env: (to) => ({ NOTIFICATION_SERVICE_URL: to.url() }) });
}

function catalogueCalls({ cart, search, recommendation, review, product, order, user }: AddisServices): void {
  const products = { env: (to: { url(): string }) => ({ PRODUCT_SERVICE_URL: to.url() }), timeout: one };
  cart.calls(product, { ...products, operations: ['get'], during: ['add'] });
  search.calls(product, { ...products, operations: ['list'] });
  recommendation.calls(order, { operations: ['history'], timeout: two, sequential: true, env: (to) => ({ ORDER_SERVICE_URL: to.url() }) });
  recommendation.calls(product, { ...products, operations: ['list'], sequential: true });
  review.calls(product, { ...products, operations: ['get'], during: ['add'] });
  review.calls(user, { operations: ['get'], timeout: one, during: ['add'], env: (to) => ({ USER_SERVICE_URL: to.url() }) });
}

/** The proxies speak TLS with the provider and with who sends short messages, so that their requests are limited and counted like any other. */
function callsToOutside(pay: MeshNamespace, { payment, notification, user }: AddisServices): void {
  const byTls = { port: Port.http(80, { targetPort: 443 }), tls: {} } as const;
  const provider = new ExternalService(pay, 'payment-gateway', {
    ...byTls, host: 'api.payments.example', cidrs: ['203.0.113.0/24'], owner: owners.payments, operations: { charge: Operation.http('POST', '/v1/charges') },
  });
  const sms = new ExternalService(pay, 'sms', {
    ...byTls, host: 'api.sms.example', cidrs: ['198.51.100.64/26'], operations: { send: Operation.http('POST', '/messages') },
  });
  const mail = new ExternalService(pay, 'mail', { host: 'smtp.mail.example', port: Port.tcp(587, { name: 'tcp-smtp' }), cidrs: ['198.51.100.25/32'] });
  payment.calls(provider, { operations: ['charge'], during: ['charge'], env: (to) => ({ PAYMENT_GATEWAY_URL: to.url('/v1') }) });
  notification.calls(user, { operations: ['get'], timeout: one, env: (to) => ({ USER_SERVICE_URL: to.url() }) });
  notification.calls(mail, { env: (to) => ({ SMTP_HOST: to.host, SMTP_PORT: to.port }) });
  notification.calls(sms, { operations: ['send'], env: (to) => ({ SMS_API_URL: to.url() }) });
}
