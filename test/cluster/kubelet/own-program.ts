import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeClient } from '../control/kube-client';
import { podBinary } from '../run/pod-binaries';
import { expand } from './environment';
import type { Container, Pod } from './pod';
import { podFolder } from './pod-files';

/** Programs of images that can be run on this machine. */
const PROGRAMS: readonly (readonly [image: RegExp, program: () => string])[] = [
  [/^docker\.io\/library\/node:/, () => process.execPath],
  [/^docker\.io\/jaegertracing\/jaeger:/, () => podBinary('jaeger')],
  [/^quay\.io\/oauth2-proxy\/oauth2-proxy:/, () => podBinary('oauth2-proxy')],
];

/** A command and its environment. */
export interface Program {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The container's own program, where this machine has it and the Secrets that it reads are there: run as its manifest says, with the files of its
 * ConfigMaps. Nothing is mounted: words, variables and files that have a path below a volume get one below the pod's folder.
 */
export async function ownProgram(client: KubeClient, pod: Pod, container: Container, env: Program['env']): Promise<Program | undefined> {
  const [, program] = PROGRAMS.find(([image]) => image.test(container.image)) ?? [];
  if (!program || !existsSync(program())) return undefined;
  const secrets = await secretsOf(client, pod, container);
  if (!secrets) return undefined;
  const folders = volumeFolders(pod, container);
  const moved = (text: string): string =>
    folders.reduce((all, [path, folder]) => all.replaceAll(new RegExp(`(?<![\\w/])${path}/`, 'g'), () => `${folder}/`), text);
  await fillFolders(client, pod, container, moved);
  const [, ...words] = [...container.command ?? ['the image\'s own'], ...container.args ?? []].map((word) => moved(expand(word, env)));
  return {
    command: [program(), ...words],
    env: { ...Object.fromEntries(Object.entries(env).map(([name, text]) => [name, moved(text)])), ...secrets },
  };
}

/** Variables from Secrets; undefined where one is not there, so that a kubelet would not start the container. */
async function secretsOf(client: KubeClient, pod: Pod, { env = [] }: Container): Promise<Program['env'] | undefined> {
  const found: Record<string, string> = {};
  for (const { name, valueFrom } of env) {
    const reference = valueFrom?.secretKeyRef;
    if (!reference) continue;
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/secrets/${reference.name}`;
    const { status, text } = await client.raw('GET', path);
    const value = status === 200 ? (JSON.parse(text) as { data?: Readonly<Record<string, string>> }).data?.[reference.key] : undefined;
    if (value === undefined) return undefined;
    found[name] = Buffer.from(value, 'base64').toString();
  }
  return found;
}

/** Where each mounted path lies; the longer path first, where one lies in another. */
function volumeFolders(pod: Pod, { volumeMounts = [] }: Container): readonly (readonly [path: string, folder: string])[] {
  const folders = volumeMounts.filter(({ mountPath }) => mountPath !== '/tmp').map(({ name, mountPath }) => [mountPath, folderOf(pod, name)] as const);
  return [...folders].sort(([a], [b]) => b.length - a.length);
}

/** Makes the folders of volumes, and writes the files of ConfigMaps. */
async function fillFolders(client: KubeClient, pod: Pod, { volumeMounts = [] }: Container, moved: (text: string) => string): Promise<void> {
  for (const { name } of volumeMounts) {
    mkdirSync(folderOf(pod, name), { recursive: true });
    const configMap = pod.spec.volumes?.find((volume) => volume.name === name)?.configMap?.name;
    if (configMap === undefined) continue;
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/configmaps/${configMap}`;
    const { data = {} } = await client.get<{ data?: Readonly<Record<string, string>> }>(path);
    for (const [file, text] of Object.entries(data)) writeFileSync(join(folderOf(pod, name), file), moved(text));
  }
}

function folderOf(pod: Pod, volume: string): string {
  return join(podFolder(pod), 'volumes', volume);
}
