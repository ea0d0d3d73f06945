import { Yaml } from 'cdk8s';
import { IConstruct } from 'constructs';
import { ChartValues } from '../manifest/chart-values';
import { reject } from '../manifest/reject';
import { Environment } from '../mesh/environment';
import { Document } from './document';

/** `<environment>/<chart>-values.yaml` where there is something to say. @throws ConfigurationError where two write one file: Helm takes one value each */
export function chartValuesDocuments(constructs: readonly IConstruct[]): readonly Document[] {
  const written = new Map<string, string>();
  for (const each of constructs.filter((construct) => construct instanceof ChartValues)) {
    const { chart, heading, values: read } = each.props;
    const values = Object.entries(read()).filter(([, value]) => Object.keys(Object(value)).length > 0);
    if (values.length === 0) continue;
    const path = `${Environment.of(each).node.path}/${chart}-values.yaml`;
    if (written.has(path)) reject(each, `one construct says the values of a chart, got a second one for ${path}; say them in one place`);
    written.set(path, heading.map((line) => `# ${line}\n`).join('') + Yaml.stringify(Object.fromEntries(values)));
  }
  return [...written];
}
