import { IConstruct } from 'constructs';
import { Port } from '../graph/port';
import { reject } from '../manifest/reject';

/** Where a program gives what it counts, in Prometheus' text format. */
export interface ApplicationMetrics {
  /** One of the ports that it listens on, and speaks HTTP at. @default - the first of its ports that speaks HTTP */
  readonly port?: Port;
  /** Path, from `/` on. @default '/metrics' */
  readonly path?: string;
}

const prefix = 'prometheus.io/';

/**
 * Annotations by which the agent of the pod asks the program itself, from inside, and gives its numbers with those of the proxy; nobody else comes to that
 * path for it. Source: Istio, "Prometheus", metrics merging.
 * @throws ConfigurationError on a port that no Service has or that does not speak HTTP, a path without `/`, and annotations that say it a second time
 */
export function metricsAnnotations(
  construct: IConstruct, ports: readonly Port[], metrics: ApplicationMetrics | undefined, given: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const written = Object.keys(given).find((name) => name.startsWith(prefix));
  if (written !== undefined) {
    reject(construct, `where a program gives its metrics is said by metrics, got the pod annotation '${written}'; remove it, and say metrics`);
  }
  if (!metrics) return {};
  const { path = '/metrics' } = metrics;
  if (!path.startsWith('/')) reject(construct, `metrics.path must begin with '/', got '${path}'`);
  const port = askedPort(construct, ports, metrics.port);
  return { [`${prefix}path`]: path, [`${prefix}port`]: String(port.targetPort), [`${prefix}scrape`]: 'true' };
}

function askedPort(construct: IConstruct, ports: readonly Port[], asked?: Port): Port {
  const listed = ports.map(({ name, number }) => `${number} (${name})`).join(', ') || 'none';
  const port = asked ? ports.find(({ number }) => number === asked.number) : ports.find(({ protocol }) => protocol === 'http');
  if (!port) {
    const got = asked ? `${asked.number}, which no Service has` : 'none that speaks HTTP';
    return reject(construct, `metrics.port must be one of its ports, got ${got}; it has ${listed}: name one of them, or add it to port`);
  }
  if (port.protocol !== 'http') reject(construct, `metrics are asked for by HTTP, got metrics.port ${port.number} (${port.name}); name a port of Port.http`);
  return port;
}
