import { Duration } from 'cdk8s';
import {
  CertificateIssuer, IngressGateway, MeshNamespace, MeshedMicroservice, NginxIngress, type NginxIngressProps, Operation, Port, Text, TlsCertificate,
} from '../../src';
import { at, container, expectRefusal, listAt, objectIn, objectsIn, world } from './world';

const operations = {
  home: Operation.http('GET', '/'),
  files: Operation.http(['GET', 'HEAD'], '/static/*'),
  get: Operation.http('GET', '/orders/{id}'),
  place: Operation.http('POST', '/orders'),
};
const PREFIX = 'nginx.ingress.kubernetes.io/';

function shopWith(props: Partial<NginxIngressProps> = {}) {
  const { app, shop } = world();
  const web = new MeshedMicroservice(shop, 'web', { ...container, port: Port.http(80, { targetPort: 8080 }), operations });
  const ingress = new NginxIngress(shop, 'ingress', { hosts: ['shop.example'], ...props });
  const annotations = () => Object.fromEntries(Object.entries(Object(at(objectIn(ingress, 'Ingress'), 'metadata.annotations')))
    .map(([name, value]) => [name.replace(PREFIX, ''), value]));
  return { app, shop, web, ingress, annotations };
}
const paths = (ingress: unknown) => listAt(ingress, 'spec.rules').map((rule) => [
  at(rule, 'host'), ...listAt(rule, 'http.paths').map((each) => `${String(at(each, 'pathType'))} ${String(at(each, 'path'))}`),
]);

