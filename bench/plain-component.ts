import type { ApiObjectProps } from 'cdk8s';

/** A component and what it writes. */
export interface PlainComponent {
  readonly chart: string;
  readonly component: string;
  readonly manifests: readonly ApiObjectProps[];
}
