import { Construct } from 'constructs';
import { BesideSystem } from '../manifest/beside';
import { reject } from '../manifest/reject';
import { Environment } from '../mesh/environment';
import { MeshNamespace, MeshNamespaceProps } from '../mesh/mesh-namespace';
import { checkWatches } from './check-watches';
import { alertGroup, meshAlertGroup } from './alerts/catalog';
import { dashboardFiles, dashboardsOf, meshFiles } from './dashboards/dashboard-files';
import { EmbeddedMetrics } from './embedded/embedded-metrics';
import { Known, Metrics } from './metrics-form';
import { objectiveGroups } from './objective-recordings';
import { dashboardConfig, gatewayMonitor, meshMonitors, namespaceMonitors, prometheusOf } from './operator/operator-metrics';
import { stackValues } from './operator/stack-values';
import { blackbox } from './probes/blackbox';
import { RuleGroup } from './rules';
import { proxyStatsMatcher } from './sidecar-metrics';
import { unguardedRoutes } from './unguarded';
import { WatchedNamespace } from './watched';

/** Properties of `ObservabilityStack`. */
export interface ObservabilityStackProps extends Pick<MeshNamespaceProps, 'name' | 'owner' | 'quota' | 'revision'> {
  /** Namespaces that it watches. */
  readonly watches: readonly [MeshNamespace, ...MeshNamespace[]];
  /** How metrics are collected. */
  readonly metrics: Metrics;
  /** Address of the folder of runbooks, a page an alert: `https://git.example.com/shops/runbooks`. @default - alerts name none */
  readonly runbooks?: string;
}

/**
 * Watches namespaces: what is asked of whom, by which rules, and who is told, all from the call graph. Declare it after what it watches; calls that are
 * declared later count all the same. Its id is that of its objects and of its own namespace.
 */
export class ObservabilityStack extends MeshNamespace {
  /** What collects metrics, where it is its own. */
  public readonly embedded?: EmbeddedMetrics;

  private readonly watched: readonly MeshNamespace[];
  private readonly runbooks?: string;
  private readonly known: Known;

  /** @throws ConfigurationError on a namespace of another environment, and on one that a stack of this id watches already */
  constructor(scope: Environment, id: string, props: ObservabilityStackProps) {
    const { watches, metrics: { form }, runbooks, ...namespace } = props;
    const { kind } = form;
    const name = props.name ?? (kind === 'operator' ? form.namespace ?? 'monitoring' : id);
    super(scope, id, { ...namespace, name }, kind === 'embedded');
    this.runbooks = checkedAddress(this, runbooks);
    this.known = props.metrics.known;
    checkWatched(this, watches);
    this.node.addValidation({ validate: () => [...unguardedRoutes(this)] });
    this.watched = kind === 'embedded' ? [...watches, this] : watches;
    this.environment.startProxiesWith({ proxyStatsMatcher });
    const prometheus = prometheusOf(this, kind === 'operator' ? form.prometheus : { app: 'prometheus' });
    for (const each of this.watched) this.environment.surroundings.scrape(each.name, prometheus);
    if (kind === 'embedded') {
      const scope = { namespace: this, watched: this.watched, dashboards: this.dashboards(), rules: () => this.rules() };
      this.embedded = new EmbeddedMetrics(scope, form);
      return;
    }
    const { labels = { release: 'prometheus' }, alerting } = form;
    if (alerting) stackValues(this, name, alerting);
    for (const each of watches) {
      const place = new BesideSystem(each, id);
      namespaceMonitors(place, id, labels, () => this.rulesOf(each));
      dashboardConfig(place, `${id}-dashboards`, () => this.dashboardsOf(each));
    }
    const mesh = new Construct(this, 'mesh');
    const jobs = [`${name}/${gatewayMonitor(id)}`, 'kube-state-metrics'];
    meshMonitors(mesh, id, labels, this.environment.facts, () => [meshAlertGroup(this.runbooks, jobs)]);
    dashboardConfig(mesh, `${id}-mesh-dashboards`, () => meshFiles(this));
  }

  /** Those of a kube-prometheus-stack are not ours to judge. @internal */
  public override get hasPods(): boolean {
    return this.embedded !== undefined;
  }

  /** Jobs of the embedded Prometheus that others depend on. */
  private get jobs(): readonly string[] {
    const kubelets = this.known.nodes ? ['cadvisor', 'kubelet'] : [];
    const others = [...(this.known.certificates ? ['cert-manager'] : []), ...(this.embedded?.blackbox ? [blackbox.job] : [])];
    return ['alertmanager', 'gateways', 'kube-state-metrics', ...kubelets, ...others];
  }

  /** Rules by the name of their file. */
  private rules(): Readonly<Record<string, readonly RuleGroup[]>> {
    return { mesh: [meshAlertGroup(this.runbooks, this.jobs)], ...Object.fromEntries(this.watched.map((each) => [each.name, this.rulesOf(each)])) };
  }

  /** Dashboards by the folder that they stand in. */
  private dashboards(): Readonly<Record<string, () => Readonly<Record<string, string>>>> {
    return { mesh: () => meshFiles(this), ...Object.fromEntries(this.watched.map((each) => [each.name, () => this.dashboardsOf(each)])) };
  }

  private dashboardsOf(namespace: MeshNamespace): Readonly<Record<string, string>> {
    return dashboardFiles(namespace, dashboardsOf(this.seen(namespace)));
  }

  /** What there is to watch; hosts of its own come after it, so that they are not asked. */
  private seen(namespace: MeshNamespace): WatchedNamespace {
    return new WatchedNamespace(namespace, { ...this.known, hosts: this.known.hosts && namespace !== this });
  }

  private rulesOf(namespace: MeshNamespace): readonly RuleGroup[] {
    const watched = this.seen(namespace);
    return [...objectiveGroups(watched), alertGroup(watched, this.runbooks)];
  }
}

function checkWatched(stack: ObservabilityStack, watches: readonly MeshNamespace[]): void {
  checkWatches(stack, stack.environment, watches);
  const taken = watches.find((each) => each.node.tryFindChild(stack.node.id));
  if (taken) {
    reject(stack, `a namespace has room for one of each name, got '${stack.node.id}' in ${taken.node.path} which has one; give the stack another id`);
  }
}

function checkedAddress(stack: ObservabilityStack, runbooks: string | undefined): string | undefined {
  if (runbooks === undefined || /^https?:\/\/[^\s/]+(\/\S*)?$/.test(runbooks)) return runbooks;
  return reject(stack, `runbooks must be an http address, got '${runbooks}'`);
}
