import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { helmChart } from '../../../src';
import { readFolder } from '../../../src/testing';
import type { KubeObject } from '../control/kube-client';
import { readManifests } from '../manifests';
import { SYSTEMS } from '../rendered-systems';
import { judge } from '../table';
import { hasTool, tool } from '../tools/tools';

const judged = hasTool('helm') ? test : test.skip;
const nameOf = ({ apiVersion, kind, metadata }: KubeObject): string => [apiVersion, kind, metadata.namespace, metadata.name].join(' ');
const byName = (objects: readonly KubeObject[]): KubeObject[] => [...objects].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

/** What Helm makes of a chart. */
function templated(chart: ReadonlyMap<string, string>): KubeObject[] {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-helm-'));
  try {
    for (const [file, text] of chart) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const env = { ...process.env, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
    const said = execFileSync(tool('helm'), ['template', 'release', folder], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
    return parseAllDocuments(said).map((document) => document.toJS() as KubeObject).filter(Boolean);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

judged.each(SYSTEMS)('Helm gives every object of $name as dist/ has it', ({ name, folder }) => {
  const objects = readManifests(folder);
  const ours = byName(templated(helmChart(readFolder(folder), { name: 'system', version: '1.0.0' })));
  expect(ours.map(nameOf)).toEqual(byName(objects).map(nameOf));
  expect(ours).toEqual(byName(objects));
  judge({ asked: `objects of ${name} out of its chart`, of: 'Helm', expected: objects.length, measured: ours.length });
});

judged('without its escapes Helm would take the texts of Addis Pay for its own, and fail', () => {
  const { folder } = SYSTEMS.find(({ name }) => name === 'staging/addis-pay')!;
  const chart = helmChart(readFolder(folder), { name: 'system', version: '1.0.0' });
  const plain = new Map([...chart].map(([file, text]) => [file, text.replaceAll('{{ "{{" }}', '{{')]));
  expect(() => templated(plain)).toThrow(/function "\w+" not defined/);
});
