import { Construct } from 'constructs';
import { ChartValues } from '../../manifest/chart-values';
import { alertmanagerConfig, receiversOf } from '../routing/alertmanager-config';
import { Alerting, checkAlerting } from '../routing/receiver';

/** Where the operator puts Secrets that Alertmanager names. Source: Prometheus Operator, `Alertmanager.spec.secrets`. */
const secretFolder = '/etc/alertmanager/secrets';
/** Alerts of the chart that say that alerts work, and that others are of no interest. Source: kube-prometheus-stack, its default rules. */
const unheard = ['InfoInhibitor', 'Watchdog'];

/** Tells the Alertmanager of a kube-prometheus-stack whom to tell. @throws ConfigurationError on receivers that cannot be told anything */
export function stackValues(scope: Construct, namespace: string, alerting: Alerting): ChartValues {
  checkAlerting(scope, alerting);
  const secrets = [...new Set(receiversOf(alerting).map(({ secret: { secret } }) => secret.name))].sort();
  return new ChartValues(scope, 'values', {
    chart: 'kube-prometheus-stack',
    heading: [
      `Who is told of alerts: values of the Helm chart kube-prometheus-stack, for who installs it in the namespace ${namespace}.`,
      'Helm replaces lists as a whole: add routes, receivers and inhibit_rules of others by hand.',
    ],
    values: () => ({ alertmanager: { alertmanagerSpec: { secrets }, config: alertmanagerConfig(alerting, { secretFolder, unheard }) } }),
  });
}
