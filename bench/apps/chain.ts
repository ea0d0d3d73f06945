import { ApiObject, Chart } from 'cdk8s';
import { newApp } from './engine';

const OBJECTS = 13; // as many as a service has with its monitors

/** `<engine> <charts> <chained | free> <outdir>`: charts of ConfigMaps, each depending on the one before it or on none. */
function main([engine, count, order, outdir]: readonly string[]): void {
  const app = newApp(engine, outdir);
  let before: Chart | undefined;
  for (let number = 0; number < Number(count); number++) {
    const chart = new Chart(app, `chart-${number}`, { disableResourceNameHashes: true });
    for (let index = 0; index < OBJECTS; index++) {
      new ApiObject(chart, `object-${index}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `object-${number}-${index}` }, data: { key: 'value' } });
    }
    if (before && order === 'chained') chart.addDependency(before);
    before = chart;
  }
  app.synth();
}

main(process.argv.slice(2));
