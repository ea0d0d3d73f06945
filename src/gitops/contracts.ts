import { IConstruct } from 'constructs';
import { CallsContract, Contract, ServiceContract, contractSchemaVersion } from '../graph/contract';
import { callsContract } from '../graph/contract-of';
import { MeshNamespace } from '../mesh/mesh-namespace';
import { MeshedJob } from '../mesh/meshed-job';
import { MeshedMicroservice } from '../mesh/meshed-microservice';
import { reject } from '../manifest/reject';
import { Document } from './document';

/** A workload that can be one end of a call between repositories. */
type Workload = MeshedMicroservice<string> | MeshedJob;

/** The contract of one system. */
export interface SystemContract {
  /** Its file: `contracts/<environment>/<system>.json`. */
  readonly path: string;
  /** A workload of the system. */
  readonly workload: Workload;
  /** What it says. */
  readonly contract: Contract;
}

/** Contracts of all systems that have something to say to others, as they are written. */
export function contractDocuments(constructs: readonly IConstruct[]): readonly Document[] {
  return systemContracts(constructs).map(({ path, contract }) => [path, `${JSON.stringify(contract, null, 2)}\n`]);
}

/** Contracts of all systems that export a service, or call one of another repository. */
export function systemContracts(constructs: readonly IConstruct[]): readonly SystemContract[] {
  const systems = new Map<string, Workload[]>();
  for (const workload of constructs.filter(isWorkload)) {
    const { environment, system } = MeshNamespace.of(workload);
    const path = `contracts/${environment.node.path}/${system}.json`;
    systems.set(path, [...systems.get(path) ?? [], workload]);
  }
  return [...systems].flatMap(([path, workloads]) => {
    const contract = contractOf(workloads);
    const empty = Object.keys({ ...contract.services, ...contract.calls }).length === 0;
    return empty ? [] : [{ path, workload: workloads[0], contract }];
  });
}

function isInContract(workload: Workload): boolean {
  const { graph } = MeshNamespace.of(workload).environment;
  return (workload instanceof MeshedMicroservice && workload.exported) || callsContract(graph, workload.party) !== undefined;
}

function isWorkload(construct: IConstruct): construct is Workload {
  return construct instanceof MeshedMicroservice || construct instanceof MeshedJob;
}

/** A system of two namespaces may have two workloads of one name, which its contract could not tell apart. */
function contractOf(workloads: readonly Workload[]): Contract {
  const { environment, system } = MeshNamespace.of(workloads[0]);
  const byName = [...workloads].sort((a, b) => (a.party.name < b.party.name ? -1 : 1));
  const twin = byName.find((each, index) => each.party.name === byName[index - 1]?.party.name && isInContract(each));
  if (twin) reject(twin, `a name may stand in the contract of ${system} once, got '${twin.party.name}' in two namespaces; rename one, or export neither`);
  const services = byName.flatMap((each): [string, ServiceContract][] =>
    each instanceof MeshedMicroservice && each.exported ? [[each.party.name, each.contract()]] : []);
  const calls = byName.flatMap((each): [string, CallsContract][] => {
    const contract = callsContract(environment.graph, each.party);
    return contract ? [[each.party.name, contract]] : [];
  });
  return {
    schemaVersion: contractSchemaVersion, environment: environment.node.id, system, services: Object.fromEntries(services), calls: Object.fromEntries(calls),
  };
}
