import { join } from 'node:path';
import { GitOpsApp } from '../../src';
import { build } from '../../src/app/build';
import { recoverFolder } from '../../src/gitops/folder-swap';
import { readTree } from '../gitops/trees';

/** The files of the app by path, as a synth writes them. */
function synthesized(): Readonly<Record<string, string>> {
  const app = new GitOpsApp();
  build(app);
  return Object.fromEntries(app.render());
}

recoverFolder('dist'); // a killed synth may have left its swap half done
const committed = readTree('dist') ?? {};
const fresh = synthesized();

test('every file of a fresh synth is committed', () => {
  expect(Object.keys(fresh).filter((path) => !(join(path) in committed))).toEqual([]);
});

test('no other file is committed', () => {
  expect(Object.keys(committed).filter((path) => !(path in fresh))).toEqual([]);
});

test.each(Object.keys(fresh))('dist/%s is what a fresh synth writes (npm run synth, and commit what you meant to change)', (path) => {
  expect(committed[path]).toBe(fresh[path]);
});

test('two runs are the same, byte for byte', () => {
  expect(synthesized()).toEqual(fresh);
});
