import { build } from '../../src/app/build';
import { newApp } from './engine';

/** `<engine> <outdir>`: all that this repository deploys. */
function main([engine, outdir]: readonly string[]): void {
  const app = newApp(engine, outdir);
  build(app);
  app.synth();
}

main(process.argv.slice(2));
