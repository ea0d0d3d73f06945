import { ApiObject } from 'cdk8s';
import { Construct, IConstruct } from 'constructs';
import { ownerOf } from '../manifest/owner';
import { MeshNamespace } from '../mesh/mesh-namespace';
import { systemContracts } from './contracts';
import { Experiment } from './experiments/experiment';
import { GitOpsApp } from './gitops-app';
import { componentOf, fileOf } from './layout';

/**
 * Lines of a CODEOWNERS file for the rendered folder: a line for each system's folder, and one for each file that somebody
 * else owns. A call changes the files of both its ends, so both owners are asked.
 * @param folder where the rendered folder stands in the repository. @default '/dist'
 */
export function codeOwners(app: GitOpsApp, folder = '/dist'): string {
  const constructs = app.node.findAll();
  const root = folder.replace(/\/$/, '');
  const components = new Set(constructs.filter((each) => ApiObject.isApiObject(each)).map(componentOf));
  const ofSystem = (path: string, construct: Construct): [string, string][] => {
    const owner = ownerOf(MeshNamespace.of(construct));
    return owner === undefined ? [] : [[`${root}/${path}`, owner]];
  };
  const contracts = systemContracts(constructs).flatMap(({ path, workload }) => ofSystem(path, workload));
  const experiments = constructs.filter((each) => each instanceof Experiment).flatMap((each) => ofSystem(`experiments/${each.system}/`, each));
  const lines = new Map([...contracts, ...experiments, ...[...components].flatMap((component) => linesOf(component, root))]);
  return [...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, owner]) => `${path} ${owner}\n`).join('');
}

function linesOf(component: IConstruct, root: string): readonly [path: string, owner: string][] {
  const system = component.node.scope!;
  const [own, usual] = [component, system].map(ownerOf);
  const folder: [string, string][] = usual === undefined ? [] : [[`${root}/${system.node.path}/`, usual]];
  return own === undefined || own === usual ? folder : [...folder, [`${root}/${fileOf(component)}`, own]];
}
