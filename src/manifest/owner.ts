import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { reject } from './reject';

/** Annotation that says who to ask about a Service. Source: a8r.io, annotations for Kubernetes Services. */
export const ownerAnnotation = 'a8r.io/owner';

const KEY = 'meshmart.dev/owner';
/** What CODEOWNERS of GitHub and GitLab take: `@user`, `@organization/team`, or an address. */
const OWNER = /^(@[\w.-]+(\/[\w.-]+)*|[^\s@]+@[^\s@]+\.[^\s@]+)$/;

/** Says who owns a construct and all in it that has no owner of its own; to be called before it has children. */
export function declareOwner(construct: Construct, owner: string | undefined): void {
  if (owner === undefined) return;
  const problem = ownerProblem(owner);
  if (problem !== undefined) reject(construct, problem);
  construct.node.setContext(KEY, owner);
}

/** What is wrong with an owner, or undefined. */
export function ownerProblem(owner: string): string | undefined {
  return OWNER.test(owner) ? undefined : `owner must be @user, @organization/team or an e-mail address, got '${owner}'; write whom to ask`;
}

/** Who owns a construct: its own owner, or that of what it is in. */
export function ownerOf(construct: Construct): string | undefined {
  const owner: unknown = construct.node.tryGetContext(KEY);
  return typeof owner === 'string' ? owner : undefined;
}

/** Writes the owner of a construct on one of its objects. */
export function annotateOwner(construct: Construct, object: ApiObject): void {
  const owner = ownerOf(construct);
  if (owner !== undefined) object.metadata.addAnnotation(ownerAnnotation, owner);
}
