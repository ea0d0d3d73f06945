import { createHash } from 'node:crypto';
import { Duration, Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { Port } from '../graph/port';
import { Exception, allowedBy } from '../manifest/exception';
import { checkKeys, checkLabels, checkName, checkObjectName } from '../manifest/names';
import { reject } from '../manifest/reject';
import { ContainerProps, EnvVars, Privileges, checkedVolumeName, containerSpec } from './container';
import { checkProxyAnnotations } from './proxy-annotations';
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
  /** What it may do that others may not, each with a reason. @default - nothing */
  readonly exceptions?: readonly Exception[];
  /** Name of its PriorityClass, 1-253 characters; a `PriorityClasses` of the environment may make it. @default - the cluster's default */
  readonly priorityClassName?: string;
  /**
   * Whether the cluster autoscaler may take its node away: `true` where what it keeps in folders may go with it, `false` where it must end by itself. Without
   * either a node stays that has a pod with an `emptyDir`, which every sidecar brings. @default - as the cluster autoscaler does
   */
  readonly safeToEvict?: boolean;
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
  readonly edgeEnv?: () => EnvVars;
  /** Variables that stand after the main container's own, so that they may use all of them. @default - none */
  readonly lastEnv?: () => EnvVars;
}

/** Default name of the main container. */
export const defaultContainerName = 'server';

/** The pod as a workload's template has it. */
export function podTemplate(construct: IConstruct, props: PodProps, context: PodContext): k8s.PodTemplateSpec {
  const { containerName = defaultContainerName, initContainers = {} } = props;
  checkPod(construct, props);
  const { labels, serviceAccountName, ports, edgeEnv, lastEnv } = context;
  checkLabels(construct, 'labels', labels);
  const volumes = volumeNames(construct, [props, ...Object.values(initContainers)]);
  checkHostPaths(construct, [...volumes.keys()], props);
  const privileges = (name: string): Privileges => privilegesOf(props, name);
  const own = { ports, edgeEnv, lastEnv, extraPorts: extraPorts(props), volumeNames: volumes, privileges: privileges(containerName) };
  const main = containerSpec(construct, containerName, props, own);
  const init = Object.entries(initContainers).map(([name, each]) =>
    containerSpec(construct, name, each, { edgeEnv, volumeNames: volumes, privileges: privileges(name) }));
  return {
    metadata: { labels: { ...labels }, annotations: podAnnotations(props, [...volumes.keys()]) },
    spec: {
      serviceAccountName,
      hostPid: allowedBy(props.exceptions ?? [], 'privileges').some(({ hostPid }) => hostPid) || undefined,
      initContainers: init.length > 0 ? init : undefined,
      containers: [main],
      priorityClassName: props.priorityClassName,
      securityContext: hardened(props.runAsUser ?? 1000, ports),
      terminationGracePeriodSeconds: terminationGraceSeconds(construct, props, context),
      volumes: volumes.size > 0 ? [...volumes].map(([volume, name]) => volume.toKube(name)) : undefined,
    },
  };
}

/** Source: Kubernetes, cluster-autoscaler, FAQ, "What types of pods can prevent CA from removing a node?". */
const safeToEvictAnnotation = 'cluster-autoscaler.kubernetes.io/safe-to-evict';

/** Annotation that changes with what a pod reads of ConfigMaps, so that its pods are replaced then; its name is Helm's. */
export const checksumAnnotation = 'checksum/config';

/** Its value for what is read, in the order of the volumes; undefined for nothing. */
export function configChecksum(contents: readonly string[]): string | undefined {
  return contents.length === 0 ? undefined : createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 16);
}

/** Annotations, with what the sidecar leaves alone, and what changes with the files that the pod reads. Source: Istio, resource annotations. */
function podAnnotations(props: PodProps, volumes: readonly Volume[]): Record<string, string> | undefined {
  const read = volumes.filter(({ hasContent }) => hasContent);
  // what is read is rendered when the pod is, and not when it is declared
  const checksum = Lazy.any({ produce: () => configChecksum(read.map(({ content }) => content!)) }) as string;
  const evictable: Record<string, string> = props.safeToEvict === undefined ? {} : { [safeToEvictAnnotation]: String(props.safeToEvict) };
  const all = { ...sidecarAnnotations(props), ...evictable, ...(read.length === 0 ? {} : { [checksumAnnotation]: checksum }) };
  return Object.keys(all).length > 0 ? all : undefined;
}

function sidecarAnnotations(props: PodProps): Record<string, string> {
  const outside = allowedBy(props.exceptions ?? [], 'egress');
  const excluded = {
    excludeInboundPorts: extraPorts(props).map(({ port }) => String(port)),
    excludeOutboundIPRanges: outside.flatMap((each) => ('cidr' in each ? [each.cidr] : [])),
    excludeOutboundPorts: outside.flatMap((each) => ('cidr' in each ? [] : each.ports.map(String))),
  };
  const written = Object.entries(excluded).filter(([, values]) => values.length > 0)
    .map(([name, values]) => [`traffic.sidecar.istio.io/${name}`, [...new Set(values)].join(',')]);
  return { ...props.podAnnotations, ...Object.fromEntries(written) };
}

