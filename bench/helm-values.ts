import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlainComponent } from './apps/objects';
import { write } from './inputs';
import { plan } from './plan';

/**
 * Writes a chart that ranges over the services of a plan. What follows from calls (who may connect, ask and be asked, and the routes) stands ready in its
 * values, as a person would have to write it there: Helm derives nothing.
 */
export function writeHelmChart(folder: string, count: number, manifests: string): void {
  cpSync(join(__dirname, 'helm'), folder, { recursive: true });
  const components: readonly PlainComponent[] = JSON.parse(readFileSync(manifests, 'utf8'));
  const specs = new Map(components.flatMap((component) => component.manifests.map((manifest) =>
    [keyOf(manifest.kind, String(manifest.metadata?.namespace), String(manifest.metadata?.name)), manifest.spec])));
  const services = plan(count);
  const values = {
    registry: 'registry.example/boutique',
    tag: 'v0.10.6',
    resources: { limits: { cpu: '200m', memory: '128Mi' }, requests: { cpu: '100m', memory: '64Mi' } },
    shops: [...new Set(services.map(({ shop }) => shop))],
    meshNeeds: pick(specs.get(keyOf('NetworkPolicy', services[0].shop, 'allow-mesh')), ['egress', 'ingress']),
    services: services.map(({ shop, name, port }) => {
      const spec = (kind: string): any => specs.get(keyOf(kind, shop, name)); // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever the kind has
      return {
        name, shop, port: port?.number, protocol: port?.protocol, env: spec('Deployment').template.spec.containers[0].env,
        ...pick(spec('NetworkPolicy'), ['egress', 'ingress']), hosts: spec('Sidecar').egress[0].hosts,
        rules: spec('AuthorizationPolicy')?.rules, http: spec('VirtualService')?.http,
      };
    }),
  };
  write(join(folder, 'values.yaml'), JSON.stringify(values)); // JSON is YAML
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

function pick(from: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
}
