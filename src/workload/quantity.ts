import { Size } from 'cdk8s';
import type { Cpu } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { reject } from '../manifest/reject';

/** An amount of processor time: `'100m'`, `'2'` or `Cpu.millis(100)`. */
export type CpuQuantity = `${number}m` | `${number}` | Cpu;

/** An amount of memory: `'64Mi'`, `'1Gi'` or `Size.mebibytes(64)`. */
export type MemoryQuantity = `${number}${'Ki' | 'Mi' | 'Gi'}` | Size;

/** What a container is sure to get and what it can never exceed: a request and a limit of each. */
export interface Resources {
  /** Processor: request, then limit. */
  readonly cpu: readonly [request: CpuQuantity, limit: CpuQuantity];
  /** Memory: request, then limit. */
  readonly memory: readonly [request: MemoryQuantity, limit: MemoryQuantity];
}

/** An amount as Kubernetes writes it and as a number to compare. */
interface Amount {
  readonly text: string;
  readonly value: number;
}

/** A pair of quantities, checked: both there, above zero, the request no larger than the limit. */
export function requestAndLimit(
  construct: IConstruct, what: 'cpu' | 'memory', pair: readonly (CpuQuantity | MemoryQuantity)[] | undefined, prop = 'resources',
): readonly [request: string, limit: string] {
  if (pair?.length !== 2) reject(construct, `${prop}.${what} must be a request and a limit, got ${JSON.stringify(pair)}; write for example ${example[what]}`);
  const [request, limit] = pair.map((quantity) => amountOf(what, quantity));
  for (const { text, value } of [request, limit]) {
    if (!(value > 0)) reject(construct, `${prop}.${what} must be a quantity above zero, got '${text}'; write for example ${example[what]}`);
  }
  if (request.value > limit.value) {
    reject(construct, `${prop}.${what} has a limit below its request, got ${request.text} to ${limit.text}; raise the limit`);
  }
  return [request.text, limit.text];
}

/** Requests and limits as Kubernetes writes them. */
export interface ResourceTexts {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** Requests and limits of both, checked. @param prop where they were given, for messages */
export function requestsAndLimits(construct: IConstruct, resources: Resources | undefined, prop = 'resources'): ResourceTexts {
  const [cpuRequest, cpuLimit] = requestAndLimit(construct, 'cpu', resources?.cpu, prop);
  const [memoryRequest, memoryLimit] = requestAndLimit(construct, 'memory', resources?.memory, prop);
  return { requests: { cpu: cpuRequest, memory: memoryRequest }, limits: { cpu: cpuLimit, memory: memoryLimit } };
}

const example = { cpu: "['100m', '200m']", memory: "['64Mi', '128Mi']" };
const patterns = { cpu: /^(\d+(?:\.\d+)?)(m|)$/, memory: /^(\d+(?:\.\d+)?)(Ki|Mi|Gi)$/ };
const factors: Readonly<Record<string, number>> = { '': 1, 'm': 1e-3, 'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30 };

function amountOf(what: 'cpu' | 'memory', quantity: CpuQuantity | MemoryQuantity): Amount {
  const text = textOf(quantity);
  const [, digits, unit] = patterns[what].exec(text) ?? [undefined, 'NaN', ''];
  return { text, value: Number(digits) * factors[unit] };
}

function textOf(quantity: CpuQuantity | MemoryQuantity): string {
  if (quantity instanceof Size) return sizeText(quantity);
  return String(isCpu(quantity) ? quantity.amount : quantity);
}

/** By what it has: asking for the class means loading cdk8s-plus. */
function isCpu(quantity: unknown): quantity is Cpu {
  return typeof quantity === 'object' && quantity !== null && 'amount' in quantity;
}

/** A size in the largest unit that holds it in whole numbers: `1Gi`, `1536Mi`. */
export function sizeText(size: Size): string {
  const kibibytes = size.toKibibytes();
  const unit = [{ name: 'Gi', of: 2 ** 20 }, { name: 'Mi', of: 2 ** 10 }].find(({ of }) => kibibytes > 0 && kibibytes % of === 0);
  return unit ? `${kibibytes / unit.of}${unit.name}` : `${kibibytes}Ki`;
}
