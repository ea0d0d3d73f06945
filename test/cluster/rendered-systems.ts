import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Interception } from './control/istiod';
import { readManifests } from './manifests';

/** One system in one environment, as `dist/` has it. */
export interface RenderedSystem {
  /** `staging/online-boutique`. */
  readonly name: string;
  readonly environment: string;
  readonly folder: string;
  readonly interception: Interception;
}

/** What a synth wrote. */
export const DIST = join(__dirname, '..', '..', 'dist');
/** By hand: the environments say so, and their namespaces' Pod Security depends on it. */
const INTERCEPTION: Readonly<Record<string, Interception>> = { staging: 'init', production: 'cni' };

/** Where a system of an environment lies. */
export const folderOf = (environment: string, system: string): string => join(DIST, environment, system);

/** Every system that `dist/` has. */
export const SYSTEMS: readonly RenderedSystem[] = Object.entries(INTERCEPTION).flatMap(([environment, interception]) =>
  readdirSync(join(DIST, environment), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'argocd').map(({ name: system }) => {
    const folder = folderOf(environment, system);
    return { name: `${environment}/${system}`, environment, folder, interception };
  }).filter(({ folder }) => readManifests(folder).some(({ kind }) => kind === 'Namespace'))); // rules of the cluster have none
