import { existsSync } from 'node:fs';

/** `describe` where the engine is there; in CI it must be, elsewhere the tests are skipped and say why. */
export function withEngine(name: string, files: readonly string[], tests: () => void): void {
  const missing = process.getuid?.() === 0 ? files.find((file) => !existsSync(file)) : 'the user root';
  if (missing === undefined) describe(name, tests);
  else if (process.env.CI) test(`${name} is there`, () => { throw new Error(`${missing} is missing; install ${name}`); });
  else describe.skip(`${name}: ${missing} is missing, so nothing of it is shown here`, tests);
}
