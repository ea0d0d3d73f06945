import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROXY_IMAGE } from '../control/istiod';
import type { KubeObject } from '../control/kube-client';
import { podOf, scheduledWork, workloads } from '../manifests';
import { tool } from '../tools/tools';

/** What an analyzer of Istio says. */
export interface Message { readonly code: string; readonly level: string; readonly message: string; readonly origin: string }
interface Report { readonly messages: readonly Message[]; readonly skipped: readonly string[] }

interface Service extends KubeObject { readonly spec: { readonly ports: readonly { readonly protocol?: string }[] } }
const isService = (object: KubeObject): object is Service => object.kind === 'Service';

/** Files lack what the API server adds, and the analyzers look at pods, those of the night too: both are made here, proxies included. */
export function asInCluster(objects: readonly KubeObject[]): KubeObject[] {
  const defaulted = objects.map((object) => isService(object)
    ? { ...object, spec: { ...object.spec, ports: object.spec.ports.map((port) => ({ protocol: 'TCP', ...port })) } }
    : object);
  const pods = [...workloads(objects), ...scheduledWork(objects)].map((workload) => {
    const pod = podOf(workload);
    const proxied = [...pod.spec.containers.filter(({ name }) => name !== 'istio-proxy'), { name: 'istio-proxy', image: PROXY_IMAGE }];
    return { ...pod, spec: { ...pod.spec, containers: proxied } };
  });
  return [...defaulted, ...pods];
}

/** What Istio has against every EnvoyFilter, whatever it says: it may mean something else after an upgrade. The tests of their effect find that. */
export const isOfEveryEnvoyFilter = (warning: string): boolean => warning.includes('EnvoyFilter exposes internal implementation details');

/** Runs every analyzer of Istio on objects alone. */
export function analyze(objects: readonly KubeObject[]): Report {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-analysis-'));
  try {
    const file = join(folder, 'objects.yaml');
    writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    const report: Report = JSON.parse(execFileSync(tool('analyzer'), [file], { encoding: 'utf8', maxBuffer: 1 << 26 }));
    return { ...report, messages: report.messages.filter(({ message }) => !isOfEveryEnvoyFilter(message)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `istioctl validate` says against the files of a folder, empty if nothing. */
export function validate(folder: string): string {
  try {
    execFileSync(tool('istioctl'), ['validate', '-f', folder], { stdio: 'pipe' });
    return '';
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error);
  }
}
