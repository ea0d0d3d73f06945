import { join } from 'node:path';
import { ToolMissing, tool } from '../test/cluster/tools/tools';
import { MOST_OF, type Setting, type What } from './cases';
import { writeHelmChart, writeReleases } from './helm-values';
import { inputFile, inputFolder } from './inputs';
import { writeKustomization } from './kustomize';
import { installTemplate, writeTemplate } from './template';

/** The programs of others that are there; of one that is not and that is wanted, a sentence says why its row is left out. */
export function others(apps: string, wants: (what: What) => boolean): Pick<Setting, 'helm' | 'kubectl' | 'template'> {
  return {
    helm: wants('helm') || wants('releases') ? pathOrWhy('Helm', () => tool('helm')) : undefined,
    kubectl: wants('kustomize') ? pathOrWhy('kustomize', () => tool('kubectl')) : undefined,
    template: wants('template') ? pathOrWhy('The template of cdk8s', () => installTemplate(join(apps, 'template'))) : undefined,
  };
}

function pathOrWhy(name: string, find: () => string): string | undefined {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    process.stdout.write(`${name} is left out: ${error.message}.\n`);
    return undefined;
  }
}

/** Writes what the programs of others read. */
export function writeInputs({ inputs, helm, kubectl, template }: Setting, size: number): void {
  const manifests = inputFile(inputs, 'manifests', size);
  if (helm !== undefined) writeHelmChart(inputFolder(inputs, 'chart', size), size, manifests);
  if (helm !== undefined && size <= MOST_OF.releases) writeReleases(inputFolder(inputs, 'releases', size), size, manifests);
  if (kubectl !== undefined && size <= MOST_OF.kustomize) writeKustomization(inputFolder(inputs, 'kustomize', size), manifests);
  if (template !== undefined && size <= MOST_OF.template) writeTemplate(join(template, String(size)), manifests);
}
