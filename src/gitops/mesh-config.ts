import { Yaml } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Environment } from '../mesh/environment';
import { Document } from './document';

const heading = `# What this environment needs of the mesh: values of Istio's Helm chart istiod, for who installs it.
# Helm replaces lists as a whole: add extension providers of others by hand.
`;

/** `<environment>/istiod-values.yaml` where the mesh has to know something: it is no object, and Argo CD applies none of it with the systems. */
export function meshConfigDocuments(constructs: readonly IConstruct[]): readonly Document[] {
  return constructs.filter((each) => each instanceof Environment).flatMap(({ node, istiodVariables: env, meshConfig }): Document[] => {
    const values = Object.fromEntries(Object.entries({ env, meshConfig }).filter(([, value]) => Object.keys(value).length > 0));
    return Object.keys(values).length > 0 ? [[`${node.path}/istiod-values.yaml`, heading + Yaml.stringify(values)]] : [];
  });
}
