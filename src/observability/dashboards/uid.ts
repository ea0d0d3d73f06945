import { createHash } from 'node:crypto';

/** What Grafana takes at most. Source: Grafana, dashboard JSON model, `uid`. */
const longest = 40;

/** What Grafana knows the dashboard of the mesh by: no namespace is called so. */
export const meshUid = '_mesh';

/** What Grafana knows a dashboard by, from the names of what it shows; a long one keeps its beginning. */
export function uidOf(...names: readonly string[]): string {
  const whole = names.join('_'); // which no name has
  if (whole.length <= longest) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, longest - hash.length - 1)}-${hash}`;
}
