// Child process of planted.test.ts: synthesizes an app for each place of a secret. Arguments: the secret, and a folder for what is written.
import { join } from 'node:path';
import { ApiObject, JsonPatch } from 'cdk8s';
import { ConfigMap, k8s } from 'cdk8s-plus-28';
import { Environment, Exception, MeshNamespace, MeshedMicroservice, type MeshedMicroserviceProps, Operation, Port, synthesize } from '../../src';
import { container } from '../mesh/world';

type Plant = (shop: MeshNamespace, secret: string) => unknown;

const web = (shop: MeshNamespace, props: Partial<MeshedMicroserviceProps>): MeshedMicroservice =>
  new MeshedMicroservice(shop, 'web', { ...container, ...props });

function api(shop: MeshNamespace): MeshedMicroservice<'read'> {
  return new MeshedMicroservice(shop, 'api', { ...container, port: Port.http(80), operations: { read: Operation.http('GET', '/*') } });
}

/** Where secrets are put by mistake. */
export const refused: Readonly<Record<string, Plant>> = {
  variable: (shop, secret) => web(shop, { env: { DB_PASSWORD: secret } }),
  address: (shop, secret) => web(shop, { env: { DATABASE_URL: `postgres://shop:${secret}@db/shop` } }),
  argument: (shop, secret) => web(shop, { args: [`--password=${secret}`] }),
  initContainer: (shop, secret) => web(shop, { initContainers: { prepare: { ...container, env: { API_KEY: secret } } } }),
  secondValue: (shop, secret) => web(shop, { env: { TOKEN: '' } }).calls(api(shop), { operations: ['read'], env: () => ({ TOKEN: secret }) }),
  configMap: (shop, secret) => new ConfigMap(shop, 'settings', { data: { 'application.yml': `db:\n  password: ${secret}\n` } }),
  secretOfClass: (shop, secret) => new k8s.KubeSecret(new MeshNamespace(shop, 'other'), 'db', { stringData: { password: secret } }),
  annotation: (shop, secret) => web(shop, {}).node.findAll().filter(ApiObject.isApiObject)
    .forEach((each) => each.metadata.addAnnotation('example.com/proxy', `http://shop:${secret}@proxy`)),
  patchWithoutEffect: (shop, secret) => web(shop, {}).serviceAccount.addJsonPatch(JsonPatch.replace('/nowhere/password', secret)),
  patchThatTests: (shop, secret) => web(shop, {}).serviceAccount.addJsonPatch(JsonPatch.test('/metadata/name', secret)),
};

/** Where somebody says that it is none. */
export const allowed: Readonly<Record<string, Plant>> = {
  exception: (shop, secret) => web(shop, {
    env: { DB_PASSWORD: secret }, exceptions: [Exception.credential({ variable: 'DB_PASSWORD', because: 'a test looks for it' })],
  }),
};

if (require.main === module) {
  const [secret, folder] = process.argv.slice(2);
  for (const [name, plant] of Object.entries({ ...refused, ...allowed })) {
    process.stderr.write(`${name}: `);
    synthesize((app) => {
      plant(new MeshNamespace(new Environment(app, 'staging'), 'shop'), secret);
    }, { outdir: join(folder, name) });
  }
}
