// Child process of kill.test.ts: synthesizes in a loop until somebody kills it, or its test is gone.
// Arguments: output folder, and how the new name ends at which a rename kills the process itself (empty: none does).
import fs from 'node:fs';
import { appOf, VERSIONS } from './alternating-app';

const [outdir, deadly] = process.argv.slice(2);
const rename = fs.renameSync;
fs.renameSync = (from, to) => {
  rename(from, to);
  if (deadly && String(to).endsWith(deadly)) process.kill(process.pid, 'SIGKILL');
};

const parent = process.ppid;
for (let round = 0; process.ppid === parent; round++) {
  appOf(VERSIONS[round % 2], outdir).synth();
  if (round === 1) fs.writeSync(1, 'running');
}
