/** A call as somebody wrote it. */
export interface TracedCall {
  /** Construct path of who calls. */
  readonly caller: string;
  /** Construct path of who is called. */
  readonly callee: string;
  /** Both as a cluster knows them: `<namespace>/<name>`, or the host of what is outside; `meshmart graph` and `diff` name them so. */
  readonly ids: readonly [caller: string, callee: string];
  /** Its operations, or none where it is of a port. */
  readonly operations: readonly string[];
  /** Its port, where it says one. */
  readonly port?: string;
  /** Where it was written: `src/main.ts:12:3`, from the working directory of the run. */
  readonly place?: string;
}

/** A field that something else than its construct made. */
export interface TracedField {
  /** The field: `spec.http[0]`; what stands inside has the same cause. */
  readonly field: string;
  /** The construct behind it: who calls, or whose object was patched. */
  readonly construct: string;
  /** Where in the source. */
  readonly place?: string;
  /** Number of the call in `calls`, from 0; without it a JSON patch. */
  readonly call?: number;
}

/** An object, and what made it. */
export interface TracedObject {
  /** Its file below the output folder. */
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for objects of the cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Path of its construct. */
  readonly construct: string;
  /** Where in the source; not known of objects that the library did not make. */
  readonly place?: string;
  readonly fields: readonly TracedField[];
}

/** An experiment: its files are those of its system, changed. */
export interface TracedExperiment {
  /** Its folder below the output folder. */
  readonly folder: string;
  /** Path of its construct. */
  readonly construct: string;
  readonly place?: string;
}

/** Where everything that an app rendered was written. `meshmart explain` reads it; it is no part of what is rendered. */
export interface SourceMap {
  readonly version: 1;
  readonly calls: readonly TracedCall[];
  readonly objects: readonly TracedObject[];
  readonly experiments: readonly TracedExperiment[];
}
