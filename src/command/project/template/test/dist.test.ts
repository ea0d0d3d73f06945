import { existsSync } from 'node:fs';
import { GitOpsApp } from 'meshmart';
import { checkHistory, inWords } from 'meshmart/checks';
import { differences, readFolder } from 'meshmart/testing';
import { build } from '../src/build';

test('dist/ is what a fresh synth writes: run `npm run synth`, and commit it', () => {
  const app = new GitOpsApp();
  build(app);
  expect(differences(existsSync('dist') ? readFolder('dist') : new Map(), app.render())).toBe('');
});

test('every commit of dist/ is one that a cluster can take', async () => {
  const { findings, skipped } = await checkHistory();
  if (skipped !== undefined) console.warn(`not checked: ${skipped}`);
  expect(findings.filter(({ severity }) => severity === 'error').map(inWords)).toEqual([]);
});
