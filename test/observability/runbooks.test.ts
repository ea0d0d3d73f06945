import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookFile } from '../../src/observability/alerts/alert';
import { alertCatalog } from '../../src/observability/alerts/catalog';
import { runbookPage } from '../../src/observability/alerts/runbook-page';

test.each(alertCatalog)('docs/runbooks has the page of $name (npm run golden)', (kind) => {
  const file = join('docs', 'runbooks', runbookFile(kind.name));
  if (process.env.UPDATE_GOLDEN === '1' && !process.env.CI) writeFileSync(file, runbookPage(kind));
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe(runbookPage(kind));
});

test('a page for each, and no two share one', () => {
  expect(new Set(alertCatalog.map(({ name }) => runbookFile(name))).size).toBe(alertCatalog.length);
});
