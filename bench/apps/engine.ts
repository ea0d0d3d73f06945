import { App } from 'cdk8s';
import { GitOpsApp } from '../../src/index';

/** Whose app class synthesizes. */
export type Engine = 'ours' | 'stock';

/** An empty app that writes to a folder. */
export function newApp(engine: string, outdir: string): App {
  if (engine === 'ours') return new GitOpsApp({ outdir });
  if (engine === 'stock') return new App({ outdir });
  throw new Error(`engine must be ours or stock, got '${engine}'`);
}
