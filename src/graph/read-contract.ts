import type { ValidateFunction } from 'ajv';
import { invalid } from './configuration-error';
import { Contract, OperationContract, ServiceContract, contractSchemaVersion } from './contract';
import schema from './contract.schema.json';
import { durationFromWords } from './edge';
import { Operation } from './operation';
import { Port } from './port';
import { problemIn } from './schema-problem';

let validate: ValidateFunction<Contract> | undefined;

/**
 * Refuses what is no contract of this version: another one, one that was edited by hand, or cut off.
 * @param path construct path of who reads it
 * @returns the contract itself
 * @throws ConfigurationError with the place inside the contract, the value and the fix
 */
export function checkedContract(path: string, contract: unknown): Contract {
  const version = typeof contract === 'object' && contract !== null && 'schemaVersion' in contract ? contract.schemaVersion : undefined;
  if (version !== contractSchemaVersion) {
    invalid(path, `contract must have schemaVersion ${contractSchemaVersion}, got ${JSON.stringify(version)}; ` +
    'take the file that its owner\'s synth wrote, and the same version of meshmart');
  }
  validate ??= compiled();
  if (validate(contract)) return contract;
  return invalid(path, `contract is not as synth writes it, ${problemIn(validate.errors?.at(0))}; take the file anew from its owner`);
}

/** Its 180 files are loaded when a contract is read: most apps have none, and to load modules is most of a small synth. */
function compiled(): ValidateFunction<Contract> {
  const { Ajv } = require('ajv') as typeof import('ajv'); // eslint-disable-line @typescript-eslint/no-require-imports -- see above
  return new Ajv({ verbose: true }).compile<Contract>(schema);
}

/** Ports of a service as its contract has them. */
export function portsOfContract({ ports }: ServiceContract): readonly Port[] {
  return Object.entries(ports).map(([name, { protocol, port, targetPort }]) => Port[protocol](port, { name, targetPort }));
}

/** Operations of a service as its contract has them. */
export function operationsOfContract({ operations }: ServiceContract): Readonly<Record<string, Operation>> {
  return Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, operationOf(operation)]));
}

function operationOf({ protocol, methods, path, port, idempotent, streams, takes }: OperationContract): Operation {
  const options = { port, idempotent, streams, takes: takes === undefined ? undefined : durationFromWords(takes) };
  if (protocol === 'grpc') return Operation.grpc(path.slice(1), options);
  return Operation.http(methods, path, options);
}
