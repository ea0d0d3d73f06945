import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Expects text to be what a file of this folder holds; jest prints the lines that differ.
 * The file is written anew only by `UPDATE_GOLDEN=1`, which a CI machine refuses.
 */
export function expectGolden(name: string, text: string): void {
  const { CI, UPDATE_GOLDEN } = process.env;
  const path = join(__dirname, `${name}.yaml`);
  if (UPDATE_GOLDEN === '1' && CI) throw new Error('golden files are reviewed by a person, got UPDATE_GOLDEN on a CI machine; update them elsewhere');
  if (UPDATE_GOLDEN === '1') writeFileSync(path, text);
  if (!existsSync(path)) throw new Error(`no golden file ${path}; write it with UPDATE_GOLDEN=1 and read it`);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
