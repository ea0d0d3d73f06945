import fs, { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFolder } from '../../../src/checks/rendered';
import { newProject } from '../../../src/command/project/new-project';
import { ServiceToAdd, type ToldService } from '../../../src/command/project/new-service';
import { folderWith } from '../command';

const PROJECT = Object.fromEntries(newProject({ name: 'shop', meshmart: '1.0.0' }));
afterEach(() => { jest.restoreAllMocks(); });

test('a service is added where no folder of services is yet', () => {
  const folder = folderWith({ 'src/system.ts': PROJECT['src/system.ts'] });
  const files = new ServiceToAdd(folder, 'payments').add({ image: 'a:1', port: 'tls:8443', callers: ['web', 'web'] });
  expect(files).toEqual({ made: 'src/services/payments.ts', changed: 'src/system.ts' });
  expect(readFileSync(join(folder, files.made), 'utf8')).toContain('port: Port.tls(8443),');
  expect(readFileSync(join(folder, files.changed), 'utf8').match(/calls\(services\.payments/g)).toHaveLength(1);
});

test.each<[string, ToldService, string | RegExp]>([
  ['Payments', {}, "name must be a DNS label (lower-case letters, digits, dashes), got 'Payments'"],
  ['1st', {}, "name of a service must begin with a letter, got '1st'"],
  ['web', {}, "name of a service must be new, got 'web', which is taken; choose another (there are greetings, web)"],
  ['namespace', {}, "name of a service must be new, got 'namespace', which is taken"],
  ['kept', {}, "name of a service must be new, got 'kept', which is taken"],
  ['a', {}, 'image must be given, got none; say for example --image registry.example.com/a:1.0.0'],
  ['a', { image: 'redis' }, "image must have a digest or a tag other than latest, got 'redis'; pin it, for example 'redis:1.2.3'"],
  ['a', { image: 'a:1', port: '70000' }, /port must be a number from 1 to 65535, .* got '70000'; say for example grpc:50051$/],
  ['a', { image: 'a:1', port: 'udp:53' }, /port must be .* behind one of http:, grpc:, tcp:, tls:, got 'udp:53'/],
  ['a', { image: 'a:1', port: '' }, /port must be .* got ''/],
  ['a', { image: 'a:1', owner: 'me' }, "owner must be @user, @organization/team or an e-mail address, got 'me'; write whom to ask"],
  ['a', { image: 'a:1', port: '80', callers: ['wbe'] }, "caller must be one that is there, got 'wbe'; did you mean web? (greetings, web)"],
  ['a', { image: 'a:1', callers: ['web'] }, 'port must be given where somebody calls, got none with the caller web; say for example --port 8080'],
])('fails and changes nothing: %s %j', (name, told, problem) => {
  const folder = folderWith({ ...PROJECT, 'src/services/kept.ts': '// wired by nobody\n' });
  const before = readFolder(folder);
  expect(() => new ServiceToAdd(folder, name).add(told)).toThrow(problem);
  expect(readFolder(folder)).toEqual(before);
});

test('fails where the second file cannot be written, and the first is gone again', () => {
  const folder = folderWith({ 'src/system.ts': PROJECT['src/system.ts'] });
  jest.spyOn(fs, 'renameSync').mockImplementation(() => { throw new Error('EACCES: permission denied, rename'); });
  expect(() => new ServiceToAdd(folder, 'payments').add({ image: 'a:1' })).toThrow(/service cannot be added, and all is as it was, got EACCES/);
  expect([...readFolder(folder)]).toEqual([['src/system.ts', PROJECT['src/system.ts']]]);
  expect(existsSync(join(folder, 'src/services'))).toBe(false);
});

test('fails on a file that came meanwhile, and leaves it', () => {
  const folder = folderWith(PROJECT);
  const service = new ServiceToAdd(folder, 'payments');
  fs.writeFileSync(join(folder, 'src/services/payments.ts'), '// of somebody else\n');
  expect(() => service.add({ image: 'a:1' })).toThrow(/got EEXIST/);
  expect(readFileSync(join(folder, 'src/services/payments.ts'), 'utf8')).toBe('// of somebody else\n');
  expect(existsSync(join(folder, 'src/system.ts.next'))).toBe(false);
});
