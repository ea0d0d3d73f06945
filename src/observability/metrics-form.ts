import { Duration } from 'cdk8s';
import { VolumeClaim } from '../workload/resource-limited-stateful-set';
import { Resources } from '../workload/quantity';
import { GrafanaOptions } from './embedded/grafana';
import { KialiOptions } from './kiali/kiali';
import { HostProbes } from './probes/blackbox';
import { Alerting } from './routing/receiver';
import { TracesOptions } from './traces/traces';

/** Options of `Metrics.operator`. */
export interface OperatorMetricsOptions {
  /** Namespace of the kube-prometheus-stack. @default 'monitoring' */
  readonly namespace?: string;
  /** Labels by which its Prometheus selects monitors and rules. @default { release: 'prometheus' }, as a Helm release of that name does */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the pods of its Prometheus. @default { 'app.kubernetes.io/name': 'prometheus' } */
  readonly prometheus?: Readonly<Record<string, string>>;
  /**
   * Who is told of alerts, its chart's own among them: values for who installs the chart, in `<environment>/kube-prometheus-stack-values.yaml`. The Secrets
   * are in its namespace.
   * @default - whom its Alertmanager is told to tell anyway
   */
  readonly alerting?: Alerting;
}

/** Options of `Metrics.embedded`. */
export interface EmbeddedMetricsOptions {
  /** Storage of what Prometheus has collected. */
  readonly storage: VolumeClaim;
  /** How long it is kept, whole days. @default Duration.days(31), since objectives are over 30 */
  readonly retention?: Duration;
  /** Requests and limits of Prometheus. */
  readonly resources: Resources;
  /** Who is told of alerts. */
  readonly alerting: Alerting;
  /**
   * Address ranges of the nodes, so that their kubelets can be asked what containers and volumes use. Their certificates must be signed by the cluster's
   * own authority (`serverTLSBootstrap`).
   * @default - they are not asked: nothing is known of CPU, memory and volumes
   */
  readonly nodes?: readonly [string, ...string[]];
  /** A Grafana with a dashboard a system, a service and a store. @default - none */
  readonly grafana?: GrafanaOptions;
  /**
   * Whether the hosts of the namespaces' gateways are asked from outside, and how. Where a cluster cannot reach its own gateway by its address outside, they
   * would seem to be gone.
   * @default - they are not asked
   */
  readonly probes?: HostProbes;
  /** A Jaeger that follows requests through all services that they reach. @default - none */
  readonly traces?: TracesOptions;
  /** A Kiali that shows who calls whom. It reads the objects of all namespaces, of which it shows those that are watched. @default - none */
  readonly kiali?: KialiOptions;
  /** Namespace of cert-manager, so that it can be asked when certificates end. @default - it is not asked */
  readonly certManager?: string;
}

/** What is known beside what proxies count: an alert that could never fire is not written. */
export interface Known {
  /** What containers and volumes use. */
  readonly nodes: boolean;
  /** When certificates end. */
  readonly certificates: boolean;
  /** What hosts answer from outside. */
  readonly hosts: boolean;
}

/** How metrics are collected. */
export class Metrics {
  /** By a kube-prometheus-stack that the cluster has: it is told what to ask, and by which rules. */
  public static operator(options: OperatorMetricsOptions = {}): Metrics {
    return new Metrics({ kind: 'operator', ...options });
  }

  /** By a Prometheus, an Alertmanager and a kube-state-metrics of the stack's own, for a cluster that has nothing. */
  public static embedded(options: EmbeddedMetricsOptions): Metrics {
    return new Metrics({ kind: 'embedded', ...options });
  }

  private constructor(
    /** Which of the two, with its options. */
    public readonly form: { readonly kind: 'operator' } & OperatorMetricsOptions | { readonly kind: 'embedded' } & EmbeddedMetricsOptions,
  ) {}

  /** What is known beside what proxies count. */
  public get known(): Known {
    if (this.form.kind === 'operator') return { nodes: true, certificates: true, hosts: false };
    const { nodes, certManager, probes } = this.form;
    return { nodes: nodes !== undefined, certificates: certManager !== undefined, hosts: probes !== undefined };
  }
}
