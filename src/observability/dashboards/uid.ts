import { shortened } from '../../manifest/names';

/** What Grafana takes at most. Source: Grafana, dashboard JSON model, `uid`. */
const longest = 40;

/** What Grafana knows the dashboard of the mesh by: no namespace is called so. */
export const meshUid = '_mesh';

/** What Grafana knows a dashboard by, from the names of what it shows; a long one keeps its beginning. */
export function uidOf(...names: readonly string[]): string {
  return shortened(names.join('_'), longest); // which no name has
}
