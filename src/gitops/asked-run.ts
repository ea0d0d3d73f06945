import { join, resolve, sep } from 'node:path';
import { invalid } from '../graph/configuration-error';
import { leftOut, sourceMapFile, traceVariables } from '../graph/trace';
import { named } from '../manifest/folder-error';

/** The file that a source map is asked for in, if one is. @throws ConfigurationError where it would be a part of what is rendered */
export function wantedSourceMap(outdir: string): string | undefined {
  const file = sourceMapFile();
  if (file !== undefined && isIn(file, outdir)) {
    invalid(traceVariables.sourceMap, `a source map is no part of what is rendered, got ${file} in ${named(outdir)}; name a file outside`);
  }
  return file;
}

/** Refuses to write what lacks some calls where somebody could take it for what was declared. */
export function checkLeftOut(outdir: string): void {
  const left = leftOut();
  if (!left || resolve(left.outdir) === resolve(outdir)) return;
  invalid(traceVariables.without, `what lacks ${left.calls[0].join(' → ')} is for ${named(left.outdir)} alone, got ${named(outdir)}; unset the variable`);
}

function isIn(path: string, folder: string): boolean {
  return join(resolve(path), sep).startsWith(join(resolve(folder), sep));
}
