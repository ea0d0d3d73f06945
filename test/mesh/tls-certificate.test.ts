import { CertificateIssuer, IngressGateway, type IngressGatewayProps, MeshedMicroservice, Operation, Port, TlsCertificate } from '../../src';
import { at, container, expectRefusal, objectIn, objectsIn, world } from './world';

function system(issuer: CertificateIssuer, ingress: Partial<IngressGatewayProps> = {}) {
  const { app, shop } = world();
  const pages = new MeshedMicroservice(shop, 'pages', { ...container, port: Port.http(80), operations: { read: Operation.http('GET', '/*') } });
  const gateway = new IngressGateway(shop, 'gateway', { hosts: ['shop.example', 'www.shop.example'], tls: { credentialName: 'shop-tls' }, ...ingress });
  gateway.routes(pages, { operations: ['read'] });
  return { app, gateway, certificate: new TlsCertificate(gateway, 'certificate', { issuer }) };
}

const acme = { email: 'ops@shop.example', dns01: { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'api-token' } } } } as const;

test('a certificate is for the hosts of its gateway, in the Secret that it serves, where its pods are', () => {
  const { certificate, gateway } = system(CertificateIssuer.existing({ name: 'platform', kind: 'ClusterIssuer' }));
  expect(objectsIn(certificate)).toEqual([{
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name: 'shop-tls', namespace: 'istio-system' },
    spec: { dnsNames: ['shop.example', 'www.shop.example'], issuerRef: { kind: 'ClusterIssuer', name: 'platform' }, secretName: 'shop-tls' },
  }]);
  expect(at(objectIn(gateway, 'Gateway'), 'spec.servers.1.tls.credentialName')).toBe('shop-tls');
});

test.each([
  ['selfSigned', CertificateIssuer.selfSigned(), { selfSigned: {} }],
  ['acme', CertificateIssuer.acme(acme), {
    acme: {
      email: acme.email, privateKeySecretRef: { name: 'shop-tls-account' }, server: 'https://acme-v02.api.letsencrypt.org/directory', solvers: [{ dns01: acme.dns01 }],
    },
  }],
])('%s comes with an Issuer of its own', (_, issuer, spec) => {
  const { certificate } = system(issuer);
  expect(objectIn(certificate, 'Issuer')).toMatchObject({ metadata: { name: 'shop-tls', namespace: 'istio-system' }, spec });
  expect(at(objectIn(certificate, 'Certificate'), 'spec.issuerRef')).toEqual({ kind: 'Issuer', name: 'shop-tls' });
});

test('one that signs itself has a name, since an issuer must have one; others have none but their hosts', () => {
  const nameOf = (issuer: CertificateIssuer): unknown => at(objectIn(system(issuer).certificate, 'Certificate'), 'spec.commonName');
  expect([CertificateIssuer.selfSigned(), CertificateIssuer.acme(acme)].map(nameOf)).toEqual(['shop-tls', undefined]);
});

test('a host that a wildcard of the gateway covers is asked for once', () => {
  const hosts = ['*.shop.example', 'www.shop.example', 'shop.example', 'a.b.shop.example', '*.b.shop.example'];
  const { app, shop } = world();
  const pages = new MeshedMicroservice(shop, 'pages', { ...container, port: Port.http(80), operations: { read: Operation.http('GET', '/*') } });
  const gateway = new IngressGateway(shop, 'gateway', { hosts, tls: { credentialName: 'shop-tls' } });
  gateway.routes(pages, { operations: ['read'] });
  const certificate = new TlsCertificate(gateway, 'certificate', { issuer: CertificateIssuer.acme(acme) });
  expect(at(objectIn(certificate, 'Certificate'), 'spec.dnsNames')).toEqual(['*.b.shop.example', '*.shop.example', 'shop.example']);
  expect(() => app.render()).not.toThrow();
});

test.each([
  ['Issuer', 'Issuer istio-system/platform.v2'], ['ClusterIssuer', 'ClusterIssuer platform.v2'],
] as const)('the cluster needs an existing %s, whose name may have dots', (kind, needed) => {
  const page = system(CertificateIssuer.existing({ name: 'platform.v2', kind })).app.render().get('staging/prerequisites.md');
  expect(page).toContain(`| ${needed} | it signs them | Certificate istio-system/shop-tls |`);
});

test('a second certificate for one Secret fails, whichever gateway it is of', () => {
  const { app, gateway } = system(CertificateIssuer.selfSigned());
  new TlsCertificate(gateway, 'second', { issuer: CertificateIssuer.existing({ name: 'platform', kind: 'ClusterIssuer' }) });
  expectRefusal(() => app.render(), '[staging/shop/gateway/second/Resource]', "got 'shop-tls'");
});

test('it stands in the gateway\'s file, and the cluster needs no Secret of that name any more', () => {
  const files = system(CertificateIssuer.acme(acme)).app.render();
  expect(files.get('staging/shop/gateway.yaml')).toContain('kind: Certificate');
  expect(files.get('staging/prerequisites.md')).toContain('| cert-manager 1.18 or newer, with its CRDs | it makes certificates |');
  expect(files.get('staging/prerequisites.md')).toContain('| Secret istio-system/cloudflare | cert-manager writes records with it |');
  expect(files.get('staging/prerequisites.md')).not.toContain('TLS Secret shop-tls');
  expect(files.get('staging/prerequisites.md')).not.toContain('it signs them');
});

describe('fails for', () => {
  test.each<[string, CertificateIssuer, Partial<IngressGatewayProps>, ...string[]]>([
    ['a gateway without TLS', CertificateIssuer.selfSigned(), { tls: undefined }, 'got staging/shop/gateway without', 'give it tls'],
    ['every host', CertificateIssuer.selfSigned(), { hosts: ['*'] }, "got '*'", 'name the hosts'],
    ['no e-mail address', CertificateIssuer.acme({ ...acme, email: 'ops' }), {}, "email must be an address, got 'ops'"],
    ['a directory without https', CertificateIssuer.acme({ ...acme, server: 'http://acme.example' }), {}, "'http://acme.example'"],
    ['no zone', CertificateIssuer.acme({ ...acme, dns01: {} }), {}, 'dns01 must have one provider, got none'],
    ['a zone that is not set', CertificateIssuer.acme({ ...acme, dns01: { cloudflare: undefined } }), {}, 'got none'],
    ['two zones', CertificateIssuer.acme({ ...acme, dns01: { ...acme.dns01, cloudDns: { project: 'a' } } }), {}, 'got cloudflare, cloudDns'],
    ['an issuer without a name', CertificateIssuer.existing({ name: '', kind: 'Issuer' }), {}, 'issuer.name'],
    ['an issuer that none can be', CertificateIssuer.existing({ name: 'a/b', kind: 'Issuer' }), {}, "got 'a/b'"],
  ])('%s', (_, issuer, ingress, ...parts) => {
    expectRefusal(() => system(issuer, ingress), '[staging/shop/gateway/certificate]', ...parts);
  });
});
