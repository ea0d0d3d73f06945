import { Duration } from 'cdk8s';
import { RedisCache } from '../../index';
import type { BoutiqueServices } from './services';

const oneSecond = { timeout: Duration.seconds(1), sequential: true };
/** The catalogue's second version takes 3 s more: callers wait for it. */
const slowCatalog = { timeout: Duration.seconds(4), sequential: true };

/**
 * Who calls whom in the boutique. The longest way is an order: gateway 26 s, checkout page 25 s
 * (order 15 s, recommendations 5 s, currencies 1 s, a product 4 s), order 15 s (payment 5 s, a product 4 s, six other calls 1 s each).
 */
export function boutiqueCalls(services: BoutiqueServices, redis: RedisCache): void {
  frontendCalls(services);
  checkoutCalls(services);
  const { cart, recommendation, catalog } = services;
  cart.calls(redis, { env: (to) => ({ REDIS_ADDR: to.hostPort }) });
  recommendation.calls(catalog, {
    operations: ['listProducts'], ...slowCatalog, env: (to) => ({ PRODUCT_CATALOG_SERVICE_ADDR: to.hostPort }),
  });
}

function frontendCalls({ frontend, catalog, currency, cart, recommendation, shipping, checkout, ad }: BoutiqueServices): void {
  frontend.calls(catalog, {
    operations: ['listProducts'], during: ['home'], ...slowCatalog, env: (to) => ({ PRODUCT_CATALOG_SERVICE_ADDR: to.hostPort }),
  });
  frontend.calls(catalog, { operations: ['getProduct'], during: ['product', 'viewCart', 'addToCart', 'checkout'], ...slowCatalog });
  frontend.calls(currency, {
    operations: ['getSupportedCurrencies'], during: ['home', 'product', 'viewCart', 'checkout'], ...oneSecond,
    env: (to) => ({ CURRENCY_SERVICE_ADDR: to.hostPort }),
  });
  frontend.calls(currency, { operations: ['convert'], during: ['home', 'product', 'viewCart'], ...oneSecond });
  frontend.calls(cart, {
    operations: ['getCart'], during: ['home', 'product', 'viewCart'], ...oneSecond, env: (to) => ({ CART_SERVICE_ADDR: to.hostPort }),
  });
  frontend.calls(cart, { operations: ['addItem'], during: ['addToCart'], ...oneSecond });
  frontend.calls(cart, { operations: ['emptyCart'], during: ['emptyCart'], ...oneSecond });
  frontend.calls(recommendation, {
    operations: ['listRecommendations'], during: ['product', 'viewCart', 'checkout'], timeout: Duration.seconds(5), sequential: true,
    env: (to) => ({ RECOMMENDATION_SERVICE_ADDR: to.hostPort }),
  });
  frontend.calls(shipping, {
    operations: ['getQuote'], during: ['viewCart'], ...oneSecond, env: (to) => ({ SHIPPING_SERVICE_ADDR: to.hostPort }),
  });
  frontend.calls(checkout, {
    operations: ['placeOrder'], during: ['checkout'], timeout: Duration.seconds(15), sequential: true,
    env: (to) => ({ CHECKOUT_SERVICE_ADDR: to.hostPort }),
  });
  // a page does without ads: the program itself waits 100 ms for them and goes on
  frontend.calls(ad, {
    operations: ['getAds'], during: ['home', 'product'], ...oneSecond, retries: 'none', env: (to) => ({ AD_SERVICE_ADDR: to.hostPort }),
  });
}

function checkoutCalls({ checkout, cart, catalog, currency, shipping, payment, email }: BoutiqueServices): void {
  checkout.calls(cart, { operations: ['getCart', 'emptyCart'], ...oneSecond, env: (to) => ({ CART_SERVICE_ADDR: to.hostPort }) });
  checkout.calls(catalog, { operations: ['getProduct'], ...slowCatalog, env: (to) => ({ PRODUCT_CATALOG_SERVICE_ADDR: to.hostPort }) });
  checkout.calls(currency, { operations: ['convert'], ...oneSecond, env: (to) => ({ CURRENCY_SERVICE_ADDR: to.hostPort }) });
  checkout.calls(shipping, { operations: ['getQuote', 'shipOrder'], ...oneSecond, env: (to) => ({ SHIPPING_SERVICE_ADDR: to.hostPort }) });
  checkout.calls(payment, {
    operations: ['charge'], timeout: Duration.seconds(5), sequential: true, slo: { availability: 99.95 }, env: (to) => ({ PAYMENT_SERVICE_ADDR: to.hostPort }),
  });
  checkout.calls(email, {
    operations: ['sendOrderConfirmation'], ...oneSecond, env: (to) => ({ EMAIL_SERVICE_ADDR: to.hostPort }),
  });
}
