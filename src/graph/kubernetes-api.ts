import { isIP } from 'node:net';
import { invalid } from './configuration-error';
import { EnvironmentFacts } from './environment-facts';
import { Callee } from './party';
import { Port, isPortNumber } from './port';

/**
 * The Kubernetes API server of an environment, as somebody to call.
 * Its Service has no pods that a NetworkPolicy could select, so it is known by its addresses.
 * @throws ConfigurationError where the environment does not know them
 */
export function kubernetesApi(environment: EnvironmentFacts): Callee {
  const { apiServer, clusterDomain, path } = environment;
  if (apiServer === undefined || apiServer.addresses.length === 0) {
    return invalid(path, 'apiServer must have the addresses of the Kubernetes API server before it can be called, got none; ' +
      'read them with kubectl get endpoints kubernetes');
  }
  const odd = apiServer.addresses.find((address) => isIP(address) === 0);
  if (odd !== undefined) invalid(path, `apiServer must have IP addresses, got '${odd}'`);
  if (!isPortNumber(apiServer.port)) invalid(path, `port of apiServer must be a whole number from 1 to 65535, got ${apiServer.port}`);
  return {
    path: `${path}/kubernetes`,
    name: 'kubernetes',
    namespace: 'default',
    environment,
    host: `kubernetes.default.svc.${clusterDomain}`,
    ports: [Port.tls(443, { targetPort: apiServer.port })],
    operations: {},
    external: { cidrs: apiServer.addresses.map((address) => `${address}/${address.includes(':') ? 128 : 32}`) },
    versions: () => [],
    releases: () => [],
  };
}

/** Whether it is the Kubernetes API server. */
export function isKubernetesApi({ host, environment }: Callee): boolean {
  return host === `kubernetes.default.svc.${environment.clusterDomain}`;
}
