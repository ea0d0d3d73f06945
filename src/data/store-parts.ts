import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { DestinationRuleProps, SidecarProps } from '../../imports/networking.istio.io';
import type { AuthorizationPolicyProps } from '../../imports/security.istio.io';
import { Service } from '../graph/party';
import { Port } from '../graph/port';
import { TcpConnectionPool } from '../graph/traffic-policy';
import { Exception } from '../manifest/exception';
import { Manifest } from '../manifest/manifest';
import { checkServiceName } from '../manifest/names';
import { storeWave } from '../manifest/sync-wave';
import { checkTrafficPolicy } from '../mesh/check-traffic-policy';
import { destinationRule } from '../mesh/destination-rule';
import { headlessName, headlessService, kubeService } from '../mesh/kube-service';
import { MeshNamespace } from '../mesh/mesh-namespace';
import { podLabels, serviceParty } from '../mesh/parties';
import { checkExceptions } from '../mesh/pod-security';
import { sidecar } from '../mesh/sidecar';
import { authorizationPolicy } from '../security/authorization-policy';
import { networkPolicy } from '../security/network-policy';
import { serviceAccount } from '../security/service-account';
import { Resources } from '../workload/quantity';
import { ResourceLimitedStatefulSet, ResourceLimitedStatefulSetProps } from '../workload/resource-limited-stateful-set';

/** Properties that every store has. */
export interface StoreProps {
  /** Requests and limits. */
  readonly resources: Resources;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** How many connections each caller's proxy may have. @default - Istio's own: no limit, 10 s to connect */
  readonly trafficPolicy?: { readonly connectionPool: TcpConnectionPool };
  /** What it may do that others may not, each with its reason. @default - nothing */
  readonly exceptions?: readonly Exception[];
}

/** What a store of one member consists of. */
export interface StoreParts {
  /** What it is in the call graph. */
  readonly party: Service;
  /** Its identity. */
  readonly serviceAccount: Manifest<k8s.KubeServiceAccountProps>;
  /** Its pod. */
  readonly workload: ResourceLimitedStatefulSet;
  /** Where it is reached. */
  readonly service: Manifest<k8s.KubeServiceProps>;
  /** The Service that governs the StatefulSet and names its pod. */
  readonly headlessService?: Manifest<k8s.KubeServiceProps>;
  /** Which connections its pod may have. */
  readonly networkPolicy: Manifest<k8s.KubeNetworkPolicyProps>;
  /** Who may connect. */
  readonly authorizationPolicy: Manifest<AuthorizationPolicyProps>;
  /** Which hosts its proxy knows: none. */
  readonly sidecar: Manifest<SidecarProps>;
  /** How callers connect, where that is said. */
  readonly destinationRule?: Manifest<DestinationRuleProps>;
}

/** What one engine runs, and how. */
export type Engine =
  & Omit<ResourceLimitedStatefulSetProps, 'name' | 'serviceName' | 'selector' | 'labels' | 'serviceAccountName' | 'ports' | keyof StoreProps>
  & { readonly ports: readonly Port[]; readonly serviceName?: string };

/**
 * Makes a store of one member. It has no PodDisruptionBudget, which would block every node drain, and is never left out of
 * the load balancing, which would turn it off.
 */
export function storeParts(construct: Construct, props: StoreProps, engine: Engine): StoreParts {
  const { id } = construct.node;
  checkServiceName(construct, id);
  const namespace = MeshNamespace.of(construct);
  const { graph } = namespace.environment;
  const { exceptions, trafficPolicy, resources } = props;
  const { ports, serviceName = headlessName(id), ...program } = engine;
  checkServiceName(construct, serviceName);
  checkExceptions(construct, namespace.podSecurity, ports, exceptions);
  const party = serviceParty(construct, { ports, operations: {}, trafficPolicy, versions: () => [], releases: () => [] });
  graph.addCallee(party);
  checkTrafficPolicy(construct, ports, { trafficPolicy });

  return {
    party,
    serviceAccount: serviceAccount(construct, graph, party),
    workload: new ResourceLimitedStatefulSet(construct, 'Workload', {
      ...program, name: id, serviceName, ports, resources, exceptions,
      selector: { app: id, version: 'v1' }, labels: podLabels(namespace), serviceAccountName: id,
    }),
    service: kubeService(construct, party, storeWave),
    headlessService: serviceName === headlessName(id) ? headlessService(construct, party, storeWave) : undefined,
    networkPolicy: networkPolicy(construct, graph, party, exceptions),
    authorizationPolicy: authorizationPolicy(construct, graph, party),
    sidecar: sidecar(construct, graph, party),
    destinationRule: trafficPolicy && destinationRule(construct, graph, party),
  };
}
