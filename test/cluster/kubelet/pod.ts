import type { KubeObject } from '../control/kube-client';

/** A variable of a container; references to Secrets are followed for programs of their own alone, to ConfigMaps never. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: { readonly resource: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

interface HttpGet {
  readonly path?: string;
  readonly port: number | string;
  readonly httpHeaders?: readonly { readonly name: string; readonly value: string }[];
}

/** How a container is asked whether it is ready. */
export interface Probe {
  readonly httpGet?: HttpGet;
  readonly tcpSocket?: { readonly port: number | string };
  readonly grpc?: { readonly port: number };
  readonly exec?: unknown;
}

/** As much of a container as the small kubelet carries out. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly env?: readonly EnvironmentVariable[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
  readonly restartPolicy?: string;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number }; readonly exec?: { readonly command: readonly string[] } } };
  readonly securityContext?: { readonly runAsUser?: number };
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

/** A pod as the API server has it, after injection. */
export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly serviceAccountName?: string;
    readonly securityContext?: { readonly runAsUser?: number };
    readonly terminationGracePeriodSeconds?: number;
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
    readonly volumes?: readonly { readonly name: string; readonly configMap?: { readonly name?: string } }[];
  };
  readonly status?: { readonly phase?: string; readonly podIP?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export const PROXY = 'istio-proxy';

/** Containers that run as long as the pod: sidecars stand among the init containers. */
export const runningContainers = ({ spec }: Pod): Container[] =>
  [...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'), ...spec.containers];

/** The container whose args set up interception, if the pod has one; with the CNI plugin it only checks them. */
export const interceptor = ({ spec }: Pod): Container | undefined =>
  spec.initContainers?.find(({ name }) => name === 'istio-init' || name === 'istio-validation');

/** The number of a port that may be given by its name. */
export function portNumber(pod: Pod, port: number | string): number {
  if (typeof port === 'number') return port;
  const named = runningContainers(pod).flatMap(({ ports }) => ports ?? []).find(({ name }) => name === port);
  return named ? named.containerPort : Number(port);
}
