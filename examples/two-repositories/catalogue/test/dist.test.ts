import { GitOpsApp } from 'meshmart';
import { checkHistory, inWords } from 'meshmart/checks';
import { differences, readFolder } from 'meshmart/testing';
import { build } from '../src/build';

test('dist/ is what a fresh synth writes', () => {
  const app = new GitOpsApp();
  build(app);
  expect(differences(readFolder('dist'), app.render())).toBe('');
});

test('every commit of dist/ is one that a cluster and the other team can take', async () => {
  const { findings, skipped } = await checkHistory();
  if (skipped !== undefined) console.warn(`not checked: ${skipped}`);
  expect(findings.filter(({ severity }) => severity === 'error').map(inWords)).toEqual([]);
});
