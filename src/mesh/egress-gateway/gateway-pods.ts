import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Service } from '../../graph/party';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { reject } from '../../manifest/reject';
import { Scalar } from '../../manifest/typed-kind';
import { Resources, requestsAndLimits } from '../../workload/quantity';
import { MeshNamespace } from '../mesh-namespace';
import { podLabels } from '../parties';

/** Pods of a gateway: the injector's template `gateway` brings the proxy's image, its user and what it may not do. Source: Istio, "Installing Gateways". */
export function gatewayPods(scope: Construct, party: Service, replicas: number, resources: Resources): Manifest<k8s.KubeDeploymentProps> {
  if (!Number.isInteger(replicas) || replicas < 1) reject(scope, `replicas must be a whole number of 1 or more, got ${replicas}`);
  const { requests, limits } = requestsAndLimits(scope, resources);
  const matchLabels = { ...party.podLabels };
  const labels = { ...matchLabels, ...podLabels(MeshNamespace.of(scope)), 'sidecar.istio.io/inject': 'true' };
  return new Manifest(scope, 'Deployment', kinds.Deployment, { name: party.name }, () => ({
    spec: {
      replicas,
      selector: { matchLabels },
      strategy: { rollingUpdate: { maxUnavailable: new Scalar(0) } },
      template: {
        metadata: { annotations: { 'inject.istio.io/templates': 'gateway' }, labels },
        spec: {
          serviceAccountName: party.serviceAccount,
          containers: [{
            name: 'istio-proxy',
            image: 'auto',
            ports: party.ports.map(({ name, number }) => ({ name, containerPort: number })),
            resources: { requests: quantities(requests), limits: quantities(limits) },
          }],
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        },
      },
    },
  }));
}

function quantities({ cpu, memory }: { readonly cpu: string; readonly memory: string }): Record<string, k8s.Quantity> {
  return { cpu: new Scalar(cpu), memory: new Scalar(memory) };
}
