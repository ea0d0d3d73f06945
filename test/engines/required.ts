import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnginePod } from './engine-pod';

/** `describe` where the engine is there; in CI it must be, elsewhere the tests are skipped and say why. */
export function withEngine(name: string, files: readonly string[], tests: () => void): void {
  const missing = process.getuid?.() === 0 ? files.find((file) => !existsSync(file)) : 'the user root';
  if (missing === undefined) describe(name, tests);
  else if (process.env.CI) test(`${name} is there`, () => { throw new Error(`${missing} is missing; install ${name}`); });
  else describe.skip(`${name}: ${missing} is missing, so nothing of it is shown here`, tests);
}

/** A pod on storage of its own, running from the first test to the last. */
export interface RunningEngine<More extends readonly unknown[]> {
  /** The pod that runs now. */
  readonly server: EnginePod;
  /** Puts another pod on the same storage. */
  restart(...more: More): Promise<void>;
}

/** Runs an engine for the tests of a block. */
export function runningEngine<More extends readonly unknown[]>(pod: (volume: string, ...more: More | []) => EnginePod): RunningEngine<More> {
  const volume = mkdtempSync(join(tmpdir(), 'engine-volume-'));
  let server: EnginePod;
  const begin = async (...more: More | []): Promise<void> => {
    server = pod(volume, ...more);
    await server.start();
  };
  beforeAll(async () => begin());
  afterAll(async () => {
    await server.remove();
    rmSync(volume, { recursive: true, force: true });
  });
  return {
    get server() { return server; },
    async restart(...more) {
      await server.remove();
      await begin(...more);
    },
  };
}
