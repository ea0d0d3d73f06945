import { type AdmissionAction, AdmissionEngine, Environment, MeshNamespace, RequiredLimits } from '../../src';
import type { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { synthesized } from './manifests';
import { until } from './run/until';
import { unlimited, workloadsWith } from './unlimited';
import { against } from './verdicts';

/** The rule in some namespaces of a mesh that exist. */
export const ruleFor = (names: readonly string[], action: AdmissionAction = 'deny', engine = AdmissionEngine.validatingAdmissionPolicy()): KubeObject[] =>
  synthesized((app) => {
    const environment = new Environment(app, 'judged');
    for (const name of names) MeshNamespace.existing(environment, name);
    new RequiredLimits(environment, 'admission', { engine, action });
  });

/** Puts a rule of limits into effect in a cluster, and takes it away. */
export function limitsRule(cluster: Cluster) {
  /** What is said of an object that is made and not kept. */
  const tried = async (object: KubeObject): Promise<readonly string[]> => against([object], async (each) => cluster.client.tryCreate(each));

  /** A Deployment, since Pod Security would refuse a pod like that first. */
  const probe = (namespaceName: string): KubeObject => workloadsWith(namespaceName, 'probe', { containers: [unlimited('nginx')] })[0];

  const said = async (namespaceName: string): Promise<string> => (await tried(probe(namespaceName))).join();

  /** Puts the rule into effect, which the API server does not do at once. */
  async function hold(rule: readonly KubeObject[], ...namespaces: readonly string[]): Promise<void> {
    await cluster.submit(rule);
    for (const name of namespaces) await until(`the rule holds in ${name}`, async () => (await said(name)).includes('every container must have limits'));
  }

  async function lift(rule: readonly KubeObject[], namespaceName: string): Promise<void> {
    for (const object of rule) await cluster.client.delete(object);
    await until('the rule is lifted', async () => !(await said(namespaceName)).includes('every container must have limits'));
  }

  return { tried, probe, said, hold, lift };
}
