import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Callee } from '../graph/party';
import { Port } from '../graph/port';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { annotateOwner } from '../manifest/owner';
import { Scalar } from '../manifest/typed-kind';

/** The Service of a callee: all its versions, each port named for what it speaks. */
export function kubeService(scope: Construct, callee: Callee, annotations?: Record<string, string>): Manifest<k8s.KubeServiceProps> {
  const service = new Manifest(scope, 'Service', kinds.Service, { name: callee.name, annotations }, () => ({
    spec: {
      ports: callee.ports.map(servicePort),
      selector: { ...callee.pods?.podLabels },
    },
  }));
  annotateOwner(scope, service);
  return service;
}

/** The Service that governs a StatefulSet: a name for each pod, and no address of its own. */
export function headlessService(scope: Construct, callee: Callee, annotations?: Record<string, string>): Manifest<k8s.KubeServiceProps> {
  return new Manifest(scope, 'HeadlessService', kinds.Service, { name: headlessName(callee.name), annotations }, () => ({
    spec: {
      clusterIp: 'None',
      ports: callee.ports.map(servicePort),
      selector: { ...callee.pods?.podLabels },
    },
  }));
}

/** Name of the Service that governs a StatefulSet. */
export function headlessName(name: string): string {
  return `${name}-headless`;
}

function servicePort(port: Port): k8s.ServicePort {
  return {
    appProtocol: port.protocol,
    name: port.name,
    port: port.number,
    targetPort: port.targetPort === port.number ? undefined : new Scalar(port.targetPort),
  };
}