describe('an Ingress whose controller has a sidecar', () => {
  test('leads to the service by its own address and name, which the sidecar knows', () => {
    const { web, ingress, annotations } = shopWith();
    ingress.routes(web, { operations: ['home', 'place'] });
    expect(annotations()).toEqual({ 'proxy-next-upstream': 'off', 'service-upstream': 'true', 'upstream-vhost': 'web.shop.svc.cluster.local' });
    expect(at(objectIn(ingress, 'Ingress'), 'spec')).toMatchObject({
      ingressClassName: 'nginx',
      rules: [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Exact', backend: { service: { name: 'web', port: { number: 80 } } } }, {}] } }],
    });
  });

  test('has paths without methods and parameters; the policy of the service has both', () => {
    const { web, ingress } = shopWith();
    ingress.routes(web, { operations: ['home', 'files', 'get', 'place'] });
    expect(paths(objectIn(ingress, 'Ingress'))).toEqual([['shop.example', 'Exact /', 'Prefix /orders', 'Prefix /static']]);
    expect(at(objectIn(web, 'AuthorizationPolicy'), 'spec.rules')).toEqual([{
      from: [{ source: { principals: ['cluster.local/ns/ingress-nginx/sa/ingress-nginx'] } }],
      to: [
        { operation: { methods: ['GET'], paths: ['/', '/orders/{*}'] } },
        { operation: { methods: ['GET', 'HEAD'], paths: ['/static', '/static/*'] } },
        { operation: { methods: ['POST'], paths: ['/orders'] } },
      ],
    }]);
  });

  test('is a caller like any other: known to the network, with routes of its own, and repeated where that does no harm', () => {
    const { web, ingress } = shopWith();
    ingress.routes(web, { operations: ['home'], timeout: Duration.seconds(2) });
    ingress.routes(web, { operations: ['place'] });
    const routes = listAt(objectIn(web, 'VirtualService'), 'spec.http').filter((route) => at(route, 'match.0.sourceNamespace') === 'ingress-nginx');
    expect(routes.map((route) => [at(route, 'match.0.uri.exact'), at(route, 'timeout'), at(route, 'retries.attempts')])).toEqual([
      ['/', '2s', 2], ['/orders', '5s', 0],
    ]);
    expect(at(objectIn(web, 'VirtualService'), 'spec.exportTo')).toEqual(['.', 'ingress-nginx']);
    const [from] = listAt(objectIn(web, 'NetworkPolicy'), 'spec.ingress.0.from');
    expect(at(from, 'namespaceSelector.matchLabels')).toEqual({ 'kubernetes.io/metadata.name': 'ingress-nginx' });
  });

  test('waits as long as the longest route where that is more than nginx would', () => {
    const { web, ingress, annotations } = shopWith();
    ingress.routes(web, { operations: ['place'], timeout: Duration.seconds(90) });
    expect(annotations()).toMatchObject({ 'proxy-read-timeout': '90' });
  });

  test('answers browsers that ask for pages of other origins, and lets no cookie and no token through that nobody said', () => {
    const { web, ingress, annotations } = shopWith();
    ingress.routes(web, { operations: ['home', 'place'], cors: { allowOrigins: [Text.exact('https://a.example'), Text.exact('https://b.example')] } });
    expect(annotations()).toMatchObject({
      'enable-cors': 'true', 'cors-allow-origin': 'https://a.example, https://b.example', 'cors-allow-methods': 'GET, POST', 'cors-allow-headers': 'Accept',
      'cors-allow-credentials': 'false', 'cors-max-age': '5',
    });
  });

  test('may be another one, of another class', () => {
    const controller = { namespace: 'edge', serviceAccount: 'nginx', podLabels: { app: 'nginx' } };
    const { web, ingress } = shopWith({ controller, ingressClassName: 'internal' });
    ingress.routes(web, { operations: ['home'] });
    expect(at(objectIn(ingress, 'Ingress'), 'spec.ingressClassName')).toBe('internal');
    expect(at(objectIn(web, 'AuthorizationPolicy'), 'spec.rules.0.from.0.source.principals')).toEqual(['cluster.local/ns/edge/sa/nginx']);
  });

  test('has its certificate in its own namespace', () => {
    const { web, ingress } = shopWith({ tls: { credentialName: 'shop-tls' } });
    ingress.routes(web, { operations: ['home'] });
    new TlsCertificate(ingress, 'certificate', { issuer: CertificateIssuer.selfSigned() });
    expect(at(objectIn(ingress, 'Ingress'), 'spec.tls')).toEqual([{ hosts: ['shop.example'], secretName: 'shop-tls' }]);
    expect(at(objectIn(ingress, 'Certificate'), 'metadata')).toMatchObject({ name: 'shop-tls', namespace: 'shop' });
  });
});

describe('an Ingress whose controller has no sidecar', () => {
  const plaintext = { because: 'the platform runs it for clusters without a mesh too' };

  test('is let in beside the service\'s own policies, without an identity, for what is opened alone', () => {
    const { web, ingress, annotations } = shopWith({ plaintext });
    ingress.routes(web, { operations: ['home', 'get'], timeout: Duration.seconds(3) });
    expect(annotations()).toEqual({ 'proxy-next-upstream': 'off', 'proxy-read-timeout': '3' });
    const [policy, authentication, network] = ['AuthorizationPolicy', 'PeerAuthentication', 'NetworkPolicy'].map((kind) => objectIn(ingress, kind));
    const selector = { matchLabels: { app: 'web' } };
    expect(at(policy, 'spec')).toEqual({
      rules: [{ from: [{ source: { notPrincipals: ['*'] } }], to: [{ operation: { methods: ['GET'], paths: ['/', '/orders/{*}'] } }] }], selector,
    });
    expect(at(authentication, 'spec')).toEqual({ portLevelMtls: { 8080: { mode: 'PERMISSIVE' } }, selector });
    expect(at(network, 'spec')).toMatchObject({ podSelector: selector, policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 8080 }] }] });
    for (const object of [policy, authentication, network]) {
      expect(at(object, 'metadata.name')).toBe('web-ingress');
      expect(JSON.stringify(at(object, 'metadata.annotations'))).toContain('plaintext from ingress-nginx');
      expect(JSON.stringify(at(object, 'metadata.annotations'))).toContain(plaintext.because);
    }
  });

  test('leaves the service itself as it was: it has no caller in the mesh', () => {
    const { web, ingress } = shopWith({ plaintext });
    ingress.routes(web, { operations: ['home'] });
    expect(at(objectIn(web, 'AuthorizationPolicy'), 'spec')).not.toHaveProperty('rules');
    expect(at(objectIn(web, 'NetworkPolicy'), 'spec')).not.toHaveProperty('ingress');
    expect(objectsIn(web).map((object) => at(object, 'kind'))).not.toContain('PeerAuthentication');
  });

  test('carries out no retries', () => {
    const { web, ingress } = shopWith({ plaintext });
    expectRefusal(() => ingress.routes(web, { operations: ['home'], retries: 'none' }), '[staging/shop/ingress]', 'retries', 'web', 'remove it');
  });
});

