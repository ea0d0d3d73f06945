import { readFileSync, writeFileSync } from 'node:fs';
import { GitOpsApp, codeOwners } from '../../src';
import { build } from '../../src/app/build';

const FILE = '.github/CODEOWNERS';

test('.github/CODEOWNERS names the owners of dist/ (npm run golden)', () => {
  const app = new GitOpsApp();
  build(app);
  const text = codeOwners(app);
  if (process.env.UPDATE_GOLDEN === '1' && !process.env.CI) writeFileSync(FILE, text);
  expect(text).toBe(readFileSync(FILE, 'utf8'));
});
