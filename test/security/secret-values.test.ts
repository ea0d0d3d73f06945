import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { EnvValue, Secret, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Environment, GitOpsApp } from '../../src';
import { client, expectRefusal, world } from '../mesh/world';

const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' } };

test.each(['data', 'stringData'])('fails the synth for a Secret with %s in an environment, and never prints its value', (field) => {
  const { app, shop } = world();
  new ApiObject(new Construct(shop, 'db'), 'Secret', { ...SECRET, [field]: { password: 'aHVudGVyMg==' } });
  expectRefusal(() => app.render(), '[staging/shop/db/Secret]', 'Secret', 'password', 'refer to it');
  expect(() => app.render()).toThrow(expect.objectContaining({ message: expect.not.stringContaining('aHVudGVyMg==') }));
});

test('fails for a Secret of the typed class', () => {
  const { app, shop } = world();
  new k8s.KubeSecret(new Construct(shop, 'db'), 'Secret', { metadata: { name: 'db' }, stringData: { password: 'hunter2' } });
  expectRefusal(() => app.render(), '[staging/shop/db/Secret]', 'password');
});

test('fails for a Secret of cdk8s-plus', () => {
  const { app, shop } = world();
  new Secret(shop, 'db', { metadata: { name: 'db' }, stringData: { password: 'hunter2' } });
  expectRefusal(() => app.render(), '[staging/shop/db', 'password');
});

test('fails for a value that a patch puts there', () => {
  const { app, shop } = world();
  const secret = new ApiObject(new Construct(shop, 'db'), 'Secret', SECRET);
  secret.addJsonPatch(JsonPatch.add('/data', { password: 'aHVudGVyMg==' }));
  expectRefusal(() => app.render(), '[staging/shop/db/Secret]', 'password');
});

test('fails for a Secret beside all environments', () => {
  const app = new GitOpsApp();
  new Environment(app, 'staging');
  new ApiObject(new Chart(app, 'bootstrap'), 'db', { ...SECRET, data: { password: 'aHVudGVyMg==' } });
  expectRefusal(() => app.render(), '[bootstrap/db]', 'password');
});

test('a Secret without values, which something else fills, may be written', () => {
  const { app, shop } = world();
  new ApiObject(new Construct(shop, 'db'), 'Secret', { ...SECRET, metadata: { name: 'db', annotations: { 'replicator.example/from': 'vault/db' } } });
  expect(() => app.render()).not.toThrow();
});

test('a Secret is referred to by name', () => {
  const { app, shop } = world();
  const secret = Secret.fromSecretName(shop, 'db', 'db');
  client(shop, 'checkout', { env: { PASSWORD: EnvValue.fromSecretValue({ secret, key: 'password' }) } });
  expect(app.synthYaml()).toContain('secretKeyRef');
});
