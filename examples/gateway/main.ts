import { Duration } from 'cdk8s';
import {
  CanaryRelease, Environment, GatewayDelegate, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, Text, synthesize,
} from '../../src';

const container = { image: 'registry.example/server:1.4.2', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] } } as const;
const port = Port.http(80, { targetPort: 8080 });

// Run it in this folder: npx tsx main.ts
synthesize((app) => {
  const shop = new MeshNamespace(new Environment(app, 'staging', { interception: 'init' }), 'shop');
  const pages = new MeshedMicroservice(shop, 'pages', { ...container, port, operations: { all: Operation.http(['GET', 'HEAD'], '/*') } });
  const invoice = new MeshedMicroservice(shop, 'invoice', {
    ...container, port, operations: { read: Operation.http('GET', '/api/*'), write: Operation.http('POST', '/api/*') },
  });
  // a browser stays with the version that it got; testers always get the second one
  new CanaryRelease(invoice, 'canary', {
    at: 20, sticky: { maxAge: Duration.hours(8) }, always: { headers: { 'x-tester': Text.exact('yes') } },
  });

  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example.com'] });
  gateway.routes(pages, { operations: ['all'], headers: { response: { set: { 'strict-transport-security': 'max-age=31536000' } } } });
  gateway.routes(invoice, {
    operations: ['read', 'write'],
    pathPrefix: '/services/invoice',
    cors: { allowOrigins: [Text.exact('https://office.example.com')], maxAge: Duration.minutes(10) },
  });
  gateway.redirects('/start/*', { to: { path: '/' } });
  gateway.delegates('/services/stock', { to: { name: 'stock-routes', namespace: 'warehouse' } });

  // as another repository would write it
  const warehouse = new MeshNamespace(shop, 'warehouse');
  const stock = new MeshedMicroservice(warehouse, 'stock', { ...container, port, operations: { read: Operation.http('GET', '/api/*') } });
  const routes = new GatewayDelegate(warehouse, 'stock-routes', { host: 'shop.other.example', pathPrefix: '/services/stock', gatewayNamespace: 'shop' });
  routes.routes(stock, { operations: ['read'] });
});
