import { chmodSync, copyFileSync, linkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasTool, tool } from '../tools/tools';
import { runFolder } from './records';

const NEEDED = ['backend', 'envoy', 'pilot-agent'] as const;
/** Programs of images, where they are built. */
const OF_IMAGES = ['jaeger', 'oauth2-proxy'] as const;

/** Programs that pods run; they lie where the users of pods may read. */
export const podBinary = (name: typeof NEEDED[number] | typeof OF_IMAGES[number]): string => join(runFolder, 'bin', name);

/** Links them into the run folder, or copies them from another file system. */
export function placePodBinaries(): void {
  mkdirSync(join(runFolder, 'bin'));
  for (const name of [...NEEDED, ...OF_IMAGES.filter(hasTool)]) {
    try {
      linkSync(tool(name), podBinary(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      copyFileSync(tool(name), podBinary(name));
    }
    chmodSync(podBinary(name), 0o755);
  }
}
