import { join } from 'node:path';
import { Cluster } from './cluster';
import { CannotRun } from './run/exit-reason';
import { removeOwn, runFolder } from './run/records';
import { startCluster } from './start';
import { ToolMissing } from './tools/tools';

/** Starts one environment and keeps it until it is interrupted, for a person to look inside. */
async function main(environment = 'staging'): Promise<void> {
  const begin = Date.now();
  const say = (what: string): void => console.log(`${((Date.now() - begin) / 1000).toFixed(1)} s: ${what}`);
  await startCluster(environment === 'production' ? 'cni' : 'init');
  say('the mesh is ready');
  const cluster = new Cluster();
  await cluster.apply(join(__dirname, 'fixtures'));
  say('the gateway is ready');
  await cluster.apply(join('dist', environment));
  say(`all of dist/${environment} is in effect; look into ${runFolder}`);
  await new Promise((resolve) => { for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve); setInterval(() => {}, 60_000); });
}

main(process.argv[2]).catch((error: unknown) => {
  const expected = error instanceof CannotRun || error instanceof ToolMissing;
  console.error(expected ? error.message : error);
  process.exitCode = expected ? 2 : 1;
}).finally(() => {
  removeOwn();
  process.exit();
});
