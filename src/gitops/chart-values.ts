import { Yaml } from 'cdk8s';
import { IConstruct } from 'constructs';
import { ChartValues } from '../manifest/chart-values';
import { reject } from '../manifest/reject';
import { Environment } from '../mesh/environment';
import { Document } from './document';

/** `<environment>/<chart>-values.yaml`. @throws ConfigurationError where two write one file: Helm takes one value each */
export function chartValuesDocuments(constructs: readonly IConstruct[]): readonly Document[] {
  const written = new Map<string, string>();
  for (const each of constructs.filter((construct) => construct instanceof ChartValues)) {
    const { chart, heading, values } = each.props;
    const path = `${Environment.of(each).node.path}/${chart}-values.yaml`;
    if (written.has(path)) reject(each, `one construct says the values of a chart, got a second one for ${path}; say them in one place`);
    written.set(path, heading.map((line) => `# ${line}\n`).join('') + Yaml.stringify(values()));
  }
  return [...written];
}
