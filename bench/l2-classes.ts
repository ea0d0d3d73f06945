import { readFileSync } from 'node:fs';
import { ApiObject, type ApiObjectMetadata, type ApiObjectProps, App, Chart, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { at, listAt, textAt, textsAt } from '../src/graph/json';
import type { PlainComponent } from './plain-component';

/** What is read of a manifest: L2 classes take values, not manifests. */
interface Wanted extends ApiObjectProps {
  readonly metadata: ApiObjectMetadata & { readonly name: string };
  readonly spec?: unknown;
}

/**
 * The manifests of a JSON file under the stock app, by the L2 classes of cdk8s-plus where it has the kind, a chart a service.
 *
 * L2 classes write defaults of their own and lack fields that the manifests have (`appProtocol`, spread by `matchLabelKeys`): one patch an object sets its
 * spec right, so that the same objects come out but for `preStop: sleep`, which Kubernetes 1.28 does not know.
 * @param outdir as an app takes it: by default where `cdk8s synth` wants it
 */
export function synthesize(file: string, outdir?: string): void {
  const app = new App({ outdir });
  const components: readonly PlainComponent[] = JSON.parse(readFileSync(file, 'utf8'));
  for (const { chart: id, manifests } of components) {
    const chart = new Chart(app, id, { disableResourceNameHashes: true });
    const wanted = manifests as readonly Wanted[];
    const account = wanted.find(({ kind }) => kind === 'ServiceAccount');
    const serviceAccount = account && new kplus.ServiceAccount(chart, account.kind, { metadata: account.metadata, automountToken: false });
    const runs = wanted.find(({ kind }) => kind === 'Deployment');
    const deployment = runs && deploymentOf(chart, runs, serviceAccount);
    for (const manifest of wanted) {
      if (manifest !== account && manifest !== runs) rest(chart, manifest, deployment);
    }
  }
  app.synth();
}

function deploymentOf(chart: Chart, { kind, metadata, spec }: Wanted, serviceAccount?: kplus.IServiceAccount): kplus.Deployment {
  const [container] = listAt(spec, 'template.spec.containers');
  const [port] = listAt(container, 'ports').map((each) => Number(at(each, 'containerPort')));
  const probe = port === undefined ? undefined : kplus.Probe.fromTcpSocket({ port });
  const deployment = new kplus.Deployment(chart, kind, {
    metadata,
    serviceAccount,
    podMetadata: { labels: Object.fromEntries(textsAt(spec, 'template.metadata.labels')) },
    securityContext: { ensureNonRoot: true, user: 1000, group: 1000, fsGroup: 1000 },
    containers: [{
      name: textAt(container, 'name'),
      image: textAt(container, 'image')!,
      ports: port === undefined ? undefined : [{ number: port }],
      envVariables: Object.fromEntries(listAt(container, 'env').map((each) => [textAt(each, 'name'), kplus.EnvValue.fromValue(textAt(each, 'value')!)])),
      resources: {
        cpu: { request: kplus.Cpu.millis(100), limit: kplus.Cpu.millis(200) },
        memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
      },
      readiness: probe,
      liveness: probe,
      securityContext: { ensureNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    }],
    terminationGracePeriod: Duration.seconds(10),
  });
  return corrected(deployment, spec);
}

function rest(chart: Chart, manifest: Wanted, deployment?: kplus.Deployment): void {
  const { kind, metadata, spec } = manifest;
  if (kind === 'Service') {
    const ports = listAt(spec, 'ports').map((each) => ({ port: Number(at(each, 'port')), name: textAt(each, 'name') }));
    corrected(new kplus.Service(chart, kind, { metadata, ports, selector: deployment }), spec);
  } else if (kind === 'HorizontalPodAutoscaler' && deployment) {
    const [container] = deployment.containers;
    const metrics = [kplus.Metric.containerCpu({ container, target: kplus.MetricTarget.averageUtilization(70) })];
    corrected(new kplus.HorizontalPodAutoscaler(chart, kind, { metadata, target: deployment, minReplicas: 2, maxReplicas: 5, metrics }), spec);
  } else if (kind === 'NetworkPolicy' && deployment) {
    corrected(new kplus.NetworkPolicy(chart, kind, { metadata, selector: deployment }), spec);
  } else {
    new ApiObject(chart, `${kind}-${metadata.name}`, manifest);
  }
}

function corrected<T extends kplus.Resource>(resource: T, spec: unknown): T {
  ApiObject.of(resource).addJsonPatch(JsonPatch.replace('/spec', ApiObject.of(resource).kind === 'Service' ? spec : typed(spec)));
  return resource;
}

/** L1 classes, which L2 classes render by, take quantities and what is a number or a text as objects with a value. */
function typed(value: unknown, key = '', holder = ''): unknown {
  if (key === 'maxUnavailable' || ['limits', 'requests', 'tcpSocket'].includes(holder) || (key === 'port' && holder === 'ports')) return { value };
  if (Array.isArray(value)) return value.map((each) => typed(each, key, holder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, typed(each, name, key)]));
}
