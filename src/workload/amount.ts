import { Size } from 'cdk8s';
import { sizeText } from './quantity';

/** Suffixes of a quantity. Source: Kubernetes, `resource.Quantity`. */
const FACTORS: Readonly<Record<string, number>> = {
  'n': 1e-9, 'u': 1e-6, 'm': 1e-3, '': 1, 'k': 1e3, 'M': 1e6, 'G': 1e9, 'T': 1e12, 'P': 1e15, 'E': 1e18,
  'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30, 'Ti': 2 ** 40, 'Pi': 2 ** 50, 'Ei': 2 ** 60,
};

/** Resources that are counted in thousandths; the others in bytes, or in pieces. */
const inMillis = (resource: string): boolean => resource.endsWith('cpu');

/** A quantity as a whole number: thousandths of a core for `cpu`, else bytes, rounded up as Kubernetes does; undefined for what is none. */
export function amountOf(resource: string, quantity: unknown): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d*)?|\.\d+)([a-zA-Z]*(?:[+-]?\d+)?)$/.exec(String(quantity)) ?? [];
  const factor = FACTORS[suffix] ?? (/^[eE][+-]?\d+$/.test(suffix) ? Number(`1${suffix}`) : undefined);
  if (digits === undefined || factor === undefined) return undefined;
  return Math.ceil(Number((Number(digits) * factor * (inMillis(resource) ? 1000 : 1)).toPrecision(15)));
}

/** An amount as a person writes it: `1500m` and `2` for `cpu`; bytes in whole `Mi` or `Gi`, rounded up; pieces as they are. */
export function amountText(resource: string, amount: number): string {
  if (inMillis(resource)) return amount % 1000 === 0 ? `${amount / 1000}` : `${amount}m`;
  if (!/memory|storage/.test(resource)) return `${amount}`;
  return amount === 0 ? '0' : sizeText(Size.mebibytes(Math.ceil(amount / 2 ** 20)));
}
