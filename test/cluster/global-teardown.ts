import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeLeftovers, runFolder } from './run/records';
import { table } from './table';

/** Stops everything; the logs stay until the next run. */
async function tearDown(): Promise<void> {
  console.log(`\n${table()}\n\nThe logs are in ${runFolder}`);
  removeLeftovers();
  for (const large of ['etcd', 'bin', 'pki']) rmSync(join(runFolder, large), { recursive: true, force: true });
}

export default tearDown; // eslint-disable-line import-x/no-default-export -- jest asks for one
