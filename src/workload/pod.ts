import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { Port } from '../graph/port';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { ContainerProps, EnvVars, checkedVolumeName, containerSpec } from './container';
import { Volume } from './volume';
import { wholeSeconds } from './whole-seconds';

/** What a pod runs. */
export interface PodProps extends ContainerProps {
  /** Name of the main container. @default 'server' */
  readonly containerName?: string;
  /** Containers that run to completion before it, in this order, by name. @default - none */
  readonly initContainers?: Readonly<Record<string, ContainerProps>>;
  /** User and group that all containers run as, never 0. @default 1000 */
  readonly runAsUser?: number;
  /**
   * Time that the application has after SIGTERM to finish what it does, whole seconds. Time to drain comes on top of it.
   * @default - Kubernetes' own: 30 s with the time to drain
   */
  readonly terminationGrace?: Duration;
  /** Annotations of the pod. @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
}

/** What surrounds a pod. */
export interface PodContext {
  /** Labels of the pod. */
  readonly labels: Readonly<Record<string, string>>;
  /** ServiceAccount that it runs as. */
  readonly serviceAccountName: string;
  /** Ports of the main container. @default - none */
  readonly ports?: readonly Port[];
  /** Time that the pod goes on serving after it was told to stop. @default - none */
  readonly drain?: Duration;
  /** Variables of its calls, which stand before the containers' own, so that those may use them as `$(NAME)`. @default - none */
  readonly edgeEnv?: EnvVars;
  /** Variables that stand after the main container's own, so that they may use all of them. @default - none */
  readonly lastEnv?: EnvVars;
}

/** Default name of the main container. */
export const defaultContainerName = 'server';

/** The pod as a workload's template has it. */
export function podTemplate(construct: IConstruct, props: PodProps, context: PodContext): k8s.PodTemplateSpec {
  const { containerName = defaultContainerName, initContainers = {} } = props;
  checkPod(construct, props);
  const { labels, serviceAccountName, ports, edgeEnv = {}, lastEnv = {} } = context;
  const volumes = volumeNames(construct, [props, ...Object.values(initContainers)]);
  const env = { ...props.env, ...lastEnv };
  const main = containerSpec(construct, containerName, { ...props, env }, { ports, edgeEnv, volumeNames: volumes });
  const init = Object.entries(initContainers).map(([name, each]) => containerSpec(construct, name, each, { edgeEnv, volumeNames: volumes }));
  return {
    metadata: { labels: { ...labels }, annotations: props.podAnnotations },
    spec: {
      serviceAccountName,
      initContainers: init.length > 0 ? init : undefined,
      containers: [main],
      securityContext: hardened(props.runAsUser ?? 1000),
      terminationGracePeriodSeconds: terminationGraceSeconds(construct, props, context),
      volumes: volumes.size > 0 ? [...volumes].map(([volume, name]) => volume.toKube(name)) : undefined,
    },
  };
}

function terminationGraceSeconds(construct: IConstruct, { terminationGrace }: PodProps, { drain }: PodContext): number | undefined {
  return terminationGrace && (drain?.toSeconds() ?? 0) + wholeSeconds(construct, 'terminationGrace', terminationGrace, 0);
}

function hardened(runAsUser: number): k8s.PodSecurityContext {
  return { fsGroup: runAsUser, runAsGroup: runAsUser, runAsNonRoot: true, runAsUser, seccompProfile: { type: 'RuntimeDefault' } };
}

function checkPod(construct: IConstruct, { containerName = defaultContainerName, runAsUser = 1000, initContainers = {} }: PodProps): void {
  if (!Number.isInteger(runAsUser) || runAsUser < 1) reject(construct, `runAsUser must be 1 or more, got ${runAsUser}; containers never run as root`);
  for (const name of [containerName, ...Object.keys(initContainers)]) checkName(construct, 'container name', name);
  if (initContainers[containerName]) reject(construct, `container names must differ, got '${containerName}' twice; rename one`);
  for (const [name, { readiness, liveness, startup }] of Object.entries(initContainers)) {
    if (readiness ?? liveness ?? startup) reject(construct, `an init container has no probes, got one on '${name}'; remove it`);
  }
}

/** Volumes, each named for the first path where it stands. */
function volumeNames(construct: IConstruct, containers: readonly ContainerProps[]): ReadonlyMap<Volume, string> {
  const names = new Map<Volume, string>();
  for (const [path, volume] of containers.flatMap((container) => Object.entries(container.volumes ?? {}))) {
    const name = checkedVolumeName(construct, path);
    if (!names.has(volume) && [...names.values()].includes(name)) {
      reject(construct, `two volumes would be named '${name}', got a second one at '${path}'; share one Volume or choose another path`);
    }
    if (!names.has(volume)) names.set(volume, name);
  }
  return names;
}
