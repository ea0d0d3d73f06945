import { Duration, Size } from 'cdk8s';
import { IngressGateway, LogStack, Metrics, NginxIngress, OidcLogin } from '../../src';
import { container, expectRefusal } from '../mesh/world';
import { slack, watchedShop } from './watched-world';

const stacked = () => {
  const world = watchedShop({
    metrics: Metrics.embedded({ storage: { size: Size.gibibytes(1) }, resources: container.resources, alerting: { otherwise: [slack] }, grafana: {} }),
  });
  const gateway = (id: string, host: string) => new IngressGateway(world.stack, id, { hosts: [host], tls: { credentialName: `${id}-tls` } });
  return { ...world, gateway, grafana: world.stack.embedded!.grafana!, prometheus: world.stack.embedded!.prometheus };
};
const timeout = Duration.minutes(2); // a long time takes long
const key = (name: string) => ({ secret: { name: 'login' }, key: name });

test('a login before a host lets people in that it knows', () => {
  const { app, stack, gateway: made, grafana } = stacked();
  const gateway = made('gateway', 'grafana.example');
  new OidcLogin(stack, 'oauth2-proxy', {
    gateway, issuer: { url: 'https://id.example.com/realms/platform' }, clientId: 'grafana', clientSecret: key('client'), cookieSecret: key('cookie'),
    resources: container.resources,
  });
  gateway.routes(grafana, { timeout });
  expect([...app.render().keys()]).toContain('staging/observability/gateway.yaml');
});

describe('a route for who has not logged in', () => {
  test('fails at dashboards', () => {
    const { app, gateway, grafana } = stacked();
    gateway('gateway', 'grafana.example').routes(grafana, { timeout });
    expectRefusal(() => app.render(), 'grafana asks nobody who he is, got a route from grafana.example of staging/observability/gateway', 'put an OidcLogin');
  });

  test('fails at what Prometheus knows', () => {
    const { app, gateway, prometheus } = stacked();
    gateway('open', 'metrics.example').routes(prometheus, {});
    expectRefusal(() => app.render(), 'prometheus asks nobody who he is, got a route from metrics.example of staging/observability/open');
  });

  test('fails by an Ingress, which has no login', () => {
    const { app, stack, grafana } = stacked();
    new NginxIngress(stack, 'ingress', { hosts: ['boards.example'] }).routes(grafana, { timeout });
    expectRefusal(() => app.render(), 'grafana asks nobody who he is, got a route from boards.example');
  });

  test('fails at logs', () => {
    const { app, shop } = stacked();
    const logs = new LogStack(shop, 'logs', { watches: [shop], storage: { size: Size.gibibytes(1) } });
    const gateway = new IngressGateway(logs.namespace, 'gateway', { hosts: ['logs.example'], tls: { credentialName: 'logs-tls' } });
    gateway.routes(logs.kibana, { operations: ['pages'] });
    expectRefusal(() => app.render(), 'kibana asks nobody who he is, got a route from logs.example');
  });
});
