import { Yaml } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Environment } from '../mesh/environment';
import { Document } from './document';

const heading = `# What this environment needs of the mesh config: values of Istio's Helm chart istiod, for who installs the mesh.
# Helm replaces lists as a whole: add extension providers of others by hand.
`;

/** `<environment>/istiod-values.yaml` where the mesh config has to say something: it is no object, and Argo CD applies none of it with the systems. */
export function meshConfigDocuments(constructs: readonly IConstruct[]): readonly Document[] {
  return constructs.filter((each) => each instanceof Environment).filter(({ meshConfig }) => Object.keys(meshConfig).length > 0)
    .map(({ node, meshConfig }) => [`${node.path}/istiod-values.yaml`, heading + Yaml.stringify({ meshConfig })]);
}
