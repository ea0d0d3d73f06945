// Child process of publish-kill.test.ts: publishes one version after the other until somebody kills it, or its test is gone.
// Arguments: address of the repository, and folder of the source.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { publish } from '../../src/publish';
import { writeTree } from '../gitops/trees';
import { distTree } from './rendered-trees';

async function main([repository, source]: readonly string[]): Promise<void> {
  const dist = join(source, 'dist');
  const parent = process.ppid;
  for (let round = 0; process.ppid === parent; round++) {
    writeTree(dist, distTree(`${process.pid}-${round}`));
    await publish({ repository, branch: 'main', path: 'shop', dist, allowDirty: true });
    writeSync(1, `${round}\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
