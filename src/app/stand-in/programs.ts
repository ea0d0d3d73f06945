import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EnvFieldPaths, EnvValue, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type ContainerProps, Manifest, type MeshNamespace, Volume } from '../../index';

/** Where programs come from: what stands in for them in this repository, or images as their authors named them, in a registry and folder. */
export type Programs = 'stand-in' | { readonly registry: string };

/** What a container needs to run one of a system's programs, beside its own variables and volumes. */
type Program = Pick<ContainerProps, 'image' | 'args' | 'env' | 'volumes'>;

/** How a program is run, by its name and version, which is `v1` where nothing is said. */
export type ProgramOf = (name: string, version?: string) => Program;

const FOLDER = '/programs';

/** How each program of a system is run; `file` has those that stand in. */
export function programsOf(namespace: MeshNamespace, programs: Programs, file: string): ProgramOf {
  if (programs !== 'stand-in') return (name, version = 'v1') => ({ image: `${programs.registry}/${name}:${version}` });

  const files = [file, join(__dirname, 'server.mjs')].map((path) => [basename(path), readFileSync(path, 'utf8')]);
  const data = Object.fromEntries(files);
  const source = Volume.configMap(new Manifest(new Construct(namespace, 'programs'), 'Source', k8s.KubeConfigMap, { name: 'programs' }, () => ({ data })));
  return (name) => ({
    image: 'docker.io/library/node:24.19.0-alpine',
    args: [`${FOLDER}/${basename(file)}`, name],
    env: { MY_POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME) },
    volumes: { [FOLDER]: source },
  });
}
