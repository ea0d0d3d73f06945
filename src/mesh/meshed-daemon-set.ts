import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { SidecarProps } from '../../imports/networking.istio.io';
import { Address } from '../graph/address';
import { Caller } from '../graph/party';
import { Manifest } from '../manifest/manifest';
import { uniqueId } from '../manifest/names';
import { annotateOwner, declareOwner } from '../manifest/owner';
import { networkPolicy } from '../security/network-policy';
import { serviceAccount } from '../security/service-account';
import { ResourceLimitedDaemonSet, ResourceLimitedDaemonSetProps } from '../workload/resource-limited-daemon-set';
import { Callable, CallOptions } from './callable';
import { MeshNamespace } from './mesh-namespace';
import { OutboundCalls } from './outbound-calls';
import { callerParty, podLabels } from './parties';
import { checkExceptions } from './pod-security';
import { sidecar } from './sidecar';

/** Properties of `MeshedDaemonSet`. */
export interface MeshedDaemonSetProps
  extends Omit<ResourceLimitedDaemonSetProps, 'name' | 'selector' | 'labels' | 'serviceAccountName' | 'edgeEnv' | 'lastEnv'> {
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
}

/** A client in the mesh with a pod on every node, an identity, and calls like any other workload. Its pods are on the cluster's network, not the node's. */
export class MeshedDaemonSet extends Construct {
  /** What it is in the call graph. */
  public readonly party: Caller;
  /** Its identity. */
  public readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its pods. */
  public readonly workload: ResourceLimitedDaemonSet;
  /** Which connections its pods may have. */
  public readonly networkPolicy: Manifest<k8s.KubeNetworkPolicyProps>;
  /** Which hosts its proxy knows. */
  public readonly sidecar: Manifest<SidecarProps>;

  private readonly outbound: OutboundCalls;

  constructor(scope: Construct, id: string, props: MeshedDaemonSetProps) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, props.owner);
    const namespace = MeshNamespace.of(this);
    const { graph } = namespace.environment;
    checkExceptions(this, namespace.podSecurity, [], props.exceptions);
    this.party = callerParty(this);
    this.outbound = new OutboundCalls(this, graph, this.party, props.env);

    this.serviceAccount = serviceAccount(this, graph, this.party);
    this.workload = new ResourceLimitedDaemonSet(this, 'Workload', {
      ...props,
      name: id,
      selector: { app: id },
      labels: podLabels(namespace),
      serviceAccountName: id,
      edgeEnv: () => this.outbound.edgeEnv(this),
      lastEnv: () => this.outbound.lastEnv(),
    });
    annotateOwner(this, this.workload.daemonSet);
    this.networkPolicy = networkPolicy(this, graph, this.party, props.exceptions);
    this.sidecar = sidecar(this, graph, this.party);
  }

  /** Declares a call. @returns where the callee is */
  public calls<Callees extends string = never, To = Address>(callee: Callable<Callees, To>, options: CallOptions<NoInfer<Callees>, never, NoInfer<To>>): To {
    return this.outbound.add(callee, options);
  }

  /** Sets an environment variable that combines several calls or the container's own variables (`$(NAME)`); it comes last. */
  public addEnv(name: string, value: string): void {
    this.outbound.combine(name, value);
  }
}
