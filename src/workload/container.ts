import type { EnvValue, k8s } from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { imageProblem } from '../graph/image';
import { Port, isPortNumber } from '../graph/port';
import { PrivilegesExceptionOptions } from '../manifest/exception';
import { reject } from '../manifest/reject';
import { Scalar } from '../manifest/typed-kind';
import { Probe } from './probe';
import { ResourceTexts, Resources, requestsAndLimits } from './quantity';
import { Volume } from './volume';

/** Environment variables: text, or where the value comes from. */
export type EnvVars = Readonly<Record<string, string | EnvValue>>;

/** A container: what it runs and what it may use. */
export interface ContainerProps {
  /** Image with a digest, or with a tag that is not `latest`. */
  readonly image: string;
  /** When the node asks the registry for it; `Always` where somebody moves tags. @default - Kubernetes' own: when the node does not have it */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Requests and limits. */
  readonly resources: Resources;
  /** Entry point. @default - the image's own */
  readonly command?: readonly string[];
  /** Arguments. @default - the image's own */
  readonly args?: readonly string[];
  /** Environment variables in the order written. @default - none */
  readonly env?: EnvVars;
  /** Whether it can take requests. @default - by the first port: gRPC health, or a TCP connection; none without a port */
  readonly readiness?: Probe;
  /** Whether it has to be restarted. @default - by the first port, as readiness */
  readonly liveness?: Probe;
  /** Whether it has started; until then the others wait. @default - none */
  readonly startup?: Probe;
  /** Volumes by the path where they stand. @default - none */
  readonly volumes?: Readonly<Record<string, Volume>>;
}

/** What a container may do on its node beyond what all may. */
export type Privileges = PrivilegesExceptionOptions | undefined;

/** What surrounds a container. */
export interface ContainerContext {
  /** Ports that it listens on. @default - none */
  readonly ports?: readonly Port[];
  /** Variables that stand before its own, known only when the app is synthesized. @default - none */
  readonly edgeEnv?: () => EnvVars;
  /** Variables that stand after its own, likewise. @default - none */
  readonly lastEnv?: () => EnvVars;
  /** Ports beside the mesh. @default - none */
  readonly extraPorts?: readonly { readonly name: string; readonly port: number }[];
  /** What it may do on its node. @default - nothing */
  readonly privileges?: Privileges;
  /** Names of the pod's volumes. */
  readonly volumeNames: ReadonlyMap<Volume, string>;
}

/** The container as the pod has it; its variables are asked for when the pod is rendered, and not when it is declared. */
export function containerSpec(construct: IConstruct, name: string, props: ContainerProps, context: ContainerContext): k8s.Container {
  const { ports = [], extraPorts = [], edgeEnv, lastEnv, volumeNames } = context;
  const usual = defaultProbe(ports.at(0));
  const { readiness = usual, liveness = usual, startup } = props; // a readiness probe that asks a database must not restart the pod
  const probe = (each: Probe | undefined): k8s.Probe | undefined => each?.toKube(construct, portFor(construct, each, ports));
  const variables = (): k8s.EnvVar[] => envSpec(construct, { ...edgeEnv?.(), ...props.env, ...lastEnv?.() });
  variables(); // what is wrong with them is said where they are written
  return {
    name,
    image: checkedImage(construct, props.image),
    imagePullPolicy: props.imagePullPolicy,
    command: copy(props.command),
    args: copy(props.args),
    ports: copy([
      ...ports.map((port) => ({ name: port.name, containerPort: port.targetPort })),
      ...extraPorts.map(({ name, port }) => ({ name, containerPort: port })),
    ]),
    get env() { return copy(variables()); },
    resources: resourcesSpec(construct, props.resources),
    readinessProbe: probe(readiness),
    livenessProbe: probe(liveness),
    startupProbe: probe(startup),
    volumeMounts: copy(Object.entries(props.volumes ?? {}).map(([path, volume]) => volume.mount(volumeNames.get(volume) ?? '', path))),
    securityContext: securityContext(context.privileges),
  };
}

