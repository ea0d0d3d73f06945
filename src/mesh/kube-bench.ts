import { Chart, Duration, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { Exception, annotateExceptions } from '../manifest/exception';
import { keptByArgoCd } from '../manifest/kept';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { ResourceLimitedJob } from '../workload/resource-limited-job';
import { Volume } from '../workload/volume';
import { Environment } from './environment';
import { checkNotKubernetes, checkNotMesh } from './taken-namespace';

/** Properties of `KubeBench`. */
export interface KubeBenchProps {
  /** When it runs, in cron's five fields. @default - once, when it is applied */
  readonly schedule?: string;
  /** Image. @default 'docker.io/aquasec/kube-bench:v0.15.6' */
  readonly image?: string;
  /** How long it may run, whole seconds. @default Duration.minutes(5) */
  readonly activeDeadline?: Duration;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - nobody says */
  readonly owner?: string;
}

/** Folders of a node that its checks read, by where they stand in the container. Source: kube-bench 0.15.6, its Job. */
const FOLDERS: Readonly<Record<string, string>> = {
  '/etc/cni/net.d': '/etc/cni/net.d',
  '/etc/kubernetes': '/etc/kubernetes',
  '/etc/systemd': '/etc/systemd',
  '/lib/systemd': '/lib/systemd',
  '/opt/cni/bin': '/opt/cni/bin',
  '/srv/kubernetes': '/srv/kubernetes',
  '/usr/local/mount-from-host/bin': '/usr/bin',
  '/var/lib/cni': '/var/lib/cni',
  '/var/lib/etcd': '/var/lib/etcd',
  '/var/lib/kube-controller-manager': '/var/lib/kube-controller-manager',
  '/var/lib/kube-scheduler': '/var/lib/kube-scheduler',
  '/var/lib/kubelet': '/var/lib/kubelet',
};
const because = 'kube-bench compares the node with the CIS benchmark';

/**
 * kube-bench: reads how a node is set up and says in its log what the CIS benchmark would have otherwise. It sees the node's processes and files, so that
 * it has a namespace of its own, outside of the mesh, which takes such pods and lets none of them talk to anybody.
 *
 * Its objects are the platform's: whoever sets the cluster up applies the file `<environment>/<id>/kube-bench.yaml`. Its id is the name of the namespace.
 */
export class KubeBench extends Chart {
  /** The Job or CronJob. */
  public readonly workload: ResourceLimitedJob;

  /** @throws ConfigurationError on an id that is no name of a namespace, and on a schedule that is none */
  constructor(scope: Environment, id: string, { schedule, image, activeDeadline = Duration.minutes(5), owner }: KubeBenchProps = {}) {
    super(scope, uniqueId(scope, id), { namespace: id, disableResourceNameHashes: true });
    checkName(this, 'namespace', id);
    checkNotKubernetes(this, id);
    checkNotMesh(this, id, scope.facts);
    declareOwner(this, owner);
    const component = new Construct(this, 'kube-bench');
    const labels = { 'istio-injection': 'disabled', 'pod-security.kubernetes.io/enforce': 'privileged' };
    const namespace = new Manifest(component, 'Namespace', kinds.Namespace, { name: id, labels, annotations: keptByArgoCd }, () => ({}));
    namespace.addJsonPatch(JsonPatch.remove('/metadata/namespace')); // cdk8s puts every object of a chart into its namespace
    annotateExceptions(namespace, [Exception.podSecurity({ level: 'privileged', because })], 'pod-security');
    new Manifest(component, 'DenyTraffic', kinds.NetworkPolicy, { name: 'deny-all' }, () => ({
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    }));
    new Manifest(component, 'ServiceAccount', kinds.ServiceAccount, { name: 'kube-bench' }, () => ({ automountServiceAccountToken: false }));
    this.workload = new ResourceLimitedJob(component, 'Workload', {
      name: 'kube-bench',
      containerName: 'kube-bench',
      image: image ?? 'docker.io/aquasec/kube-bench:v0.15.6',
      command: ['kube-bench'],
      resources: { cpu: ['100m', '500m'], memory: ['64Mi', '256Mi'] },
      labels: { 'app': 'kube-bench', 'sidecar.istio.io/inject': 'false' },
      serviceAccountName: 'kube-bench',
      schedule,
      activeDeadline,
      backoffLimit: 1,
      volumes: Object.fromEntries(Object.entries(FOLDERS).map(([path, folder]) => [path, Volume.hostPath(folder)])),
      exceptions: [Exception.privileges({ root: true, hostPid: true, hostPaths: Object.values(FOLDERS), because })],
    });
  }
}
