import { ConfigMap, EnvValue, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Manifest, MeshedJob, MeshedMicroservice, Volume } from '../../src';
import { at, client, container, objectIn, world } from '../mesh/world';

function system(limit: string, other = 'a') {
  const { app, shop } = world();
  const configMap = (name: string, text: string) =>
    new Manifest(new Construct(shop, name), 'Resource', k8s.KubeConfigMap, { name }, () => ({ data: { 'limit.txt': text } }));
  const limits = Volume.configMap(configMap('limits', limit));
  const others = Volume.configMap(configMap('others', other));
  const web = new MeshedMicroservice(shop, 'web', { ...container, volumes: { '/etc/limits': limits } });
  const started = new MeshedMicroservice(shop, 'started', { ...container, initContainers: { prepare: { ...container, volumes: { '/limits': limits } } } });
  const nightly = new MeshedJob(shop, 'nightly', { ...container, schedule: '0 3 * * *', volumes: { '/etc/limits': limits } });
  return { app, shop, others, readers: [web, started], nightly, reader: web, bystander: client(shop, 'bystander') };
}

const annotations = (scope: Construct): unknown => at(objectIn(scope, 'Deployment'), 'spec.template.metadata.annotations');

test('a change of a ConfigMap changes the pods that read it, and only those', () => {
  const [before, after] = [system('10'), system('20')];
  for (const index of [0, 1]) expect(annotations(before.readers[index])).not.toEqual(annotations(after.readers[index]));
  expect(annotations(before.reader)).toEqual({ 'checksum/config': expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(annotations(before.bystander)).toBeUndefined();
  const jobs = [before, after].map(({ nightly }) => at(objectIn(nightly, 'CronJob'), 'spec.jobTemplate.spec.template.metadata.annotations'));
  expect(jobs[0]).not.toEqual(jobs[1]);
});

test('what does not change, or is not read, changes no pod', () => {
  expect(annotations(system('10').reader)).toEqual(annotations(system('10', 'b').reader));
});

test('a ConfigMap that is made elsewhere is known by its name alone', () => {
  const { shop, app } = system('10');
  const web = new MeshedMicroservice(shop, 'outside', { ...container, volumes: { '/etc/outside': Volume.configMap('of-somebody-else') } });
  expect(annotations(web)).toBeUndefined();
  expect(() => app.render()).not.toThrow();
});

test('the name of one that is made here fails, since pods would go on with what it was', () => {
  const { shop, app } = system('10');
  new MeshedMicroservice(shop, 'stale', { ...container, volumes: { '/etc/limits': Volume.configMap('limits') } });
  expect(() => app.render()).toThrow('[staging/shop/stale] a ConfigMap that is made here must be given itself, so that pods are replaced when it changes');
  expect(() => app.render()).toThrow("got the name 'limits'; write Volume.configMap(configMap)");
});

test('so does one beside another that was given itself, and one that a variable is read from', () => {
  const [mixed, variable] = [system('10'), system('10')];
  new MeshedMicroservice(mixed.shop, 'stale', { ...container, volumes: { '/a': Volume.configMap('limits'), '/b': mixed.others } });
  expect(() => mixed.app.render()).toThrow("got the name 'limits'");
  const limit = EnvValue.fromConfigMap(ConfigMap.fromConfigMapName(variable.shop, 'ByName', 'limits'), 'limit.txt');
  new MeshedMicroservice(variable.shop, 'stale', { ...container, env: { LIMIT: limit } });
  expect(() => variable.app.render()).toThrow("got the name 'limits'");
});
