import { Size } from 'cdk8s';
import {
  type Alerting, type Environment, type HostProbes, type MeshNamespace, Metrics, ObservabilityStack, Receiver, type SecretKey, type TracesOptions,
} from '../index';
import { type WatchersAccess, hostsOf, watchersGateway } from './watchers-gateway';

/** What differs between the environments of what watches them. */
export interface MonitoringOptions {
  /** How much of what was measured is kept. */
  readonly storage: Size;
  /** Address ranges of the nodes. */
  readonly nodes: readonly [string, ...string[]];
  /** How the hosts of the systems are asked from outside. */
  readonly probes: HostProbes;
  /** Which requests of the systems are followed. */
  readonly traces: TracesOptions;
  /** Who may look, and where. */
  readonly access: WatchersAccess;
  /** The channel that is told. */
  readonly channel: string;
  /** Whether somebody is woken up. */
  readonly pagerDuty?: SecretKey;
}

/** Systems by who watches them. */
export interface WatchedSystems {
  /** By a Prometheus of their own. */
  readonly own: readonly [MeshNamespace, ...MeshNamespace[]];
  /** By the kube-prometheus-stack that their cluster has. */
  readonly operator: readonly [MeshNamespace, ...MeshNamespace[]];
}

const runbooks = 'https://git.example.com/shops/meshmart/docs/runbooks';

/** Who watches the systems. */
export function monitoring(environment: Environment, systems: WatchedSystems, options: MonitoringOptions) {
  const { storage, nodes, probes, traces, access, channel, pagerDuty } = options;
  const slack = Receiver.slack({ channel, webhook: { secret: { name: 'alertmanager' }, key: 'slack-webhook' } });
  const pages = pagerDuty && Receiver.pagerDuty({ routingKey: pagerDuty });
  const alerting = { otherwise: [slack], routes: pages && [{ severity: 'page', to: [pages, slack] }] } satisfies Alerting;
  const hosts = hostsOf(access);
  const own = new ObservabilityStack(environment, 'observability', {
    owner: '@shops/platform',
    watches: systems.own,
    runbooks,
    metrics: Metrics.embedded({
      storage: { size: storage },
      nodes,
      probes,
      traces,
      certManager: 'cert-manager',
      grafana: {},
      kiali: { links: { grafana: `https://${hosts.grafana}`, jaeger: `https://${hosts.jaeger}` } },
      resources: { cpu: ['200m', '1'], memory: ['1Gi', '2Gi'] },
      alerting,
    }),
  });
  watchersGateway(own, access);
  const operator = new ObservabilityStack(environment, 'monitoring', {
    owner: '@shops/platform', watches: systems.operator, runbooks, metrics: Metrics.operator({ alerting }),
  });
  return { own, operator };
}
