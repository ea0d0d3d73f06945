import type { Outcome } from './run/steering';

const OK = 0;
const PERMISSION_DENIED = 7;

/** Whether a program answered, and well. */
export const accepted = ({ status, grpc, pod, error }: Outcome): boolean => error === '' && pod !== '' && (status === -1 || status === 200) && grpc <= OK;

/** Whether an AuthorizationPolicy of the callee refused: 403 or PermissionDenied by its proxy, TCP is closed. */
export const refusedByPolicy = ({ status, grpc, pod, error }: Outcome): boolean =>
  pod === '' && (status === 403 || grpc === PERMISSION_DENIED || (status === -1 && error !== ''));

/** An outcome in few words; of an answer that no program gave, what the proxy says. */
export function outcomeOf({ status, grpc, pod, error, headers, body }: Outcome): string {
  const codes = [...(status === -1 ? [] : [`HTTP ${status}`]), ...(grpc === -1 ? [] : [`gRPC ${grpc}`])];
  const said = pod ? `from ${pod}` : headers?.['grpc-message'] ?? body;
  return [...codes, error, said].filter(Boolean).join(', ');
}

/** How many outcomes have each result, such as `{ '200': 9, '503': 1 }`. */
export function tally(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, grpc, error } of outcomes) {
    const key = error || String(grpc === -1 ? status : `gRPC ${grpc}`);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
