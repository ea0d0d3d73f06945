import { Yaml } from 'cdk8s';
import { invalid } from '../graph/configuration-error';

/** What a chart is called. */
export interface HelmChartOptions {
  /** Its name: lower-case letters, digits and dashes, a letter first. */
  readonly name: string;
  /** Its version by SemVer 2, for example `1.4.0`. */
  readonly version: string;
  /** What it is, in one sentence. @default - nothing */
  readonly description?: string;
  /** Version of what it deploys. @default - not said */
  readonly appVersion?: string;
}

/** Source: Semantic Versioning 2.0.0. */
const number = '(0|[1-9]\\d*)';
const identifier = `(${number}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const build = '[0-9A-Za-z-]+';
const semVer = new RegExp(`^${number}\\.${number}\\.${number}(-${identifier}(\\.${identifier})*)?(\\+${build}(\\.${build})*)?$`);

/**
 * A system of one environment as a Helm chart without values: `helm template` of it gives the same objects. What Helm would take for its own
 * language is written so that it gives it back.
 * @param files manifests by their path below the system's folder, as `render()` or `dist/` has them
 * @returns files of the chart by their path
 * @throws ConfigurationError on a name or a version that Helm does not take, on no manifests, and on kinds that a chart cannot bring beside what is of them
 */
export function helmChart(files: ReadonlyMap<string, string>, { name, version, description, appVersion }: HelmChartOptions): ReadonlyMap<string, string> {
  const path = 'helm chart';
  if (!/^[a-z][a-z0-9-]*$/.test(name)) invalid(path, `name must be of lower-case letters, digits and dashes, a letter first, got '${name}'`);
  if (!semVer.test(version)) invalid(path, `version must be one of SemVer 2, got '${version}'; write for example '1.4.0'`);
  const manifests = [...files].filter(([file]) => file.endsWith('.yaml'));
  if (manifests.length === 0) invalid(path, `a chart must have manifests, got none for ${name}; synthesize first, and name an environment and a system`);
  const kind = manifests.map(([, text]) => /^kind: (ConstraintTemplate|CustomResourceDefinition)$/m.exec(text)?.[1]).find((each) => each !== undefined);
  if (kind) invalid(path, `a chart cannot bring a kind beside what is of it, got a ${kind} in ${name}; apply these files by kubectl, in two steps`);
  return new Map([
    ['Chart.yaml', Yaml.stringify({ apiVersion: 'v2', name, version, description, appVersion, type: 'application' })],
    ...manifests.map(([file, text]) => [`templates/${file}`, text.replaceAll('{{', '{{ "{{" }}')] as const),
  ]);
}
