import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, listAt } from '../src/graph/json';
import { write } from './inputs';
import { plan } from './plan';
import type { PlainComponent } from './plain-component';

/** What the templates read. */
interface Values {
  /** The same for every service. */
  readonly common: object;
  /** Namespaces. */
  readonly shops: readonly string[];
  readonly services: readonly { readonly shop: string; readonly name: string }[];
}

/** Writes a chart that ranges over the services of a plan. */
export function writeHelmChart(folder: string, count: number, manifests: string): void {
  const { common, shops, services } = valuesOf(count, manifests);
  writeChart(folder, { ...common, shops, services });
}

/** Writes the same chart, and the values of each service in a file of its own; those of the first service of a shop have its namespace. */
export function writeReleases(folder: string, count: number, manifests: string): void {
  const { common, shops, services } = valuesOf(count, manifests);
  writeChart(join(folder, 'chart'), common);
  const first = new Set(shops.map((shop) => services.find((service) => service.shop === shop)));
  for (const service of services) {
    const values = { shops: first.has(service) ? [service.shop] : [], services: [service] };
    write(join(folder, 'services', `${service.shop}-${service.name}.yaml`), JSON.stringify(values));
  }
}

function writeChart(folder: string, values: object): void {
  cpSync(join(__dirname, 'helm'), folder, { recursive: true });
  write(join(folder, 'values.yaml'), JSON.stringify(values)); // JSON is YAML
}

/** What follows from calls (who may connect, ask and be asked, and the routes) stands ready, as a person would have to write it: Helm derives nothing. */
function valuesOf(count: number, manifests: string): Values {
  const components: readonly PlainComponent[] = JSON.parse(readFileSync(manifests, 'utf8'));
  const specs = new Map(components.flatMap((component) => component.manifests.map((manifest) =>
    [keyOf(manifest.kind, String(manifest.metadata?.namespace), String(manifest.metadata?.name)), manifest.spec])));
  const planned = plan(count);
  const mesh = specs.get(keyOf('NetworkPolicy', planned[0].shop, 'allow-mesh'));
  return {
    common: {
      registry: 'registry.example/boutique',
      tag: 'v0.10.6',
      resources: { limits: { cpu: '200m', memory: '128Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
      meshNeeds: { egress: at(mesh, 'egress'), ingress: at(mesh, 'ingress') },
    },
    shops: [...new Set(planned.map(({ shop }) => shop))],
    services: planned.map(({ shop, name, port }) => {
      const spec = (kind: string): unknown => specs.get(keyOf(kind, shop, name));
      return {
        name, shop, port: port?.number, protocol: port?.protocol,
        env: at(listAt(spec('Deployment'), 'template.spec.containers')[0], 'env'),
        egress: at(spec('NetworkPolicy'), 'egress'), ingress: at(spec('NetworkPolicy'), 'ingress'),
        hosts: at(listAt(spec('Sidecar'), 'egress')[0], 'hosts'),
        rules: at(spec('AuthorizationPolicy'), 'rules'), http: at(spec('VirtualService'), 'http'),
      };
    }),
  };
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
