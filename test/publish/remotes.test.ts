import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import timers from 'node:timers/promises';
import { expectRefusal, newPair, repository, source } from './refusal';
import { distTree, publishedTree } from './rendered-trees';
import { bareRepository, commitsOf, edit, filesIn, git, root, SourceRepository, treeOf } from './repositories';

beforeEach(newPair);

describe('fails for a path', () => {
  test.each(['../shop', '/shop', 'a/../../b', 'a\\b', 'C:/shop', 'a\nb'])('outside of the repository: %j', async (path) => {
    await expectRefusal({ path }, `path must stay in the repository, got ${JSON.stringify(path)}; write it from the top`);
  });

  test('that is git\'s own', async () => {
    await expectRefusal({ path: 'a/.GIT/hooks' }, 'path must not be git\'s own');
  });

  test.each([['.', 'shop'], ['shop/staging', 'shop'], ['shop/staging/shop/x', 'shop']])('%s, which overlaps %s of another publisher', async (path, other) => {
    await expectRefusal({ path }, `path must not overlap another published one, got ${other}, which has a record; choose a folder beside it`);
  });

  test('in a repository that is published as a whole', async () => {
    const whole = bareRepository();
    await source.publish(whole, { path: '.' });
    await expectRefusal({ to: whole, path: 'shop' }, 'path must not overlap another published one, got all of the repository');
  });

  test('a file of another tool that is called as the record is none', async () => {
    edit(repository, { 'publication.json': '{"name": "a journal"}\n', 'more/deep/publication.json': 'none' });
    await source.publish(repository, { path: 'more' });
    expect(filesIn(repository, 'more')).toMatchObject(publishedTree(distTree()));
  });

  test('that another repository publishes, until it is taken over', async () => {
    git(source.folder, 'remote', 'set-url', 'origin', 'git@git.example:teams/shop');
    source.commit(distTree('2'));
    await source.publish(repository); // the same one, by another way
    git(source.folder, 'remote', 'set-url', 'origin', 'https://git.example/teams/bank.git');
    source.commit(distTree('3'));
    await expectRefusal({}, '[shop] path must be published from one repository, ' +
    'got https://git.example/teams/bank.git where git@git.example:teams/shop publishes');
    await source.publish(repository, { adopt: ['publication.json'] });
    expect(filesIn(repository)).toEqual(publishedTree(distTree('3')));
  });

  test('through a file, a link, a submodule, or over a folder', async () => {
    const commit = git(source.folder, 'rev-parse', 'HEAD').trim();
    edit(repository, { file: 'a\n', 'folder/staging/shop/cart.yaml/a': 'b\n' }, ['update-index', '--add', '--cacheinfo', `160000,${commit},module`]);
    await expectRefusal({ path: 'file' }, /must be free for a file in folders, got the file file; choose another path, or remove it/);
    await expectRefusal({ path: 'module/a' }, 'got the submodule module; choose another path');
    await expectRefusal({ path: 'folder' }, '[folder/staging/shop/cart.yaml] must be free for a file, got a folder with folder/staging/shop/cart.yaml/a');
  });

  test('whose record was edited', async () => {
    edit(repository, { 'shop/publication.json': '{"schemaVersion": 1}\n' });
    await expectRefusal({}, '[shop/publication.json] record is not as it was written');
  });
});