/** A privileged container has everything: Kubernetes refuses the rest beside it. */
function securityContext(privileges: Privileges): k8s.SecurityContext {
  const { privileged = false, root = false, writableFiles = false, capabilities = [] } = privileges ?? {};
  const user = root ? { runAsNonRoot: false, runAsUser: 0 } : {};
  if (privileged) return { privileged, ...user };
  return {
    allowPrivilegeEscalation: false,
    capabilities: { add: copy([...capabilities].sort()), drop: ['ALL'] },
    readOnlyRootFilesystem: !writableFiles,
    ...user,
  };
}

/** Variables as a container has them. */
function envSpec(construct: IConstruct, env: EnvVars): k8s.EnvVar[] {
  checkOrder(construct, env);
  return Object.entries(env).map(([name, value]): k8s.EnvVar => {
    checkVariable(construct, name);
    return typeof value === 'string' ? { name, value } : { name, value: value.value, valueFrom: value.valueFrom };
  });
}

/** Refuses what would stand in the container as it is written: only variables before it are put in place of `$(NAME)`. */
function checkOrder(construct: IConstruct, env: EnvVars): void {
  const names = Object.keys(env);
  for (const [index, name] of names.entries()) {
    const late = variablesIn(env[name]).find((used) => names.indexOf(used) >= index);
    if (late === undefined) continue;
    const fix = `move ${late} up, or set ${name} by addEnv, which comes last`;
    reject(construct, `environment variable ${name} can use those before it, got $(${late}) that is not; ${fix}`);
  }
}

/** Variables that the value of another one uses as `$(NAME)`. Source: Kubernetes, "Dependent environment variables"; `$$(NAME)` is none. */
export function variablesIn(value: string | EnvValue): readonly string[] {
  const text = typeof value === 'string' ? value : String(value.value ?? '');
  return text.includes('$(') ? [...text.matchAll(/(?<!\$)\$\(([\w.-]+)\)/g)].map(([, name]) => name) : [];
}

/** Refuses names that no environment variable can have. Source: Kubernetes, `EnvVar.name` as a C identifier, `-` and `.` allowed. */
export function checkVariable(construct: IConstruct, name: string): void {
  if (!/^[A-Za-z_.-][A-Za-z0-9_.-]*$/.test(name)) reject(construct, `environment variable must have letters, digits, _ - and ., got '${name}'`);
}

/** Name of the volume that stands at a path: `/var/cache` is `var-cache`. */
function volumeName(path: string): string {
  return path.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** Name of the volume at a path that can be one. */
export function checkedVolumeName(construct: IConstruct, path: string): string {
  const name = volumeName(path);
  if (!path.startsWith('/') || path.includes(':') || name === '' || name.length > 63) {
    reject(construct, `volume must stand at an absolute path of at most 63 letters below the root, got '${path}'; write for example '/data'`);
  }
  return name;
}

function defaultProbe(port: Port | undefined): Probe | undefined {
  if (port === undefined) return undefined;
  return port.protocol === 'grpc' ? Probe.grpc() : Probe.tcp();
}

function portFor(construct: IConstruct, probe: Probe, ports: readonly Port[]): number {
  const first = ports.at(0);
  const problem = first && probe.problemAt(first);
  if (problem !== undefined) reject(construct, problem);
  const port = probe.port ?? first?.targetPort;
  if (port === undefined && probe.needsPort) reject(construct, 'a probe needs a port to ask at, got a container without one; give the probe a port');
  if (port !== undefined && !isPortNumber(port)) reject(construct, `probe port must be a whole number from 1 to 65535, got ${port}`);
  return port ?? 0;
}

function checkedImage(construct: IConstruct, image: string | undefined): string {
  if (typeof image !== 'string' || image === '') return reject(construct, `image must be given, got ${JSON.stringify(image)}`);
  const problem = imageProblem(image);
  if (problem !== undefined) reject(construct, problem);
  return image;
}

function resourcesSpec(construct: IConstruct, resources: Resources | undefined): k8s.ResourceRequirements {
  const { requests, limits } = requestsAndLimits(construct, resources);
  const quantities = ({ cpu, memory }: ResourceTexts['limits']): Record<string, k8s.Quantity> =>
    ({ cpu: new Scalar(cpu), memory: new Scalar(memory) });
  return { requests: quantities(requests), limits: quantities(limits) };
}

/** A list that can be written, or nothing where it would be empty. */
function copy<T>(items: readonly T[] | undefined): T[] | undefined {
  return items && items.length > 0 ? [...items] : undefined;
}
