import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { GitOpsApp } from '../../src';
import { objectsIn } from '../../src/checks/rendered';
import type { KubeObject } from './control/kube-client';
import type { Pod } from './kubelet/pod';

/** A workload: something with a pod template. */
export interface Workload extends KubeObject {
  readonly spec: {
    readonly selector?: { readonly matchLabels: Record<string, string> };
    readonly replicas?: number;
    readonly template: {
      readonly metadata: { readonly labels: Record<string, string>; readonly annotations?: Record<string, string> };
      readonly spec: Pod['spec'] & { readonly volumes?: readonly object[] };
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

/** All objects below a folder, in the order of files and documents. */
export function readManifests(folder: string): KubeObject[] {
  return readManifestFiles(folder, readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml')).sort());
}

/** The objects of one system by itself, without those of its further namespaces: Filebeat's DaemonSet has no controller here. */
export function ownManifests(folder: string): KubeObject[] {
  return readManifestFiles(folder, readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort());
}

/** The objects of some files below a folder. */
export function readManifestFiles(folder: string, files: readonly string[]): KubeObject[] {
  return files.flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).flatMap((document): KubeObject[] => document.toJS() ?? []));
}

/** What the library makes of an app that a test describes. */
export function synthesized(build: (app: GitOpsApp) => void): KubeObject[] {
  const app = new GitOpsApp();
  build(app);
  return objectsIn(app.render()).map(({ content }) => content as KubeObject);
}

/** A program outside of the mesh that answers on a port. */
export function plainProgram(namespace: string, app: string, port: number): Workload {
  const labels = { app, version: 'v1' };
  const containers = [{ name: 'server', image: 'example.com/server', ports: [{ containerPort: port }] }];
  const spec = { selector: { matchLabels: { app } }, template: { metadata: { labels }, spec: { containers } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: app, namespace }, spec };
}

/** What ran before somebody thought of a mesh: Services, identities, and pods with no other labels than those that select them. */
export function beforeTheMesh(namespace: string, objects: readonly KubeObject[]): KubeObject[] {
  const kept = objects.filter(({ kind }) => ['Service', 'ServiceAccount'].includes(kind));
  const bare = workloads(objects).map(({ spec, ...rest }) => {
    const metadata = { ...spec.template.metadata, labels: spec.selector!.matchLabels };
    return { ...rest, spec: { ...spec, template: { ...spec.template, metadata } } };
  });
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, ...kept, ...bare];
}

/** The objects of one kind. */
export const ofKind = <T extends KubeObject = KubeObject>(objects: readonly KubeObject[], kind: string): T[] =>
  objects.filter((object): object is T => object.kind === kind);

/** The objects that make pods from a template. */
export const workloads = (objects: readonly KubeObject[]): Workload[] =>
  ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].flatMap((kind) => ofKind<Workload>(objects, kind));

interface CronJob extends KubeObject { readonly spec: { readonly jobTemplate: { readonly spec: Workload['spec'] } } }

/** What CronJobs make pods of, when their time comes. */
export const scheduledWork = (objects: readonly KubeObject[]): Workload[] =>
  ofKind<CronJob>(objects, 'CronJob').map(({ spec, ...rest }) => ({ ...rest, spec: spec.jobTemplate.spec }));

/** A pod as a controller would make it of a workload's template. */
export function podOf({ metadata, spec }: Workload, namespace = metadata.namespace): Pod {
  const { template, volumeClaimTemplates = [] } = spec;
  const claims = volumeClaimTemplates.map(({ metadata: { name } }) => ({ name, persistentVolumeClaim: { claimName: `${name}-${metadata.name}-0` } }));
  const volumes = [...template.spec.volumes ?? [], ...claims];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: `${metadata.name}-0`, namespace },
    spec: { ...template.spec, ...(volumes.length > 0 ? { volumes } : {}) },
  };
}
