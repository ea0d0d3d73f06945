import { Caller } from './party';

/** Identity of a caller as mTLS proves it: `<trust domain>/ns/<namespace>/sa/<service account>`. */
export function principal({ environment, namespace, serviceAccount }: Pick<Caller, 'environment' | 'namespace' | 'serviceAccount'>): string {
  return `${environment.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
