import { Size } from 'cdk8s';
import { Volume } from '../../src';

test.each([
  ['an empty folder', Volume.emptyDir(), { emptyDir: {} }],
  ['the files of a ConfigMap', Volume.configMap('settings'), { configMap: { name: 'settings' } }],
  ['the files of a Secret, by reference', Volume.secret('certificate'), { secret: { secretName: 'certificate' } }],
  ['a folder of the node', Volume.hostPath('/var/log/pods'), { hostPath: { path: '/var/log/pods' } }],
  ['one that is written, made where it is missing', Volume.hostPath('/seen', { writable: true }), { hostPath: { path: '/seen', type: 'DirectoryOrCreate' } }],
  ['a claim', Volume.persistentVolumeClaim('data'), { persistentVolumeClaim: { claimName: 'data' } }],
])('can be %s', (_, volume, source) => {
  expect(JSON.parse(JSON.stringify(volume.toKube('v')))).toEqual({ name: 'v', ...source });
});

test('an empty folder may have a limit', () => {
  expect(Volume.emptyDir(Size.mebibytes(64)).toKube('v').emptyDir?.sizeLimit?.value).toBe('64Mi');
});

test('a claim is of one node at a time, unless it is shared', () => {
  const volumes = [Volume.persistentVolumeClaim('data'), Volume.persistentVolumeClaim('data', { shared: true }), Volume.emptyDir()];
  expect(volumes.map(({ oneNode }) => oneNode)).toEqual([true, false, false]);
});

test('a folder of the node is read, and written only where that is said', () => {
  const mounts = [Volume.hostPath('/var/log'), Volume.hostPath('/var/log', { writable: true })].map((volume) => volume.mount('v', '/v').readOnly);
  expect(mounts).toEqual([true, undefined]);
});

test('what stands in an empty folder or a claim can be changed', () => {
  const mounts = [Volume.emptyDir(), Volume.persistentVolumeClaim('data')].map((volume) => volume.mount('v', '/v').readOnly);
  expect(mounts).toEqual([undefined, undefined]);
});
