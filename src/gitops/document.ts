import { IConstruct } from 'constructs';

/** One file of manifests. */
export interface RenderedFile {
  /** Its path below the output folder. */
  readonly path: string;
  /** What it was rendered from. */
  readonly component: IConstruct;
  /** Its objects, in the order in which they stand there. */
  readonly objects: readonly unknown[];
}

/** A text beside the manifests, where Argo CD takes it for none: its path below the output folder, and what it says. */
export type Document = readonly [path: string, text: string];
