import type { Interception } from './control/istiod';
import { Refused, type KubeClient, type KubeObject, type Verdict } from './control/kube-client';
import { isOfEveryEnvoyFilter } from './judges/istio-analysis';
import { interceptor, type Pod } from './kubelet/pod';

/** What the API server has against objects: an error, or warnings. */
export async function against(objects: readonly KubeObject[], ask: (object: KubeObject) => Promise<Verdict>): Promise<string[]> {
  const said: string[] = [];
  for (const object of objects) {
    const name = `${object.kind} ${object.metadata.name}`;
    try {
      said.push(...(await ask(object)).warnings.filter((warning) => !isOfEveryEnvoyFilter(warning)).map((warning) => `${name}: ${warning}`));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      said.push(`${name}: ${error.message}`);
    }
  }
  return said;
}

/** Every complaint in a warning is about `istio-init`: it needs root and two capabilities where no CNI plugin intercepts. */
function onlyIstioInit(warning: string): boolean {
  const named = [...warning.matchAll(/containers? ((?:\\?"[\w-]+\\?"(?:, )?)+)/g)].flatMap(([, names]) => names.match(/[\w-]+/g) ?? []);
  return named.length > 0 && named.every((name) => name === 'istio-init');
}

/** Without the mesh's proxy: beside `istio-init`, Pod Security says nothing of a container of ours that may run as root. */
const bare = (pod: Pod): Pod => ({ ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, 'sidecar.istio.io/inject': 'false' } } });

/** Whether a pod says itself that it is outside of the mesh. */
const isOutside = ({ metadata }: KubeObject): boolean => metadata.labels?.['sidecar.istio.io/inject'] === 'false';

/** What Pod Security has against pods, with the mesh's proxy and without; those outside of the mesh must get none. */
export async function againstPods(client: KubeClient, pods: readonly Pod[], interception: Interception): Promise<string[]> {
  const ours = await against(pods.map(bare), async (pod) => client.tryCreate(pod));
  const injected = await against(pods, async (pod) => {
    const verdict = await client.tryCreate(pod);
    const isInjected = interceptor(verdict.object as Pod) !== undefined;
    if (isInjected !== isOutside(pod)) return verdict;
    return { ...verdict, warnings: [...verdict.warnings, isInjected ? 'is injected' : 'is not injected'] };
  });
  return [...ours, ...injected.filter((warning) => interception === 'cni' || !onlyIstioInit(warning))];
}
