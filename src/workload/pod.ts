import { Duration } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { Port } from '../graph/port';
import { checkName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { ContainerProps, EnvVars, containerSpec, envSpec, volumeName } from './container';
import { Volume } from './volume';

/** What a pod runs. */
export interface PodProps extends ContainerProps {
  /** Name of the main container. @default 'server' */
  readonly containerName?: string;
  /** Containers that run to completion before it, in this order, by name. @default - none */
  readonly initContainers?: Readonly<Record<string, ContainerProps>>;
  /** User and group that all containers run as, never 0. @default 1000 */
  readonly runAsUser?: number;
  /** Time that the application has after SIGTERM to finish what it does, whole seconds. @default Duration.seconds(25) */
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
  /** Variables that stand before the container's own, so that those may use them as `$(NAME)`. @default - none */
  readonly edgeEnv?: EnvVars;
}

/** Default name of the main container. */
export const defaultContainerName = 'server';

/** Time that a pod goes on serving after it was told to stop, until all who call it know. */
export const drain = Duration.seconds(5);

/** The pod as a workload's template has it. */
export function podTemplate(construct: IConstruct, props: PodProps, context: PodContext): k8s.PodTemplateSpec {
  const { containerName = defaultContainerName, runAsUser = 1000, initContainers = {} } = props;
  if (!Number.isInteger(runAsUser) || runAsUser < 1) reject(construct, `runAsUser must be 1 or more, got ${runAsUser}; containers never run as root`);
  for (const name of [containerName, ...Object.keys(initContainers)]) checkName(construct, 'container name', name);
  const main = containerSpec(construct, containerName, props, context.ports);
  const env = [...envSpec(context.edgeEnv ?? {}), ...(main.env ?? [])];
  const init = Object.entries(initContainers).map(([name, each]) => initContainerSpec(construct, name, each));
  const volumes = volumesOf(construct, [props, ...Object.values(initContainers)]);
  return {
    metadata: { labels: { ...context.labels }, annotations: props.podAnnotations },
    spec: {
      serviceAccountName: context.serviceAccountName,
      initContainers: init.length > 0 ? init : undefined,
      containers: [{ ...main, env: env.length > 0 ? env : undefined }],
      securityContext: {
        fsGroup: runAsUser, runAsGroup: runAsUser, runAsNonRoot: true, runAsUser, seccompProfile: { type: 'RuntimeDefault' },
      },
      volumes: volumes.length > 0 ? volumes : undefined,
    },
  };
}

/** Seconds from the request to stop until the pod is killed: time to drain, then time to finish. */
export function terminationGraceSeconds(props: PodProps): number {
  return drain.toSeconds() + (props.terminationGrace ?? Duration.seconds(25)).toSeconds();
}

function initContainerSpec(construct: IConstruct, name: string, props: ContainerProps): k8s.Container {
  if (props.readiness ?? props.liveness ?? props.startup) reject(construct, `an init container has no probes, got one on '${name}'; remove it`);
  return containerSpec(construct, name, props);
}

function volumesOf(construct: IConstruct, containers: readonly ContainerProps[]): k8s.Volume[] {
  const volumes = new Map<string, Volume>();
  for (const [path, volume] of containers.flatMap((container) => Object.entries(container.volumes ?? {}))) {
    const name = volumeName(path);
    const earlier = volumes.get(name);
    if (earlier && earlier !== volume) {
      reject(construct, `two volumes would be named '${name}', got a second one at '${path}'; share one Volume or choose another path`);
    }
    volumes.set(name, volume);
  }
  return [...volumes].map(([name, volume]) => volume.toKube(name));
}
