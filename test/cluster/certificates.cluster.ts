import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { CertificateIssuer, Environment, ExternalSecret, IngressGateway, MeshNamespace, MeshedMicroservice, Operation, Port, TlsCertificate } from '../../src';
import { type CertificateSecret, certificatesOf } from './certificate';
import { at } from '../../src/graph/json';
import { browse } from './checks';
import { Cluster } from './cluster';
import { ofKind, synthesized } from './manifests';
import type { KubeObject } from './control/kube-client';
import { NODE_NAMESPACE } from './run/namespaces';
import { until } from './run/until';
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

const fingerprint = ({ data }: CertificateSecret): string => new X509Certificate(Buffer.from(data['tls.crt'], 'base64')).fingerprint256;

/** The certificate that the gateway shows who asks for the host. */
async function served(): Promise<string> {
  const [gateway] = await cluster.pods('istio-ingressgateway');
  const client = ['openssl', 's_client', '-connect', `${gateway.status?.podIP}:443`, '-servername', HOST];
  const shown = execFileSync('ip', ['netns', 'exec', NODE_NAMESPACE, ...client], { input: '', encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  return new X509Certificate(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(shown)![0]).fingerprint256;
}

const objects = withIssuer(CertificateIssuer.selfSigned());
const cluster = new Cluster();
let made: CertificateSecret;
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

test('it refuses an ExternalSecret whose key is nowhere, and adds nothing to its list, which Argo CD would take for a difference', async () => {
  const [{ metadata, ...rest }] = ofKind<KubeObject & { readonly spec: object }>(objects, 'ExternalSecret');
  const judged = { ...rest, metadata: { ...metadata, name: 'judged' } };
  const nowhere = { ...judged, spec: { ...judged.spec, data: [{ secretKey: 'password' }] } };
  await expect(cluster.client.tryCreate(nowhere)).rejects.toThrow(/spec.data\[0\].remoteRef: Required value/);
  const { object } = await cluster.client.tryCreate(judged);
  expect(at(object, 'spec.data')).toEqual(at(judged, 'spec.data'));
  const added = Object.keys(Object(at(object, 'spec'))).filter((key) => !(key in judged.spec));
  judge({ asked: 'fields added to an ExternalSecret', of: 'API server', expected: 'refreshInterval, target', measured: added.sort().join(', ') });
});

test('the gateway serves its host with the Secret of the certificate, and with what it is renewed to', async () => {
  const [outcome] = await browse(cluster, { host: HOST, protocol: 'https' }, { path: '/' });
  judge({ asked: 'a page over TLS', of: 'gateway', expected: 200, measured: outcome.status });
  judge({ asked: 'the certificate of the Secret is served', of: 'gateway', expected: 'true', measured: String(await served() === fingerprint(made)) });
  const [renewed] = certificatesOf(objects);
  expect(fingerprint(renewed)).not.toBe(fingerprint(made));
  await cluster.submit([renewed]);
  await until('the renewed certificate is served', async () => (await served()) === fingerprint(renewed));
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
