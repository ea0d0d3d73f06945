import { readFileSync } from 'node:fs';
import { compareContracts } from '../checks/contract-changes';
import { Contract } from '../graph/contract';
import { invalid } from '../graph/configuration-error';
import { checkedContract } from '../graph/read-contract';
import { named, orRefuse } from '../manifest/folder-error';
import { Context, printFindings, printJson } from './context';

/** `meshmart contract check`: ends with 1 where a caller would lose requests. */
export function contractCheck(before: string, after: string, { json = false }: { readonly json?: boolean }, context: Context): void {
  const [had, has] = [before, after].map(read);
  if (had.environment !== has.environment || had.system !== has.system) {
    const [from, to] = [had, has].map(({ environment, system }) => `${environment} ${system}`);
    invalid(named(after), `contracts must be of one system in one environment, got ${from} and ${to}; compare a contract with itself`);
  }
  const findings = compareContracts(had, has);
  context.end(findings.some(({ severity }) => severity === 'error') ? 1 : 0);
  if (json) return printJson(context, { findings });
  printFindings(context, findings);
  if (findings.length === 0) context.terminal.out('nobody is broken\n');
}

function read(path: string): Contract {
  const text = orRefuse(path, 'contract cannot be read', () => readFileSync(path, 'utf8'));
  const content: unknown = orRefuse(path, 'contract must be JSON', () => JSON.parse(text));
  return checkedContract(named(path), content);
}
