import { readFileSync } from 'node:fs';
import { withApiServer } from '../judges/lone-api-server';
import { ofKind, readManifests } from '../manifests';
import { folderOf } from '../rendered-systems';
import { hasTool } from '../tools/tools';

const RUNBOOK = readFileSync('docs/runbooks/restore.md', 'utf8');
const judged = hasTool('kubectl') ? test : test.skip;

judged('what the runbook says makes a Job of the CronJob that never runs, for the backup that a person names', async () => {
  const [pipe] = /^kubectl .*create job.*dry-run.*\\\n.*$/m.exec(RUNBOOK) ?? [];
  expect(pipe).toBeDefined();
  const said = pipe!.replace(/\\\n/g, '').replaceAll('$ns', 'addis-pay').replaceAll('$store', 'postgresql');
  const commands = said.split('|').map((each) => each.trim().split(/\s+/).slice(1));
  const restore = ofKind(readManifests(folderOf('production', 'addis-pay')), 'CronJob').filter(({ metadata }) => metadata.name === 'postgresql-restore');

  await withApiServer(async (kubectl) => {
    kubectl(['create', 'namespace', 'addis-pay']);
    kubectl(['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: restore }));
    commands.reduce((input, command) => kubectl(command, input), '');

    const job = JSON.parse(kubectl(['--namespace=addis-pay', 'get', 'job/postgresql-back', '--output=json']));
    expect(job.spec.suspend ?? false).toBe(false);
    const [container] = job.spec.template.spec.containers;
    expect(container.command).toEqual(['sh', '/etc/backup/restore.sh']);
    expect(container.env).toContainEqual({ name: 'BACKUP', value: '2026-11-27T020000Z' });
    expect(job.spec.template.metadata.labels.app).toBe('postgresql-restore'); // by which policies know it
  });
});
