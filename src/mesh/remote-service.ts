import { Construct } from 'constructs';
import { Contract } from '../graph/contract';
import { Operation } from '../graph/operation';
import { Callee } from '../graph/party';
import { checkedContract, operationsOfContract, portsOfContract } from '../graph/read-contract';
import { reject } from '../manifest/reject';
import { Callable } from './callable';
import { Environment } from './environment';

/** A contract as TypeScript reads a JSON module: the names in it are known, the rest is checked when it is read. */
export interface ContractModule {
  /** Services by name. */
  readonly services: Readonly<Record<string, { readonly operations: object }>>;
}

/** Names of the operations of one service of a contract; of one of several, those that all have. */
export type OperationsOf<Module extends ContractModule, Name extends keyof Module['services']> =
  keyof Module['services'][Name]['operations'] & string;

/**
 * A service that another repository renders, known by the contract that its synth wrote.
 * Who calls it gets the caller's half of all objects; the callee's half is `allows` in that repository.
 */
export class RemoteService<Op extends string = never> implements Callable<Op> {
  /**
   * @param scope an environment, or a construct in one
   * @param contract `contracts/<environment>/<system>.json` of the other repository, imported as a JSON module
   * @param name name of the service
   * @throws ConfigurationError on a contract of another version, environment or cluster domain, on one that synth did not write, and on
   * a service that it does not have or that was declared before
   */
  public static from<Module extends ContractModule, Name extends keyof Module['services'] & string>(
    scope: Construct, contract: Module, name: Name,
  ): RemoteService<OperationsOf<Module, Name>> {
    const environment = Environment.of(scope);
    return new RemoteService(environment, checkedContract(environment.node.path, contract), name);
  }

  /** What can be asked of it. */
  public readonly operations: Readonly<Record<Op, Operation>>;
  /** What it is in the call graph. */
  public readonly party: Callee;

  private constructor(environment: Environment, contract: Contract, name: string) {
    const { facts, graph, node } = environment;
    const service = contract.services[name];
    const where = `contract of ${contract.system}`;
    if (contract.environment !== node.id) {
      reject(environment, `${where} must be of this environment, got that of ${contract.environment}; import contracts/${node.id}/${contract.system}.json`);
    }
    if (!service) reject(environment, `${where} has no such service, got '${name}'; it has ${Object.keys(contract.services).sort().join(', ') || 'none'}`);
    const host = `${name}.${service.namespace}.svc.${facts.clusterDomain}`;
    if (service.host !== host) reject(environment, `${where} must be of this cluster, where ${name} is ${host}, got '${service.host}'; set clusterDomain`);
    if (!service.identity.startsWith(`${facts.trustDomain}/`)) {
      reject(environment, `${where} must be of this mesh, whose identities begin with ${facts.trustDomain}, got '${service.identity}'; set trustDomain`);
    }
    this.operations = operationsOfContract(service);
    this.party = {
      path: `${node.path}/${contract.system}/${name}`,
      name,
      namespace: service.namespace,
      environment: facts,
      remote: true,
      host,
      ports: portsOfContract(service),
      operations: this.operations,
      pods: { namespace: service.namespace, podLabels: service.podLabels },
      versions: () => [],
      releases: () => [],
    };
    graph.addCallee(this.party);
  }
}
