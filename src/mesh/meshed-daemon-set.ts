import { Construct } from 'constructs';
import { ResourceLimitedDaemonSet, ResourceLimitedDaemonSetProps } from '../workload/resource-limited-daemon-set';
import { ClientPods, MeshedClient, MeshedClientProps } from './meshed-client';

/** Properties of `MeshedDaemonSet`. */
export interface MeshedDaemonSetProps extends MeshedClientProps, Omit<ResourceLimitedDaemonSetProps, keyof ClientPods | 'selector'> {}

/** A client in the mesh with a pod on every node, an identity, and calls like any other workload. Its pods are on the cluster's network, not the node's. */
export class MeshedDaemonSet extends MeshedClient<ResourceLimitedDaemonSet> {
  constructor(scope: Construct, id: string, props: MeshedDaemonSetProps) {
    const run = (client: Construct, pods: ClientPods): ResourceLimitedDaemonSet =>
      new ResourceLimitedDaemonSet(client, 'Workload', { ...props, ...pods, selector: { app: id } });
    super(scope, id, props, run, ({ daemonSet }) => daemonSet);
  }
}
