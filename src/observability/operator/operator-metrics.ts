import { Construct } from 'constructs';
import type { PodMonitorSpecPodMetricsEndpoints, PrometheusRuleProps } from '../../../imports/monitoring.coreos.com';
import { EnvironmentFacts } from '../../graph/environment-facts';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { Scalar } from '../../manifest/typed-kind';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { RuleGroup } from '../rules';
import { declaredPort, istiodMetrics, mergedMetrics } from '../sidecar-metrics';

/** Labels by which a Prometheus selects what it is told. */
type Labels = Readonly<Record<string, string>>;

/** Tells a Prometheus Operator to ask the pods of a namespace, and by which rules. */
export function namespaceMonitors(component: Construct, name: string, labels: Labels, groups: () => readonly RuleGroup[]): void {
  new Manifest(component, 'PodMonitor', kinds.PodMonitor, { name: `${name}-sidecars`, labels: { ...labels } }, () => ({
    spec: { podMetricsEndpoints: [sidecarEndpoint()], selector: {} },
  }));
  prometheusRule(component, name, labels, groups);
}

/** The same for the mesh itself: istiod and the gateway, whose namespace is not ours. */
export function meshMonitors(component: Construct, id: string, labels: Labels, facts: EnvironmentFacts, groups: () => readonly RuleGroup[]): void {
  const { gateway, istiod } = facts;
  new Manifest(component, 'PodMonitor', kinds.PodMonitor, { name: gatewayMonitor(id), labels: { ...labels } }, () => ({
    spec: {
      namespaceSelector: { matchNames: [gateway.namespace] },
      podMetricsEndpoints: [sidecarEndpoint()],
      selector: { matchLabels: { ...gateway.podLabels } },
    },
  }));
  new Manifest(component, 'ServiceMonitor', kinds.ServiceMonitor, { name: `${id}-istiod`, labels: { ...labels } }, () => ({
    spec: {
      endpoints: [{ port: istiodMetrics.name }],
      jobLabel: 'app', // a Service of a revision is called otherwise
      namespaceSelector: { matchNames: [istiod.namespace] },
      selector: { matchLabels: { ...istiod.podLabels } },
    },
  }));
  prometheusRule(component, `${id}-mesh`, labels, groups);
}

/** Name of the PodMonitor of the gateway; Prometheus' job is `<namespace>/<name>`. */
export function gatewayMonitor(id: string): string {
  return `${id}-istio-gateway`;
}

/** Pods are found by the port that the injector declares, each once, and asked at that where everything is merged. */
function sidecarEndpoint(): PodMonitorSpecPodMetricsEndpoints {
  return {
    path: mergedMetrics.path,
    port: declaredPort.name,
    relabelings: [
      { sourceLabels: ['__address__'], regex: `(.+):${declaredPort.number}`, replacement: `$1:${mergedMetrics.port}`, targetLabel: '__address__' },
    ],
  };
}

function prometheusRule(component: Construct, name: string, labels: Labels, groups: () => readonly RuleGroup[]): Manifest<PrometheusRuleProps> {
  return new Manifest(component, 'PrometheusRule', kinds.PrometheusRule, { name, labels: { ...labels } }, () => ({
    spec: {
      groups: groups().map(({ rules, ...group }) => ({
        ...group,
        rules: rules.map(({ expr, ...rule }) => ({ ...rule, expr: new Scalar(expr) })),
      })),
    },
  }));
}

/** Dashboards as the sidecar of kube-prometheus-stack's Grafana finds them: by a label, in all namespaces. Source: its chart, `sidecar.dashboards`. */
export function dashboardConfig(component: Construct, name: string, files: () => Readonly<Record<string, string>>): void {
  new Manifest(component, 'Dashboards', kinds.ConfigMap, { name, labels: { grafana_dashboard: '1' } }, () => ({ data: { ...files() } }));
}

/** Pods of a namespace's own Prometheus. */
export function prometheusOf({ name }: Pick<MeshNamespace, 'name'>, podLabels: Labels = { 'app.kubernetes.io/name': 'prometheus' }) {
  return { namespace: name, podLabels };
}
