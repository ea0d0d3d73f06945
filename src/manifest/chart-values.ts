import { Construct } from 'constructs';

/** Values of a Helm chart that somebody else installs, beside the manifests: they are no object, and no Application has them. */
export interface ChartValuesProps {
  /** Name of the chart, and of the file: `<environment>/<chart>-values.yaml`. */
  readonly chart: string;
  /** What they are for: lines of the comment at the head of the file. */
  readonly heading: readonly string[];
  /** The values, read when everything has been declared; those that are empty are not written, and without any there is no file. */
  readonly values: () => Readonly<Record<string, object>>;
}

/** Says what whoever installs a Helm chart must tell it. */
export class ChartValues extends Construct {
  constructor(scope: Construct, id: string, public readonly props: ChartValuesProps) {
    super(scope, id);
  }
}
