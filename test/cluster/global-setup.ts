import { CrdsUnavailable } from '../../scripts/crds';
import { FIXTURES } from './boutique';
import { Cluster } from './cluster';
import { CannotRun } from './run/exit-reason';
import { removeOwn } from './run/records';
import { startCluster } from './start';
import { ToolMissing } from './tools/tools';

/** One cluster for all test files: they apply what they need, and put back what they change. */
async function setUp(): Promise<void> {
  const begin = Date.now();
  try {
    await startCluster('init');
    const cluster = new Cluster();
    await cluster.apply(FIXTURES);
    cluster.close();
  } catch (error) {
    removeOwn();
    if (!(error instanceof CannotRun || error instanceof ToolMissing || error instanceof CrdsUnavailable)) throw error;
    console.error(error.message);
    process.exit(2);
  }
  console.log(`control plane, mesh and gateway after ${((Date.now() - begin) / 1000).toFixed(1)} s`);
}

export default setUp; // eslint-disable-line import-x/no-default-export -- jest asks for one
