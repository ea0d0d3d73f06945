import { ConfigurationError } from '../../src/graph/configuration-error';
import { isKubernetesApi, kubernetesApi } from '../../src/graph/kubernetes-api';
import { environmentOf, serviceOf } from './sample-graph';

const environment = environmentOf('staging', { apiServer: { addresses: ['10.0.0.1', 'fd00::1'], port: 6443 } });

test('is known by its addresses, at the port that they listen on', () => {
  const api = kubernetesApi(environment);
  expect(api.external).toEqual({ cidrs: ['10.0.0.1/32', 'fd00::1/128'] });
  expect(api.ports.map(({ protocol, number, targetPort }) => [protocol, number, targetPort])).toEqual([['tls', 443, 6443]]);
  expect([api.host, api.namespace]).toEqual(['kubernetes.default.svc.cluster.local', 'default']);
});

test('is told from other callees', () => {
  expect(isKubernetesApi(kubernetesApi(environment))).toBe(true);
  expect(isKubernetesApi(serviceOf('kubernetes'))).toBe(false);
});

test.each([undefined, { addresses: [], port: 6443 }])('fails where the environment does not know its addresses, %#', (apiServer) => {
  expect(() => kubernetesApi(environmentOf('staging', { apiServer }))).toThrow(new ConfigurationError(
    '[staging] apiServer must have the addresses of the Kubernetes API server before it can be called, got none; ' +
    'read them with kubectl get endpoints kubernetes'));
});
