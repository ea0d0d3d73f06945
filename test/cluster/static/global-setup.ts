import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All temporary files of the run, its run folder too: these tests neither need a cluster nor touch the folder of one that runs. */
async function setUp(): Promise<void> {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'meshmart-static-'));
}

export default setUp; // eslint-disable-line import-x/no-default-export -- jest asks for one
