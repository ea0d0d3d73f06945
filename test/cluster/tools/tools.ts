import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENVOY, GO_TOOLS, binaryFolder } from './pins';

/** A binary is not there; the message says how to make it. */
export class ToolMissing extends Error {}

/** Path of a built binary. */
export function tool(name: string): string {
  const set = [...GO_TOOLS, ENVOY].find(({ binaries }) => name in binaries);
  if (!set) throw new ToolMissing(`no tool is called ${name}`);
  const path = join(binaryFolder(set), name);
  if (!existsSync(path)) throw new ToolMissing(`${name} ${set.version} is not built: run \`npm run test:cluster:tools\``);
  return path;
}

/** Whether a judge can be asked. A check that CI runs is never left out: there a binary that is not built fails its tests. */
export function hasTool(name: string): boolean {
  if (process.env.CI) return true;
  const set = [...GO_TOOLS, ENVOY].find(({ binaries }) => name in binaries);
  return set !== undefined && existsSync(join(binaryFolder(set), name));
}
