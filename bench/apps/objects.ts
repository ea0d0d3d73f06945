import { readFileSync } from 'node:fs';
import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { PlainComponent } from '../plain-component';
import { newApp } from './engine';

/** `<engine> <JSON file> <outdir>`: ready manifests as ApiObjects, a chart a service; no construct of ours but the app. */
function main([engine, file, outdir]: readonly string[]): void {
  const app = newApp(engine, outdir);
  const charts = new Map<string, Chart>();
  const components: readonly PlainComponent[] = JSON.parse(readFileSync(file, 'utf8'));
  for (const { chart: id, component, manifests } of components) {
    const chart = charts.get(id) ?? new Chart(app, id, { disableResourceNameHashes: true });
    charts.set(id, chart);
    const scope = new Construct(chart, component);
    for (const manifest of manifests) new ApiObject(scope, `${manifest.kind}-${manifest.metadata?.name}`, manifest);
  }
  app.synth();
}

main(process.argv.slice(2));
