import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readTree, temporaryFolder } from '../gitops/trees';
import { allowed, refused } from './planted';

const folder = temporaryFolder();
const secret = `hunter${randomBytes(8).toString('hex')}`;

function synthesized(): { readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, ['--require', 'tsx/cjs', join(__dirname, 'planted.ts'), secret, folder], { encoding: 'utf8' });
}

test('a secret that is refused stands in no file and in no message, wherever it was put', () => {
  const { stdout, stderr } = synthesized();
  for (const place of Object.keys(refused)) {
    expect(stderr).toMatch(new RegExp(`^${place}: error: \\[staging/shop`, 'm'));
    expect(readTree(join(folder, place)) ?? {}).toEqual({});
  }
  expect(stdout + stderr).not.toContain(secret);
  for (const place of Object.keys(allowed)) expect(readTree(join(folder, place))!['staging/shop/web.yaml']).toContain(secret);
}, 60_000);
