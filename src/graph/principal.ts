import { Caller } from './party';

/** Identity of a caller as mTLS proves it: `<trust domain>/ns/<namespace>/sa/<service account>`. */
export function principal({ environment, namespace, serviceAccount }: Caller): string {
  return `${environment.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
