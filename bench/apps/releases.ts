import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** `<helm> <folder> <outdir>`: one chart for each file of values, a process after the other. */
function main([helm, folder, outdir]: readonly string[]): void {
  const services = join(folder, 'services');
  for (const file of readdirSync(services)) {
    const release = basename(file, '.yaml');
    const args = ['template', release, join(folder, 'chart'), '--values', join(services, file), '--output-dir', join(outdir, release)];
    execFileSync(helm, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}

main(process.argv.slice(2));
