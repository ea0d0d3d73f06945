import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { reject } from '../../manifest/reject';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { MeshedDaemonSet } from '../../mesh/meshed-daemon-set';
import { MeshedMicroservice } from '../../mesh/meshed-microservice';
import { Resources } from '../../workload/quantity';
import { Toleration } from '../../workload/resource-limited-daemon-set';
import { VolumeClaim } from '../../workload/resource-limited-stateful-set';
import { wholeDays } from '../../workload/whole-seconds';
import { checkWatches } from '../check-watches';
import { unguardedRoutes } from '../unguarded';
import { Elasticsearch } from './elasticsearch';
import { filebeat } from './filebeat';
import { kibana } from './kibana';
import { LogImage, LogProgram, LogProgramProps, checkVersion, publicImage } from './log-programs';
import { logstash } from './logstash';

/** Properties of `LogStack`. */
export interface LogStackProps {
  /** Namespaces whose containers' logs are kept, of the same environment. One stack watches a namespace. */
  readonly watches: readonly [MeshNamespace, ...MeshNamespace[]];
  /** Storage of the logs, whose size can only grow. */
  readonly storage: VolumeClaim;
  /** How long logs are kept at least, whole days, 1 or more. @default Duration.days(7) */
  readonly retention?: Duration;
  /** Version of all four programs, 8.15.0 to 9.x. @default '8.19.20' */
  readonly version?: string;
  /** Where the images are. @default - `docker.io/library/<program>:<version>`, and `docker.elastic.co/beats/filebeat:<version>` */
  readonly image?: LogImage;
  /** Requests and limits of single programs. @default - 2.3 CPU and 3 GiB in all, and 0.1 CPU and 100 MiB on each node, sidecars not counted */
  readonly resources?: Partial<Readonly<Record<LogProgram, Resources>>>;
  /** Taints of nodes whose logs are read all the same. @default - none: nodes that take any pod */
  readonly tolerations?: readonly Toleration[];
  /** Revision of Istio that injects the sidecars. @default - the default one */
  readonly revision?: string;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace around it */
  readonly owner?: string;
}

/** Source: the manifests of the shop that asked for it; Logstash has a third more of memory, since its heap is half of it. */
const usual: Readonly<Record<LogProgram, Resources>> = {
  elasticsearch: { cpu: ['1', '1'], memory: ['1Gi', '1Gi'] },
  logstash: { cpu: ['400m', '1'], memory: ['1Gi', '1Gi'] },
  filebeat: { cpu: ['100m', '200m'], memory: ['100Mi', '200Mi'] },
  kibana: { cpu: ['900m', '1'], memory: ['1Gi', '1Gi'] },
};

const because = 'Filebeat reads the logs of containers from the nodes';

/**
 * The logs of some namespaces: Filebeat on every node reads them, Logstash writes them to Elasticsearch, Kibana shows them. All are in the mesh and in a
 * namespace of their own; nobody reaches them but each other. Kibana asks nobody who he is: a gateway that leads to it needs an `OidcLogin`.
 * Its id is the name of the namespace.
 */
export class LogStack extends Construct {
  /** Where it is. */
  public readonly namespace: MeshNamespace;
  /** What keeps the logs. */
  public readonly elasticsearch: Elasticsearch;
  /** What writes them there. */
  public readonly logstash: MeshedMicroservice;
  /** What reads them from the nodes. */
  public readonly filebeat: MeshedDaemonSet;
  /** What shows them: a gateway may route to its operation `pages`, and has to wait two minutes for an answer. */
  public readonly kibana: MeshedMicroservice<'pages'>;
  /** Namespaces whose logs it keeps. */
  public readonly watches: readonly MeshNamespace[];

  /** @throws ConfigurationError on a namespace that another stack watches or of another environment, and where `apiServer` of the environment is missing */
  constructor(scope: Construct, id: string, props: LogStackProps) {
    const { owner, revision } = props;
    super(new MeshNamespace(scope, id, { owner, revision, podSecurity: { level: 'privileged', because } }), 'stack');
    const { version = '8.19.20', image = publicImage, retention = Duration.days(7), watches, storage, tolerations } = props;
    this.namespace = MeshNamespace.of(this);
    this.watches = watches;
    checkWatched(this, watches);
    checkKept(this, storage, retention);
    checkVersion(this, version);
    const program = (name: LogProgram): LogProgramProps => ({ image: image(name, version), resources: props.resources?.[name] ?? usual[name] });

    // each a component of the namespace, so that each has a file
    this.elasticsearch = new Elasticsearch(this.namespace, 'elasticsearch', { ...program('elasticsearch'), storage, retention });
    this.logstash = logstash(this.namespace, 'logstash', program('logstash'), this.elasticsearch);
    this.filebeat = filebeat(this.namespace, 'filebeat', { ...program('filebeat'), watches, tolerations }, this.logstash);
    this.kibana = kibana(this.namespace, 'kibana', program('kibana'), this.elasticsearch);
    this.node.addValidation({ validate: () => [...unguardedRoutes(this.namespace)] });
  }
}

/** Refuses namespaces that it cannot read, or that are read already: each line would be kept twice. */
function checkWatched(stack: LogStack, watches: readonly MeshNamespace[]): void {
  const { environment } = stack.namespace;
  checkWatches(stack, environment, watches);
  const others = environment.node.findAll().filter((each): each is LogStack => each instanceof LogStack && each !== stack);
  for (const other of others) {
    const taken = other.watches.find(({ name }) => watches.some((each) => each.name === name));
    if (taken) reject(stack, `one stack watches a namespace, got '${taken.name}', which ${other.node.path} watches; remove it from one of them`);
  }
}

function checkKept(stack: LogStack, storage: VolumeClaim | undefined, retention: Duration): void {
  if (storage?.size === undefined) reject(stack, `storage must have a size, got ${JSON.stringify(storage)}; write for example { size: Size.gibibytes(10) }`);
  wholeDays(stack, 'retention', retention);
}
