import { at, listAt, objectIn, world } from '../mesh/world';
import { type EnvironmentProps, MeshNamespace } from '../../src';

const policy = (props: EnvironmentProps = {}) => at(objectIn(world(props).shop, 'NetworkPolicy', 'allow-mesh'), 'spec');
const pods = (namespace: string, matchLabels: Record<string, string>) =>
  ({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } }, podSelector: { matchLabels } });

test('every pod may ask DNS and reach istiod, and nothing else', () => {
  expect(at(policy(), 'podSelector')).toEqual({});
  expect(at(policy(), 'egress')).toEqual([
    { to: [pods('kube-system', { 'k8s-app': 'kube-dns' })], ports: [{ port: 53 }, { port: 53, protocol: 'UDP' }] },
    { to: [pods('istio-system', { app: 'istiod' })], ports: [{ port: 15012 }] },
  ]);
});

test('every pod may be scraped by Prometheus of the mesh, on the ports of its proxy', () => {
  expect(at(policy(), 'ingress')).toEqual([
    { from: [pods('istio-system', { 'app.kubernetes.io/name': 'prometheus' })], ports: [{ port: 15020 }, { port: 15090 }] },
  ]);
});

test('Prometheus can be elsewhere', () => {
  const prometheus = { namespace: 'monitoring', podLabels: { app: 'prometheus' } };
  expect(at(policy({ prometheus }), 'ingress.0.from')).toEqual([pods('monitoring', { app: 'prometheus' })]);
});

test('DNS can be elsewhere', () => {
  const dns = { namespace: 'openshift-dns', podLabels: { dns: 'default' } };
  expect(at(policy({ dns }), 'egress.0.to')).toEqual([pods('openshift-dns', { dns: 'default' })]);
});

test('NodeLocal DNSCache is reached at its address', () => {
  expect(listAt(policy({ nodeLocalDns: '169.254.20.10' }), 'egress.0.to')).toContainEqual({ ipBlock: { cidr: '169.254.20.10/32' } });
});

test('NodeLocal DNSCache is reached at the address of the Service too, where it answers there', () => {
  expect(listAt(policy({ nodeLocalDns: ['169.254.20.10', '10.96.0.10'] }), 'egress.0.to').slice(1)).toEqual([
    { ipBlock: { cidr: '169.254.20.10/32' } }, { ipBlock: { cidr: '10.96.0.10/32' } },
  ]);
});

test('each namespace of its own refuses both ways what nothing opens, and opens what the mesh needs', () => {
  const { staging, shop } = world();
  const nested = new MeshNamespace(shop, 'payments');
  for (const namespace of [shop, new MeshNamespace(staging, 'desk'), nested]) {
    const own = namespace.node.findChild('namespace');
    expect(at(objectIn(own, 'NetworkPolicy', 'deny-all'), 'spec')).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(at(objectIn(own, 'NetworkPolicy', 'allow-mesh'), 'spec')).toEqual(policy());
  }
});

test('a namespace that is the peer is not named', () => {
  expect(at(policy({ prometheus: { namespace: 'shop', podLabels: { app: 'prometheus' } } }), 'ingress.0.from')).toEqual([
    { podSelector: { matchLabels: { app: 'prometheus' } } },
  ]);
});
