/** A value of an enumeration that `cdk8s import` made, by what stands in YAML: loading the enumeration means loading every class beside it. */
export function enumerated<Enumeration extends string>(value: `${Enumeration}`): Enumeration {
  return value as Enumeration;
}
