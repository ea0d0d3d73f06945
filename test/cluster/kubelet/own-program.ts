import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeClient } from '../control/kube-client';
import { expand } from './environment';
import type { Container, Pod } from './pod';
import { podFolder } from './pod-files';

/** Images whose program is on this machine anyway. */
const NODE_IMAGE = /^docker\.io\/library\/node:/;

/** A command and its environment. */
export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The container's own program, where it is one of Node: run as its manifest says, with the files of its ConfigMaps. Nothing is mounted: words and
 * variables that are a path below a volume become one below the pod's folder.
 */
export async function ownProgram(client: KubeClient, pod: Pod, container: Container, env: Program['env']): Promise<Program | undefined> {
  if (!NODE_IMAGE.test(container.image)) return undefined;
  const folders = await volumeFolders(client, pod, container);
  const moved = (text: string): string => {
    const [path, folder] = folders.find(([each]) => text.startsWith(`${each}/`)) ?? ['', ''];
    return folder + text.slice(path.length);
  };
  const [, ...words] = [...container.command ?? ['node'], ...container.args ?? []].map((word) => moved(expand(word, env)));
  return {
    command: [process.execPath, ...words],
    env: Object.fromEntries(Object.entries(env).map(([name, text]) => [name, moved(text)])),
  };
}

/** Where each mounted path lies; those of ConfigMaps are filled. */
async function volumeFolders(client: KubeClient, pod: Pod, { volumeMounts = [] }: Container): Promise<[path: string, folder: string][]> {
  const folders: [string, string][] = [];
  for (const { name, mountPath } of volumeMounts) {
    const folder = join(podFolder(pod), 'volumes', name);
    mkdirSync(folder, { recursive: true });
    const configMap = pod.spec.volumes?.find((volume) => volume.name === name)?.configMap?.name;
    if (configMap !== undefined) {
      const path = `/api/v1/namespaces/${pod.metadata.namespace}/configmaps/${configMap}`;
      const { data = {} } = await client.get<{ data?: Readonly<Record<string, string>> }>(path);
      for (const [file, text] of Object.entries(data)) writeFileSync(join(folder, file), text);
    }
    if (mountPath !== '/tmp') folders.push([mountPath, folder]);
  }
  return folders.sort(([a], [b]) => b.length - a.length); // the longer path first, where one lies in another
}
