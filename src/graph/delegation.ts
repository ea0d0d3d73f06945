import { HeaderOperations } from './header-operations';
import { PathPattern } from './path-pattern';

/** Requests of a gateway that another VirtualService routes, which another repository may render. */
export interface Delegation {
  /** Which they are. */
  readonly path: PathPattern;
  /** The VirtualService. */
  readonly delegate: { readonly name: string; readonly namespace: string };
  /** What becomes of their headers, where the delegate does nothing to any. @default - they stay */
  readonly headers?: HeaderOperations;
}

/** What is wrong with a route below a delegation, or undefined: Istio leaves out one whose match is a regular expression, without a word. */
export function delegateProblem(path: PathPattern): string | undefined {
  if (path.uriMatches().every((match) => !('regex' in match))) return undefined;
  return `paths of a delegate must have no parameter, which Istio would leave out, got '${path.text}'; open all below with '/*'`;
}
