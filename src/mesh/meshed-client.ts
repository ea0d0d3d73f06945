import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { SidecarProps } from '../../imports/networking.istio.io';
import { Address } from '../graph/address';
import { Caller } from '../graph/party';
import { Manifest } from '../manifest/manifest';
import { uniqueId } from '../manifest/names';
import { annotateOwner, declareOwner } from '../manifest/owner';
import { networkPolicy } from '../security/network-policy';
import { serviceAccount } from '../security/service-account';
import { EnvVars } from '../workload/container';
import { PodProps } from '../workload/pod';
import { Callable, CallOptions } from './callable';
import { MeshNamespace } from './mesh-namespace';
import { OutboundCalls } from './outbound-calls';
import { callerParty, podLabels } from './parties';
import { meshedAnnotations } from './pod-annotations';
import { checkExceptions } from './pod-security';
import { sidecar } from './sidecar';

/** Properties of every workload that calls and is not called. */
export interface MeshedClientProps extends PodProps {
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
}

/** What its pods have of the mesh. */
export interface ClientPods {
  readonly name: string;
  readonly serviceAccountName: string;
  /** Labels beside `app`, by which they are known. */
  readonly labels: Readonly<Record<string, string>>;
  readonly edgeEnv: () => EnvVars;
  readonly lastEnv: () => EnvVars;
}

/** A workload in the mesh that calls and is not called: whatever runs its pods. Its id is its name. */
export abstract class MeshedClient<Workload> extends Construct {
  /** What it is in the call graph. */
  public readonly party: Caller;
  /** Its identity. */
  public readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its pods. */
  public readonly workload: Workload;
  /** Which connections its pods may have. */
  public readonly networkPolicy: Manifest<k8s.KubeNetworkPolicyProps>;
  /** Which hosts its proxy knows. */
  public readonly sidecar: Manifest<SidecarProps>;

  private readonly outbound: OutboundCalls;

  constructor(
    scope: Construct, id: string, props: MeshedClientProps,
    run: (client: Construct, pods: ClientPods) => Workload, resourceOf: (workload: Workload) => ApiObject,
  ) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, props.owner);
    const namespace = MeshNamespace.of(this);
    const { graph } = namespace.environment;
    checkExceptions(this, namespace.podSecurity, [], props.exceptions);
    meshedAnnotations(this, props.podAnnotations);
    this.party = callerParty(this);
    this.outbound = new OutboundCalls(this, graph, this.party, props.env);

    this.serviceAccount = serviceAccount(this, graph, this.party);
    this.workload = run(this, {
      name: id, serviceAccountName: id, labels: podLabels(namespace), edgeEnv: () => this.outbound.edgeEnv(this), lastEnv: () => this.outbound.lastEnv(),
    });
    annotateOwner(this, resourceOf(this.workload));
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