describe('fails', () => {
  test('for a host that a Gateway has', () => {
    const { shop, ingress } = shopWith();
    expectRefusal(() => new IngressGateway(shop, 'gateway', { hosts: ['shop.example'] }), '[staging/shop/gateway]', "'shop.example'", ingress.node.path);
  });

  test.each<[string, Partial<NginxIngressProps>, readonly string[]]>([
    ['every host', { hosts: ['*'] }, ["'*'", 'name them']],
    ['no host', { hosts: [] }, ['hosts', 'none']],
    ['a host that is none', { hosts: ['https://shop'] }, ["'https://shop'"]],
    ['a reason that is none', { plaintext: { because: '' } }, ['because', '""']],
  ])('for %s', (_, props, texts) => {
    expectRefusal(() => {
      const { web, ingress } = shopWith(props);
      ingress.routes(web, { operations: ['home'] });
    }, ...texts);
  });

  test('for a host that leads nowhere', () => {
    const { app } = shopWith();
    expectRefusal(() => app.render(), '[staging/shop/ingress]', 'host shop.example leads nowhere');
  });

  test('for paths that two services would answer, which differ by a method or a parameter alone', () => {
    const { app, shop, web, ingress } = shopWith();
    const orders = new MeshedMicroservice(shop, 'orders', { ...container, port: Port.http(80), operations: { all: Operation.http('DELETE', '/orders/*') } });
    ingress.routes(web, { operations: ['get'] });
    ingress.routes(orders, { operations: ['all'] });
    expectRefusal(() => app.render(), '[staging/shop/ingress]', 'shop.example/orders', 'web 80', 'orders 80', 'another path or host');
  });

  test('for a service of another namespace', () => {
    const { web } = shopWith();
    const { staging } = world();
    const desk = new NginxIngress(new MeshNamespace(staging, 'desk'), 'ingress', { hosts: ['desk.example'] });
    expectRefusal(() => desk.routes(web, { operations: ['home'] }), '[staging/desk/ingress]', 'staging/shop/web', 'declare one there');
  });

  test.each([undefined, { because: 'no mesh there' }])('for what is no call at all, with a sidecar or without', (plaintext) => {
    const refuses = (options: object, ...texts: string[]): void => {
      const { web, ingress } = shopWith({ plaintext });
      expectRefusal(() => ingress.routes(web, { operations: ['home'], ...options }), '[staging/shop/ingress]', ...texts);
    };
    refuses({ operations: ['hme'] }, "'hme'", 'home');
    refuses({ operations: [] }, 'which operations');
    refuses({ timeout: Duration.seconds(0) }, 'more than 0');
    refuses({ cors: { allowOrigins: [Text.exact('*')], allowCredentials: true } }, 'allowCredentials', 'name them');
    refuses({ cors: { allowOrigins: [Text.prefix('https://shop.example')], allowCredentials: true } }, 'allowCredentials', "end it with ':'");
  });

  test.each([undefined, { because: 'no mesh there' }])('for whoever gives up before the service may answer, with a sidecar or without', (plaintext) => {
    const { app, shop, web, ingress } = shopWith({ plaintext });
    const stock = new MeshedMicroservice(shop, 'stock', { ...container, port: Port.http(80), operations: { all: Operation.http('GET', '/*') } });
    web.calls(stock, { operations: ['all'], timeout: Duration.seconds(20) });
    ingress.routes(web, { operations: ['home'], timeout: Duration.seconds(2) });
    expectRefusal(() => app.render(), 'timeouts do not fit', 'ingress → web home 2s < web → stock all 20s');
  });

  test('for a port without requests', () => {
    const { shop, ingress } = shopWith();
    const store = new MeshedMicroservice(shop, 'store', { ...container, port: Port.tcp(6379) });
    expectRefusal(() => ingress.routes(store, {}), '[staging/shop/ingress]', 'store at a tcp port', 'another port');
  });

  test('for a path that the controller refuses', () => {
    const { app, shop, ingress } = shopWith();
    const home = Operation.http('GET', '/~ann/home.html');
    const files = new MeshedMicroservice(shop, 'files', { ...container, port: Port.http(80), operations: { home } });
    ingress.routes(files, { operations: ['home'] });
    expectRefusal(() => app.render(), '[staging/shop/ingress]', "'/~ann/home.html' of files", 'open another');
  });

  test('for two timeouts of one operation, which the sidecar of one controller cannot tell apart', () => {
    const second = (timeout: Duration) => {
      const { app, shop, web, ingress } = shopWith();
      ingress.routes(web, { operations: ['home'] });
      new NginxIngress(shop, 'other', { hosts: ['other.example'] }).routes(web, { operations: ['home'], timeout });
      return () => app.render();
    };
    expectRefusal(second(Duration.seconds(9)), '[staging/shop/other]', 'web home', 'staging/shop/ingress', 'the same timeout');
    expect(second(Duration.seconds(5))).not.toThrow();
  });

  test('for plaintext that two Ingresses let into one service, and for one route twice', () => {
    const plaintext = { because: 'no mesh there' };
    const { app, shop, web, ingress } = shopWith({ plaintext });
    ingress.routes(web, { operations: ['home'] });
    ingress.routes(web, { operations: ['home', 'place'] });
    new NginxIngress(shop, 'other', { hosts: ['other.example'], plaintext }).routes(web, { operations: ['get'] });
    expectRefusal(() => app.render(), '[staging/shop/ingress] a route is declared once', '[staging/shop/other] plaintext into web', 'hosts of both');
  });

  test('for two cors policies of one Ingress, and for origins that nginx cannot match', () => {
    const { app, web, ingress } = shopWith();
    ingress.routes(web, { operations: ['home'] });
    ingress.routes(web, { operations: ['place'], cors: { allowOrigins: [Text.exact('https://a.example')] } });
    expectRefusal(() => app.render(), '[staging/shop/ingress]', 'one cors policy', 'web');
    const other = shopWith();
    other.ingress.routes(other.web, { operations: ['home'], cors: { allowOrigins: [Text.prefix('https://')] } });
    expectRefusal(() => other.app.render(), '[staging/shop/ingress]', 'exact', 'https://');
  });
});
