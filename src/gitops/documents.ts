import { IConstruct } from 'constructs';
import { chartValuesDocuments } from './chart-values';
import { contractDocuments } from './contracts';
import { Document, RenderedFile } from './document';
import { exceptionDocuments } from './exceptions';
import { experimentDocuments } from './experiments/experiment-documents';
import { prerequisiteDocuments } from './prerequisites/prerequisite-documents';

/** Makes documents of an app. */
type Writer = (constructs: readonly IConstruct[], files: readonly RenderedFile[]) => readonly Document[];

const writers: readonly Writer[] = [contractDocuments, exceptionDocuments, prerequisiteDocuments, chartValuesDocuments, experimentDocuments];

/** All that is written beside the manifests. */
export function documentsOf(constructs: readonly IConstruct[], files: readonly RenderedFile[]): readonly Document[] {
  return writers.flatMap((write) => write(constructs, files));
}