describe('fails for a remote', () => {
  test('that has no such branch, and names those it has', async () => {
    await expectRefusal({ branch: 'mian' }, 'branch must exist, got mian where there are main; choose one, or push a first commit to it');
    await expectRefusal({ branch: '--mirror' }, 'branch must be a name that git takes, got "--mirror"');
    await expectRefusal({ pullRequestBranch: 'a..b' }, 'branch must be a name that git takes, got "a..b"');
  });

  test('that is none', async () => {
    await expectRefusal({ to: join(root, 'nowhere.git') }, /nowhere\.git\] repository cannot be read, got .*does not/, 'check the address');
    await expectRefusal({ to: source.dist }, /repository cannot be read|branch .* cannot be pushed to/);
  });

  test('that is checked out', async () => {
    const checkout = SourceRepository.of({ 'a.txt': 'a' });
    git(checkout.folder, 'branch', '-M', 'main');
    await expectRefusal({ to: checkout.folder }, 'branch main cannot be pushed to', 'publish to a bare repository');
  });

  test('whose hook refuses, with its words', async () => {
    const hook = join(repository, 'hooks/pre-receive');
    mkdirSync(join(repository, 'hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "main is for the night shift" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    source.commit(distTree('2'));
    await expectRefusal({}, 'main is for the night shift', 'let this user push to the branch, or give a pullRequestBranch');
  });

  describe('behind http', () => {
    let server: Server;
    let address: string;
    beforeAll(async () => {
      server = createServer((request, response) => {
        response.writeHead(request.url?.startsWith('/none') ? 404 : 401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
      });
      await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());

    test.each([
      ['user:s3cr%2Fet-token@', ''],
      ['ghp-t0ken@', ''],
      ['', '?private_token=s3cret-token'],
    ])('credentials are in no message: http://%s<host>%s', async (userinfo, query) => {
      const said = await expectRefusal({ to: `http://${userinfo}${address}/shop.git${query}` }, `[http://${address}/shop.git] repository cannot be read`);
      expect(said).not.toMatch(/s3cr|t0ken|user:|private_token/);
    });

    test('it says what to do', async () => {
      await expectRefusal({ to: `http://${address}/shop.git` }, 'give git credentials: a credential helper, or a key');
      await expectRefusal({ to: `http://${address}/none.git` }, 'check the address, or make the repository');
      await expectRefusal({ to: 'http://127.0.0.1:1/shop.git' }, 'check the address and the network');
    });
  });

  test('that was force-pushed since: what is there counts', async () => {
    edit(repository, { 'README.md': 'a\n' });
    source.commit(distTree('2'));
    await source.publish(repository);
    git(repository, 'update-ref', 'refs/heads/main', git(repository, 'rev-parse', 'main~2').trim());
    source.commit(distTree('3'));
    await source.publish(repository);
    expect([commitsOf(repository), treeOf(repository)['README.md']]).toEqual([2, undefined]);
    expect(filesIn(repository)).toEqual(publishedTree(distTree('3')));
  });
});

const asRoot = process.getuid?.() === 0;

describe('fails where nothing can be written', () => {
  const mounts: string[] = [];
  afterAll(() => mounts.forEach((mount) => execFileSync('umount', [mount])));

  /** A disk of so many bytes; needs root. */
  function smallDisk(size: string): string {
    const mount = join(root, `disk-${mounts.length}`);
    mkdirSync(mount);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', mount]);
    mounts.push(mount);
    return mount;
  }
  const unlessRoot = (): boolean => {
    if (!asRoot) console.warn('a full disk is not tried: mounting one needs root');
    return !asRoot;
  };

  test('in a read-only remote', async () => {
    source.commit(distTree('2'));
    if (!asRoot) {
      execFileSync('chmod', ['-R', 'a-w', repository]);
      await expectRefusal({}, 'branch main cannot be pushed to', 'let this user write there');
      return void execFileSync('chmod', ['-R', 'u+w', repository]);
    }
    const disk = smallDisk('8m');
    git(root, 'clone', '--quiet', '--bare', repository, join(disk, 'a.git'));
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    await expectRefusal({ to: join(disk, 'a.git') }, 'branch main cannot be pushed to', 'let this user write there');
  });

  test('on a remote whose disk is full', async () => {
    if (unlessRoot()) return;
    const disk = smallDisk('1m');
    const remote = join(disk, 'a.git');
    git(root, 'clone', '--quiet', '--bare', repository, remote);
    expect(() => execFileSync('dd', ['if=/dev/zero', `of=${join(disk, 'full')}`, 'bs=1k'], { stdio: 'ignore' })).toThrow();
    const before = git(remote, 'for-each-ref');
    source.commit(distTree('2'));
    await expectRefusal({ to: remote }, 'branch main cannot be pushed to', 'free some space there');
    rmSync(join(disk, 'full'));
    expect(git(remote, 'for-each-ref')).toBe(before);
    git(remote, 'fsck', '--strict');
    await source.publish(remote);
    expect(filesIn(remote)).toEqual(publishedTree(distTree('2')));
  });

  test('on a full disk here', async () => {
    if (unlessRoot()) return;
    const disk = smallDisk('400k');
    source.commit(distTree('2', { 'staging/large.md': Array.from({ length: 100_000 }, () => Math.random().toString(36)).join('\n') }));
    const spy = jest.spyOn(os, 'tmpdir').mockReturnValue(disk);
    await expectRefusal({}, 'commit cannot be made', 'free some space there');
    spy.mockRestore();
    expect(readdirSync(disk)).toEqual([]);
  });
});

test('fails where others are faster every time, with what git says', async () => {
  source.commit(distTree('2'));
  mkdirSync(join(repository, 'refs/heads'), { recursive: true });
  writeFileSync(join(repository, 'refs/heads/main.lock'), ''); // a server that was killed leaves one
  const timeout = jest.spyOn(timers, 'setTimeout').mockResolvedValue(undefined);
  await expectRefusal({}, /push must not be overtaken every time, got 10 tries, and at last .*cannot lock ref|failed to update ref.*; publish again/);
  expect(timeout).toHaveBeenCalledTimes(9);
});
