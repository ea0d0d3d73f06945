import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvFieldPaths, EnvValue, k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type ContainerProps, Manifest, type MeshNamespace, Volume } from '../../index';

/** Where the programs come from: the stand-in of this repository, or images as their authors named them, in a registry and folder. */
export type Programs = 'stand-in' | { readonly registry: string };

/** What a container needs to run one of the airport's programs, beside its own variables and volumes. */
type Program = Pick<ContainerProps, 'image' | 'args' | 'env' | 'volumes'>;

const SOURCE = 'stand-in.mjs';

/** How each program is run, by its name. */
export function programsOf(namespace: MeshNamespace, programs: Programs): (name: string, version?: string) => Program {
  if (programs !== 'stand-in') return (name, version = 'v1') => ({ image: `${programs.registry}/${name}:${version}` });

  const text = readFileSync(join(__dirname, SOURCE), 'utf8');
  const metadata = { name: 'programs' };
  const configMap = new Manifest(new Construct(namespace, 'programs'), 'Source', k8s.KubeConfigMap, metadata, () => ({ data: { [SOURCE]: text } }));
  const source = Volume.configMap(configMap);
  return (name) => ({
    image: 'docker.io/library/node:24.19.0-alpine',
    args: [`/programs/${SOURCE}`, name],
    env: { MY_POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME) },
    volumes: { '/programs': source },
  });
}
