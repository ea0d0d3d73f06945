import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { appOf, VERSIONS } from './alternating-app';
import { readTree, temporaryFolder, Tree } from './trees';

const RANDOM_KILLS = process.env.MESHMART_LONG ? 100 : 5;
/** Longer than one synth of the loop takes, so that each of its moments may be the last. */
const LONGEST_LIFE_MILLISECONDS = 100;

const folder = temporaryFolder();
const KNOWN = VERSIONS.map((version): Tree => Object.fromEntries(appOf(version, folder).render()));

/** Lets a child synthesize in a loop, and ends when it was killed. */
async function killed(outdir: string, deadly?: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'synth-loop.ts'), outdir, deadly ?? ''], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  if (!deadly) {
    await once(child.stdout, 'data');
    await setTimeout(Math.random() * LONGEST_LIFE_MILLISECONDS);
    child.kill('SIGKILL');
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
}

function expectWholeTree(outdir: string): void {
  const [current, old] = [readTree(outdir), readTree(`${outdir}.old`)];
  if (old) expect(KNOWN).toContainEqual(old);
  expect(KNOWN).toContainEqual(old ?? current);
}

function expectRepair(outdir: string): void {
  appOf('odd', outdir).synth();
  expect(readTree(outdir)).toEqual(KNOWN[0]);
  expect([existsSync(`${outdir}.old`), existsSync(`${outdir}.next`)]).toEqual([false, false]);
}

describe('a synth that is killed leaves a whole tree, which the next one repairs', () => {
  test(`at ${RANDOM_KILLS} random moments`, async () => {
    const outdir = join(folder, 'random');
    for (let kill = 0; kill < RANDOM_KILLS; kill++) {
      await killed(outdir);
      expectWholeTree(outdir);
      if (kill % 2) expectRepair(outdir); // every other time the next child has to
    }
  }, 1000 + RANDOM_KILLS * 5000);

  test('between the renames', async () => {
    const outdir = join(folder, 'forced');
    appOf('even', outdir).synth();
    await killed(outdir, '.old');
    expect(readTree(outdir)).toBeUndefined();
    expect(readTree(`${outdir}.old`)).toEqual(KNOWN[1]);
    expect(readTree(`${outdir}.next`)).toEqual(KNOWN[0]);
    expectRepair(outdir);
  }, 10_000);
});
