import { readdirSync } from 'node:fs';
import { isPromise } from 'node:util/types';
import { invalid } from '../graph/configuration-error';
import { failureReport } from './failure-report';
import { recoverFolder } from './folder-swap';
import { GitOpsApp, GitOpsAppProps } from './gitops-app';

/** Frames of a stack that are kept while an app is built: one's own code may stand below many of the library's. */
const STACK_FRAMES = 100;

/**
 * The body of an app's `main.ts`: builds an app and synthesizes it.
 *
 * It prints how many files it wrote. What is wrong with the configuration is printed to stderr as `error: [path] …` with the place in your own source,
 * any other error with its whole stack. Both set exit code 1, and leave the output folder as it was; what a killed
 * synth left aside is put back first.
 *
 * @param build creates the charts; not async, since synth follows at once
 */
export function synthesize(build: (app: GitOpsApp) => void, props: GitOpsAppProps = {}): void {
  Error.stackTraceLimit = Math.max(Error.stackTraceLimit, STACK_FRAMES);
  let during: 'build' | 'synth' = 'build';
  try {
    const app = new GitOpsApp(props);
    recoverFolder(app.outdir); // a construct may fail before synth would do it
    const built: unknown = build(app);
    if (isPromise(built)) invalid('app', 'build function must not be async, got a promise; await before synthesize');
    during = 'synth';
    app.synth();
    const files = readdirSync(app.outdir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    process.stdout.write(`wrote ${files.length} files to ${app.outdir}\n`);
  } catch (error) {
    process.stderr.write(failureReport(error, during));
    process.exitCode = 1; // not exit(), which may cut off what was printed
  }
}
