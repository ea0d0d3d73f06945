import { synthesize } from '../l2-classes';

/** `<JSON file> <outdir>`: the same manifests under the stock app, by the L2 classes of cdk8s-plus. */
function main([file, outdir]: readonly string[]): void {
  synthesize(file, outdir);
}

main(process.argv.slice(2));
