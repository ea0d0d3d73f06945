import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DoomedProgram, LONGEST_WAIT_MILLISECONDS } from '../doomed-program';
import { appOf, VERSIONS } from './alternating-app';
import { readTree, temporaryFolder, Tree } from './trees';

const RANDOM_KILLS = process.env.MESHMART_LONG === '1' ? 100 : 5;
/** Longer than one synth of the loop takes, so that each of its moments may be the last. */
const LONGEST_LIFE_MILLISECONDS = 100;

const folder = temporaryFolder();
const KNOWN = VERSIONS.map((version): Tree => Object.fromEntries(appOf(version, folder).render()));

/** Lets a child synthesize in a loop, and ends when it was killed: after a rename to what ends in `deadly`, or at some moment. */
async function killed(outdir: string, deadly = ''): Promise<void> {
  const synth = new DoomedProgram(join(__dirname, 'synth-loop.ts'), [outdir, deadly]);
  if (!deadly) {
    await synth.runs();
    await setTimeout(Math.random() * LONGEST_LIFE_MILLISECONDS);
    synth.kill();
  }
  await synth.isKilled();
}

/** The trees under the folder's own name, `.old` and `.next`. */
function standing(outdir: string): (Tree | undefined)[] {
  return ['', '.old', '.next'].map((suffix) => readTree(`${outdir}${suffix}`));
}

function expectWholeTree(outdir: string): void {
  const [current, old] = standing(outdir);
  if (old) expect(KNOWN).toContainEqual(old);
  expect(KNOWN).toContainEqual(old ?? current);
}

function expectRepair(outdir: string): void {
  appOf('odd', outdir).synth();
  expect(standing(outdir)).toEqual([KNOWN[0], undefined, undefined]);
}

describe('a synth that is killed leaves a whole tree, which the next one repairs', () => {
  test(`at ${RANDOM_KILLS} random moments`, async () => {
    const outdir = join(folder, 'random');
    for (let kill = 0; kill < RANDOM_KILLS; kill++) {
      await killed(outdir);
      expectWholeTree(outdir);
      if (kill % 2) expectRepair(outdir); // every other time the next child has to
    }
  }, RANDOM_KILLS * LONGEST_WAIT_MILLISECONDS);

  test('between the renames', async () => {
    const outdir = join(folder, 'between');
    appOf('even', outdir).synth();
    await killed(outdir, '.old');
    expect(standing(outdir)).toEqual([undefined, KNOWN[1], KNOWN[0]]);
    expectRepair(outdir);
  }, LONGEST_WAIT_MILLISECONDS);

  test('after the renames', async () => {
    const outdir = join(folder, 'after');
    appOf('even', outdir).synth();
    await killed(outdir, 'after');
    expect(standing(outdir)).toEqual([KNOWN[0], KNOWN[1], undefined]);
    expectRepair(outdir);
  }, LONGEST_WAIT_MILLISECONDS);
});
