import { Duration } from 'cdk8s';
import { durationInWords } from '../graph/edge';
import { Callee } from '../graph/party';
import { ConnectionPool } from '../graph/traffic-policy';

/** A connection pool, of requests only as far as the callee's ports carry some. */
export function connectionPool({ ports }: Callee, pool: ConnectionPool = {}) {
  const { connectTimeout = Duration.seconds(1), maxConnections, idleTimeout, maxRequestsPerConnection, maxRetries } = pool;
  const http1 = ports.some(({ protocol }) => protocol === 'http') ? { http1MaxPendingRequests: pool.http1MaxPendingRequests ?? 1024 } : {};
  const idle = { idleTimeout: idleTimeout && durationInWords(idleTimeout) };
  const requests = { ...http1, http2MaxRequests: pool.http2MaxRequests ?? 1024, maxRequestsPerConnection, maxRetries, ...idle };
  const bytes = ports.some((port) => !port.carriesRequests) ? idle : {};
  return {
    http: ports.some((port) => port.carriesRequests) ? requests : undefined,
    tcp: { connectTimeout: durationInWords(connectTimeout), maxConnections, ...bytes },
  };
}