/** Kinds of exceptions that change pods: their workload names them. */
export const exceptionsOfPods = ['port', 'egress', 'privileges', 'credential'] as const;

function extraPorts({ exceptions = [] }: PodProps): readonly { readonly name: string; readonly port: number }[] {
  return allowedBy(exceptions, 'port');
}

function privilegesOf({ containerName = defaultContainerName, exceptions = [] }: PodProps, name: string): Privileges {
  return allowedBy(exceptions, 'privileges').find(({ container = containerName }) => container === name);
}

function terminationGraceSeconds(construct: IConstruct, { terminationGrace }: PodProps, { drain }: PodContext): number | undefined {
  return terminationGrace && (drain?.toSeconds() ?? 0) + wholeSeconds(construct, 'terminationGrace', terminationGrace, 0);
}

/** Runtimes differ in whether a user may listen below 1024, so the pod says it. Source: Kubernetes, Pod Security Standards, safe sysctls. */
function hardened(runAsUser: number, ports: readonly Port[] = []): k8s.PodSecurityContext {
  const lowest = Math.min(1024, ...ports.map(({ targetPort }) => targetPort));
  const sysctls = lowest < 1024 ? [{ name: 'net.ipv4.ip_unprivileged_port_start', value: String(lowest) }] : undefined;
  return { fsGroup: runAsUser, runAsGroup: runAsUser, runAsNonRoot: true, runAsUser, seccompProfile: { type: 'RuntimeDefault' }, sysctls };
}

/** User of Istio's proxies. Source: Istio, "Application Requirements". */
const PROXY_USER = 1337;
/** Containers that the injector adds to a pod, or merges with those of the same name. Source: Istio 1.31, injection template. */
const INJECTED = ['istio-init', 'istio-proxy', 'istio-validation'];

function checkPod(construct: IConstruct, props: PodProps): void {
  const { containerName = defaultContainerName, runAsUser = 1000, initContainers = {}, exceptions = [] } = props;
  if (!Number.isInteger(runAsUser) || runAsUser < 1) reject(construct, `runAsUser must be 1 or more, got ${runAsUser}; containers never run as root`);
  if (runAsUser === PROXY_USER) reject(construct, `runAsUser must not be ${PROXY_USER}, whose traffic goes past the sidecar, as its own; choose another`);
  const injected = [containerName, ...Object.keys(initContainers)].find((name) => INJECTED.includes(name));
  if (injected !== undefined) reject(construct, `container must not be named as one that Istio injects, got '${injected}', which would become one; rename it`);
  checkKeys(construct, 'podAnnotations', props.podAnnotations ?? {});
  checkProxyAnnotations(construct, props.podAnnotations);
  if (props.priorityClassName !== undefined) checkObjectName(construct, 'priorityClassName', props.priorityClassName);
  for (const name of [containerName, ...Object.keys(initContainers)]) checkName(construct, 'container name', name);
  for (const { container = containerName } of allowedBy(exceptions, 'privileges')) {
    const names = [containerName, ...Object.keys(initContainers)];
    if (!names.includes(container)) reject(construct, `privileges must be of a container, got '${container}'; it has ${names.join(', ')}`);
  }
  if (initContainers[containerName]) reject(construct, `container names must differ, got '${containerName}' twice; rename one`);
  for (const [name, { readiness, liveness, startup }] of Object.entries(initContainers)) {
    if (readiness ?? liveness ?? startup) reject(construct, `an init container has no probes, got one on '${name}'; remove it`);
  }
}

/** Refuses folders of the node that no exception names, and exceptions that nothing uses. */
function checkHostPaths(construct: IConstruct, volumes: readonly Volume[], { exceptions = [] }: PodProps): void {
  const privileges = allowedBy(exceptions, 'privileges');
  for (const prop of ['hostPaths', 'writableHostPaths'] as const) {
    const used = volumes.filter(({ writable }) => writable === (prop === 'writableHostPaths')).flatMap(({ hostPath }) => hostPath ?? []);
    const allowed = privileges.flatMap((each) => each[prop] ?? []);
    const unnamed = used.find((path) => !allowed.includes(path));
    if (unnamed !== undefined) reject(construct, `a folder of the node needs a reason, got '${unnamed}'; name it in ${prop} of Exception.privileges`);
    const idle = allowed.find((path) => !used.includes(path));
    const are = prop === 'hostPaths' ? 'read' : 'written';
    if (idle !== undefined) reject(construct, `${prop} must be folders that are ${are}, got '${idle}' without a Volume.hostPath; remove it`);
  }
}

/** Volumes, each named for the first path where it stands. */
function volumeNames(construct: IConstruct, containers: readonly ContainerProps[]): ReadonlyMap<Volume, string> {
  const names = new Map<Volume, string>();
  for (const [path, volume] of containers.flatMap((container) => Object.entries(container.volumes ?? {}))) {
    const name = checkedVolumeName(construct, path);
    for (const object of volume.objects) checkObjectName(construct, `volume at ${path}`, object);
    if (!names.has(volume) && [...names.values()].includes(name)) {
      reject(construct, `two volumes would be named '${name}', got a second one at '${path}'; share one Volume or choose another path`);
    }
    if (!names.has(volume)) names.set(volume, name);
  }
  return names;
}
