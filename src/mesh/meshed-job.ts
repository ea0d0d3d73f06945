import { Construct } from 'constructs';
import { ResourceLimitedJob, ResourceLimitedJobProps } from '../workload/resource-limited-job';
import { ClientPods, MeshedClient, MeshedClientProps } from './meshed-client';

/** Properties of `MeshedJob`. */
export interface MeshedJobProps extends MeshedClientProps, Omit<ResourceLimitedJobProps, keyof ClientPods> {}

/**
 * Work in the mesh that ends, once or on a schedule, with an identity and calls like any other workload.
 * It ends only where the sidecar is a native one: the default from Istio 1.30 on.
 */
export class MeshedJob extends MeshedClient<ResourceLimitedJob> {
  constructor(scope: Construct, id: string, props: MeshedJobProps) {
    const run = (client: Construct, { labels, ...pods }: ClientPods): ResourceLimitedJob =>
      new ResourceLimitedJob(client, 'Workload', { ...props, ...pods, labels: { app: id, ...labels } });
    super(scope, id, props, run, ({ resource }) => resource);
  }
}
