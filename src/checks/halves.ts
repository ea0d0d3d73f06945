import { isDeepStrictEqual } from 'node:util';
import { Contract, HalfContract } from '../graph/contract';
import { millisecondsOf } from '../graph/edge';
import { Finding, inOrder } from './finding';
import { inOneLine } from '../graph/json';
import { RenderedFiles, contractsIn } from './rendered';

/** One half of a call between repositories. */
interface Half {
  readonly environment: string;
  readonly identity: string;
  readonly host: string;
  readonly half: HalfContract;
}

/**
 * Halves of calls between repositories that have no other half, and halves that do not say the same: an `error` where requests are lost, a
 * `warning` where more is allowed than done, as it is while a call comes or goes, and where the other half is in no folder.
 * @param folders what each repository rendered, contracts included
 */
export function unmatchedHalves(...folders: readonly RenderedFiles[]): readonly Finding[] {
  const contracts = folders.flatMap(contractsIn);
  const [asked, allowed] = [contracts.flatMap(askedBy), contracts.flatMap(allowedBy)];
  const exported = new Set(contracts.flatMap(({ environment, services }) => Object.values(services).map(({ host }) => `${environment} ${host}`)));
  return inOrder([
    ...asked.flatMap((each) => {
      const other = allowed.find((one) => isOther(each, one));
      if (other) return compared(each, other);
      return [exported.has(`${each.environment} ${each.host}`)
        ? finding(each, 'calls, but is not allowed', 'let the callee say allows(RemoteCaller.of(…))')
        : warning(each, 'calls a service that none of the contracts has', 'compare with the folder of its repository as well, or let that export it')];
    }),
    ...allowed.filter((each) => !asked.some((other) => isOther(each, other))).map((each) =>
      warning(each, 'is allowed, but does not call', 'declare the call there with RemoteService, or remove allows here')),
  ]);
}

function askedBy({ environment, calls }: Contract): readonly Half[] {
  return Object.values(calls).flatMap(({ identity, callees }) => Object.entries(callees).map(([host, half]) => ({ environment, identity, host, half })));
}

function allowedBy({ environment, services }: Contract): readonly Half[] {
  return Object.values(services).flatMap(({ host, callers }) => Object.entries(callers).map(([identity, half]) => ({ environment, identity, host, half })));
}

function isOther(a: Half, b: Half): boolean {
  return a.environment === b.environment && a.identity === b.identity && a.host === b.host;
}

/** What the caller's half says against what the callee's says. */
function compared(asked: Half, allowed: Half): readonly Finding[] {
  const labels = isDeepStrictEqual(asked.half.podLabels, allowed.half.podLabels) ? [] : [
    finding(asked, `has other pod labels than the callee says, got ${inOneLine(asked.half.podLabels)} and ${inOneLine(allowed.half.podLabels)}`,
      'give RemoteCaller.of the labels of the caller\'s pods'),
  ];
  const operations = limits(asked, 'operation', asked.half.operations, allowed.half.operations);
  return [...labels, ...operations, ...limits(asked, 'port', asked.half.ports, allowed.half.ports)];
}

type Limits = Readonly<Record<string, string | null>>;

function limits(half: Half, what: string, asked: Limits, allowed: Limits): readonly Finding[] {
  return [...new Set([...Object.keys(asked), ...Object.keys(allowed)])].flatMap((name) => {
    if (!(name in allowed)) return [finding(half, `calls ${what} ${name}, but is not allowed to`, `name it in allows, or do not call it`)];
    if (!(name in asked)) return [warning(half, `is allowed ${what} ${name}, but does not call it`, `take it out of allows, or call it`)];
    if (asked[name] === allowed[name]) return [];
    const problem = `counts on other times than the callee says for ${what} ${name}, got ${inOneLine(asked[name])} and ${inOneLine(allowed[name])}`;
    const isShort = millisecondsOf(asked[name]) > millisecondsOf(allowed[name]);
    return [(isShort ? finding : warning)(half, problem, 'give both halves the same timeout')];
  });
}

function warning(half: Half, problem: string, fix: string): Finding {
  return { ...finding(half, problem, fix), severity: 'warning' };
}

function finding({ environment, identity, host }: Half, problem: string, fix: string): Finding {
  return { rule: 'unmatched-half', severity: 'error', object: `${environment} ${identity} → ${host}`, problem, fix };
}
