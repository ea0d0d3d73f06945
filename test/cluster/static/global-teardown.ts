import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { table } from '../table';

async function tearDown(): Promise<void> {
  console.log(`\n${table()}\n`);
  rmSync(tmpdir(), { recursive: true }); // the one of global-setup.ts
}

export default tearDown; // eslint-disable-line import-x/no-default-export -- jest asks for one
