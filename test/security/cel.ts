import { Environment } from '@marcbachmann/cel-js';
import type { AdmissionRule } from '../../src/security/required-limits-rule';

/** An amount as Kubernetes' CEL library compares them, for the units that these tests use. */
class Quantity {
  public static parse(text: string): Quantity {
    const [, digits, unit] = /^(\d+(?:\.\d+)?)(m|Ki|Mi|Gi|)$/.exec(text) ?? [];
    if (digits === undefined) throw new Error(`no quantity: ${text}`);
    return new Quantity(Number(digits) * { 'm': 1e-3, '': 1, 'Ki': 2 ** 10, 'Mi': 2 ** 20, 'Gi': 2 ** 30 }[unit]!);
  }

  private constructor(public readonly value: number) {}
}

const environment = new Environment({ unlistedVariablesAreDyn: true })
  .registerType('Quantity', Quantity)
  .registerFunction('quantity(string): Quantity', (text: string) => Quantity.parse(text))
  .registerFunction('Quantity.isGreaterThan(Quantity): bool', (a: Quantity, b: Quantity) => a.value > b.value);

/** What a rule says of an object that is made, or that takes the place of another: its messages, none where it passes. */
export function evaluate({ variables, validations }: AdmissionRule, object: unknown, oldObject: unknown = null): readonly string[] {
  const values: Record<string, unknown> = {};
  const result = (expression: string): unknown => environment.evaluate(expression, { object, oldObject, variables: values });
  for (const { name, expression } of variables) values[name] = result(expression);
  return validations.filter(({ expression }) => result(expression) !== true).map(({ messageExpression }) => String(result(messageExpression)));
}
