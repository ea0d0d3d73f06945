import { ApiObject } from 'cdk8s';

/** An object of an app and what it is in YAML. */
export interface RenderedObject {
  /** What it was rendered from. */
  readonly construct: ApiObject;
  /** What `toJson()` of it gave. */
  readonly manifest: unknown;
}
