import fs from 'node:fs';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Tree } from '../gitops/trees';
import { runs } from '../property/runs';
import { AFTER, BEFORE, everything, inStaging, newFolders, publishByHand, published, runningTree, start, stop, writeExperiment } from './experiment-folders';

beforeEach(newFolders);

const TEXTS = ['', '\n', 'a: 1\n', 'a: 1', 'a: 1\r\nb: 2\r\n', '\uFEFFa: 1\n', 'größer: 漢字 🙂\n', '\u0000', 'a: "\u2028"\n', 'x'.repeat(5000)];
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'grapheme' }));
const NAMES = ['a', 'b', 'ü', 'u\u0308', '漢字', '🙂', ' ', '__proto__', '-x', '1', '%2e', 'x'.repeat(200)];
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }))
  .filter((each) => !/[/\\\0]/.test(each) && !['.', '..', 'experiment.yaml'].includes(each) && Buffer.byteLength(each) < 250);

/** What can stand on a disk: no name is a file and a folder at once. */
function asTree(entries: readonly (readonly [string, string | undefined])[]): Tree {
  const taken = new Map<string, string>();
  for (const [path, content] of entries) {
    const clash = [...taken.keys()].some((other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`));
    if (content !== undefined && !clash) taken.set(path, content);
  }
  return Object.fromEntries(taken);
}

const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));
const maybe = fc.option(text, { nil: undefined });

describe('start and stop are nothing', () => {
  test('over random folders, and what runs between is the experiment', () => {
    fc.assert(fc.property(fc.array(fc.tuple(path, maybe, maybe), { minLength: 1, maxLength: 8 }), (files) => {
      const before = asTree(files.map(([each, had]) => [each, had]));
      const after = asTree(files.map(([each, , has]) => [each, has]));
      fc.pre(JSON.stringify(before) !== JSON.stringify(after) && Object.keys({ ...before, ...after }).some((each) => before[each] !== after[each]));
      newFolders();
      publishByHand(before);
      writeExperiment('airport/slow', before, after);
      const was = everything();
      start();
      expect(runningTree()).toEqual(inStaging(after));
      stop();
      expect(everything()).toEqual(was);
    }), runs(40));
  });

  test('for several at once on different files, in any order of stopping', () => {
    const files = fc.uniqueArray(fc.tuple(name, maybe, maybe, fc.nat(2)), { minLength: 1, maxLength: 9, selector: ([each]) => each });
    fc.assert(fc.property(files, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (each, order) => {
      newFolders();
      const before = asTree(each.map(([file, had]) => [file, had]));
      const names = [0, 1, 2].filter((experiment) => {
        const after = asTree(each.map(([file, had, has, who]) => [file, who === experiment ? has : had]));
        const changes = each.some(([file]) => before[file] !== after[file]);
        if (changes) writeExperiment(`airport/${experiment}`, before, after);
        return changes;
      });
      publishByHand(before);
      const was = everything();
      for (const experiment of names) start(`airport/${experiment}`);
      expect(runningTree()).toEqual(inStaging(asTree(each.map(([file, , has]) => [file, has]))));
      for (const experiment of order.filter((one) => names.includes(one))) stop(`airport/${experiment}`);
      expect(everything()).toEqual(was);
    }), runs(30));
  });
});

test('the record says what changed, and holds the former text', () => {
  publishByHand(BEFORE);
  writeExperiment('airport/slow', BEFORE, AFTER);
  start();
  const record = JSON.parse(readFileSync(join(published, 'publication.json'), 'utf8'));
  expect(record).toEqual({ schemaVersion: 1, experiments: [{ name: 'airport/slow', files: {
    'staging/airport/cpanel.yaml': { before: expect.stringMatching(/^[0-9a-f]{64}$/), after: expect.stringMatching(/^[0-9a-f]{64}$/), former: 'kind: A\n' },
    'staging/airport/deep/er/only.yaml': { before: expect.any(String), former: 'kind: C' },
    'staging/airport/new/fault.yaml': { after: expect.any(String) },
  } }] });
  expect(readdirSync(published)).toEqual(['publication.json', 'staging']);
});

describe('a process that dies', () => {
  const WRITES = ['mkdirSync', 'writeFileSync', 'renameSync', 'rmSync', 'rmdirSync'] as const;

  /** Runs until the n-th change of the disk; from then on none succeeds, as after a SIGKILL. Whether it came that far. */
  function dies(run: () => void, changes: number): boolean {
    let left = changes;
    const spies = WRITES.map((write) => {
      const real = fs[write];
      return jest.spyOn(fs, write).mockImplementation((...args: unknown[]) => {
        if (left-- <= 0) throw new Error('killed');
        return Reflect.apply(real, fs, args);
      });
    });
    try {
      run();
    } catch (error) {
      expect(String(error)).toContain('killed');
    } finally {
      spies.forEach((spy) => spy.mockRestore());
    }
    return left < 0;
  }

  const ways: Record<string, readonly [begun: () => void, killed: () => void]> = {
    'in a start': [() => undefined, () => start()],
    'in a stop': [() => start(), () => stop()],
  };

  test.each(Object.keys(ways))('%s leaves a folder that start finishes and stop undoes', (way) => {
    const [begun, killed] = ways[way];
    let moments = 0;
    for (let died = true; died; moments++) {
      for (const after of ['start', 'stop']) {
        newFolders();
        publishByHand(BEFORE);
        writeExperiment('airport/slow', BEFORE, AFTER);
        const was = everything();
        begun();
        died = dies(killed, moments);
        const runs = fs.existsSync(join(published, 'publication.json'));
        if (after === 'stop' && runs) stop();
        if (after === 'stop' && !runs) expect(stop).toThrow('experiment must run to be stopped');
        if (after === 'stop') expect(everything()).toEqual(was);
        if (after === 'start' && died) {
          if (!runs || !isDeepStrictEqual(runningTree(), inStaging(AFTER))) start();
          expect(runningTree()).toEqual(inStaging(AFTER));
          stop();
          expect(everything()).toEqual(was);
        }
      }
    }
    expect(moments).toBeGreaterThan(8);
  });
});
