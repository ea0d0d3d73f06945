import { AdmissionEngine, Environment, MeshNamespace, RequiredLimits } from '../../../src';
import { violations } from '../judges/gator';
import { ofKind, podOf, readManifests, scheduledWork, synthesized, workloads } from '../manifests';
import { SYSTEMS, folderOf } from '../rendered-systems';
import { judge } from '../table';
import { hasTool } from '../tools/tools';
import { UNLIMITED, limited, podWith, refusalOf, unlimited, workloadsWith } from '../unlimited';

const judged = hasTool('gator') ? describe : describe.skip;

/** The rule of Gatekeeper for some namespaces, with these. */
const ruleFor = (...names: string[]) => synthesized((app) => {
  const environment = new Environment(app, 'judged');
  for (const name of names) new MeshNamespace(environment, name);
  new RequiredLimits(environment, 'admission', { engine: AdmissionEngine.gatekeeper() });
}).filter(({ kind }) => ['Namespace', 'ConstraintTemplate', 'K8sRequiredResourceLimits'].includes(kind));

judged('Gatekeeper by its CEL engine', () => {
  const elsewhere = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'elsewhere' } };

  test.each(Object.entries(UNLIMITED))('refuses a pod with %s, and names the container', (_, { spec, named }) => {
    expect(violations([...ruleFor('shop'), podWith('shop', 'web', spec)])).toEqual([{ object: 'Pod shop/web', says: refusalOf(named), action: 'deny' }]);
  });

  test('takes a pod with limits on every container', () => {
    const spec = { initContainers: [limited('setup')], containers: [limited('server')] };
    expect(violations([...ruleFor('shop'), podWith('shop', 'web', spec), ...workloadsWith('shop', 'web', spec)])).toEqual([]);
  });

  test('refuses what makes pods by its template', () => {
    const objects = workloadsWith('shop', 'web', { containers: [unlimited('nginx')] });
    const says = refusalOf('nginx (cpu, memory)');
    const found = violations([...ruleFor('shop'), ...objects]).sort((a, b) => (a.object < b.object ? -1 : 1));
    expect(found).toEqual(objects.map(({ kind }) => ({ object: `${kind} shop/web`, says, action: 'deny' })).sort((a, b) => (a.object < b.object ? -1 : 1)));
  });

  test('leaves other namespaces alone', () => {
    expect(violations([...ruleFor('shop'), elsewhere, podWith('elsewhere', 'web', { containers: [unlimited('nginx')] })])).toEqual([]);
  });

  test.each(SYSTEMS)('takes all of $name, and its pods, by the rule that the environment has', ({ name, folder, environment }) => {
    const objects = readManifests(folder);
    const rule = readManifests(folderOf(environment, 'required-limits'));
    const made = [...workloads(objects), ...ofKind(objects, 'CronJob')];
    const pods = [...workloads(objects), ...scheduledWork(objects)].map((workload) => podOf(workload));

    const found = violations([...rule, ...ofKind(objects, 'Namespace'), ...made, ...pods]);

    expect(found).toEqual([]);
    const asked = made.length + pods.length;
    judge({ asked: `workloads and pods of ${name} let through`, of: 'Gatekeeper', expected: asked, measured: asked - found.length });
  });
});
