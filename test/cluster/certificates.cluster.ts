import { CertificateIssuer, Environment, ExternalSecret, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, TlsCertificate } from '../../src';
import { certificatesOf } from './certificate';
import { browse } from './checks';
import { Cluster } from './cluster';
import { ofKind, synthesized } from './manifests';
import type { KubeObject } from './control/kube-client';
import { judge } from './table';

const SHOP = 'certified';
const HOST = 'certified.example.com';
const dns01 = { cloudflare: { apiTokenSecretRef: { name: 'cloudflare', key: 'api-token' } } };

const withIssuer = (issuer: CertificateIssuer): KubeObject[] => synthesized((app) => {
  const shop = new MeshNamespace(new Environment(app, 'test', { interception: 'init' }), SHOP);
  const keys = { password: { key: 'shop/orders', property: 'password' } };
  const secret = new ExternalSecret(shop, 'orders-password', { store: { name: 'vault', kind: 'ClusterSecretStore' }, keys });
  const orders = new MeshedMicroservice(shop, 'orders', {
    image: 'example.com/server:1', resources: { cpu: ['100m', '200m'], memory: ['64Mi', '128Mi'] }, port: Port.http(80, { targetPort: 8080 }),
    operations: { read: Operation.http('GET', '/*') }, env: { PASSWORD: secret.envValue('password') },
  });
  const gateway = new IngressGateway(shop, 'gateway', { hosts: [HOST], tls: { credentialName: 'certified-tls' } });
  gateway.routes(orders, { operations: ['read'] });
  new TlsCertificate(gateway, 'certificate', { issuer });
});

const objects = withIssuer(CertificateIssuer.selfSigned());
const cluster = new Cluster();
let made: KubeObject;
beforeAll(async () => {
  await cluster.clear(SHOP);
  [made] = certificatesOf(objects);
  await cluster.apply([made, ...objects]);
});
afterAll(async () => {
  await cluster.clearAll([made, ...objects]);
  cluster.close();
});

test.each([
  ['of nobody', CertificateIssuer.selfSigned()], ['by ACME', CertificateIssuer.acme({ email: 'ops@example.com', dns01 })],
  ['of the platform', CertificateIssuer.existing({ name: 'platform', kind: 'ClusterIssuer' })],
])('the API server with cert-manager\'s and the operator\'s definitions takes a certificate %s, and knows each field', async (name, issuer) => {
  const kinds = ['Issuer', 'Certificate', 'ExternalSecret'].flatMap((kind) => ofKind(withIssuer(issuer), kind));
  const verdicts = await Promise.all(kinds.map(async (object) => cluster.client.tryCreate({ ...object, metadata: { ...object.metadata, name: 'judged' } })));
  expect(verdicts.map(({ warnings }) => warnings)).toEqual(kinds.map(() => []));
  judge({ asked: `objects of a certificate ${name}`, of: 'API server', expected: kinds.length, measured: verdicts.length });
});

test('it refuses one with a field that it does not know, or without what it needs', async () => {
  const [certificate] = ofKind<KubeObject & { readonly spec: object }>(objects, 'Certificate');
  const wrong = [{ ...certificate, spec: { ...certificate.spec, hosts: [HOST] } }, { ...certificate, spec: { dnsNames: [HOST] } }];
  for (const { metadata, ...rest } of wrong) {
    await expect(cluster.client.tryCreate({ ...rest, metadata: { ...metadata, name: 'judged' } })).rejects.toThrow(/hosts|secretName/);
  }
});

test('the gateway serves its host with the Secret of the certificate', async () => {
  const [outcome] = await browse(cluster, { host: HOST, protocol: 'https' }, { path: '/' });
  judge({ asked: 'a page over TLS', of: 'gateway', expected: 200, measured: outcome.status });
});

test('a Role for the one Secret is not what istiod asks for, and the gateway has the one that is', async () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { namespace: 'istio-system', name: 'one-secret' } };
  const rules = [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['certified-tls'], verbs: ['get', 'list', 'watch'] }];
  const binding = {
    ...role, kind: 'RoleBinding', roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'one-secret' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'istio-system', name: 'narrow' }],
  };
  await cluster.submit([{ ...role, rules } as KubeObject, binding]);
  try {
    const mayList = async (serviceAccount: string): Promise<boolean> => {
      const resourceAttributes = { namespace: 'istio-system', verb: 'list', resource: 'secrets' };
      const spec = { user: `system:serviceaccount:istio-system:${serviceAccount}`, resourceAttributes };
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
      const { text } = await cluster.client.raw('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', body);
      return (JSON.parse(text) as { status: { allowed: boolean } }).status.allowed;
    };
    judge({ asked: 'Secrets listed by a Role for one', of: 'API server', expected: 'false', measured: String(await mayList('narrow')) });
    const gateway = await mayList('istio-ingressgateway-service-account');
    judge({ asked: 'Secrets listed by the gateway', of: 'API server', expected: 'true', measured: String(gateway) });
  } finally {
    await cluster.remove([binding, role]);
  }
});
