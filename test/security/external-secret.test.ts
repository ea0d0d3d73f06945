import { Duration, JsonPatch } from 'cdk8s';
import { Secret } from 'cdk8s-plus-28';
import { ExternalSecret, type ExternalSecretProps, type MeshNamespace, MeshedMicroservice, secretEnvValue } from '../../src';
import { at, container, expectRefusal, objectIn, world } from '../mesh/world';

const store = { name: 'vault', kind: 'ClusterSecretStore' } as const;
const keys = { password: { key: 'shop/orders', property: 'password' }, token: { key: 'shop/token' } } as const;

function system() {
  const { app, shop } = world();
  return { app, shop, secret: new ExternalSecret(shop, 'orders', { store, keys, refreshInterval: Duration.minutes(15) }) };
}

test('says where each key is, and no value', () => {
  expect(objectIn(system().secret, 'ExternalSecret')).toEqual({
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: 'orders', namespace: 'shop', annotations: { 'argocd.argoproj.io/sync-wave': '-3' } },
    spec: {
      data: [
        { remoteRef: { key: 'shop/orders', property: 'password' }, secretKey: 'password' }, { remoteRef: { key: 'shop/token' }, secretKey: 'token' },
      ],
      refreshInterval: '900s',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
    },
  });
});

test('pods refer to its keys', () => {
  const { app, shop, secret } = system();
  const orders = new MeshedMicroservice(shop, 'web', { ...container, env: { PASSWORD: secret.envValue('password') } });
  expect(at(objectIn(orders, 'Deployment'), 'spec.template.spec.containers.0.env')).toEqual([
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'orders' } } },
  ]);
  const needed = app.render().get('staging/prerequisites.md')!;
  expect(needed).toContain('| ClusterSecretStore vault | it has what Secrets are made of | ExternalSecret shop/orders |');
  expect(needed).not.toContain('Secret shop/orders |  its pods');
});

test('a store of the namespace is needed there', () => {
  const { app, shop } = world();
  new ExternalSecret(shop, 'orders', { store: { name: 'vault.v2', kind: 'SecretStore' }, keys });
  expect(app.render().get('staging/prerequisites.md')).toContain('| SecretStore shop/vault.v2 |');
});

const patchedPod = (shop: MeshNamespace, path: string, value: unknown): void => {
  new MeshedMicroservice(shop, 'web', container).workload.deployment.addJsonPatch(JsonPatch.add(path, value));
};

test('a key that may be missing, and keys that a template makes, are left alone', () => {
  const { app, shop, secret } = system();
  const env = (name: string, optional?: boolean) => ({ name, valueFrom: { secretKeyRef: { name: 'orders', key: 'pasword', optional } } });
  patchedPod(shop, '/spec/template/spec/containers/0/env', [env('A', true)]);
  expect(() => app.render()).not.toThrow();
  new MeshedMicroservice(shop, 'other', { ...container, env: { A: secretEnvValue({ secret, key: 'pasword' }) } });
  expect(() => app.render()).toThrow('pasword');
  secret.externalSecret.addJsonPatch(JsonPatch.add('/spec/target', { template: { data: { pasword: '{{ .password }}' } } }));
  expect(() => app.render()).not.toThrow();
});

test('a Secret that is called otherwise than what makes it is compared too', () => {
  const { app, shop, secret } = system();
  secret.externalSecret.addJsonPatch(JsonPatch.add('/spec/target', { name: 'renamed' }));
  new MeshedMicroservice(shop, 'other', { ...container, env: { A: secretEnvValue({ secret: { name: 'renamed' }, key: 'pasword' }) } });
  expect(() => app.render()).toThrow("got 'pasword'");
});

describe('fails for', () => {
  test('a key that a pod wants by its name alone, and that it does not make', () => {
    const { app, shop } = system();
    const byName = Secret.fromSecretName(shop, 'ByName', 'orders');
    new MeshedMicroservice(shop, 'web', { ...container, env: { PASSWORD: byName.envValue('pasword') } });
    expect(() => app.render()).toThrow("[staging/shop/web] a key must be one that ExternalSecret orders makes, got 'pasword'; it has password, token");
  });

  const source = { items: [{ key: 'pasword', path: 'p' }] };
  test.each([
    ['a volume', { secret: { ...source, secretName: 'orders' } }],
    ['a volume of several', { projected: { sources: [{ secret: { ...source, name: 'orders' } }] } }],
  ])('a key that %s wants and that it does not make', (_, volume) => {
    const { app, shop } = system();
    patchedPod(shop, '/spec/template/spec/volumes', [{ name: 'secrets', ...volume }]);
    expect(() => app.render()).toThrow("[staging/shop/web] a key must be one that ExternalSecret orders makes, got 'pasword'");
  });

  test('a key that it does not make, where types are not asked', () => {
    expectRefusal(() => system().secret.key('pasword' as 'password'), '[staging/shop/orders]', "'pasword'", 'it has password, token');
  });

  test.each<[string, Partial<ExternalSecretProps>, ...string[]]>([
    ['no keys', { keys: {} }, 'keys must name at least one'],
    ['a key that no Secret can have', { keys: { 'a b': { key: 'x' } } }, "'a b'"],
    ['a key that is nowhere', { keys: { a: { key: ' ' } } }, 'keys.a.key'],
    ['a store without a name', { store: { name: '', kind: 'SecretStore' } }, 'store.name'],
    ['parts of a second', { refreshInterval: Duration.millis(500) }, 'got 0.5s'],
  ])('%s', (_, props, ...parts) => {
    expectRefusal(() => new ExternalSecret(world().shop, 'orders', { store, keys, ...props }), '[staging/shop/orders]', ...parts);
  });
});
