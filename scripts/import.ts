import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARGO_CD, CERT_MANAGER, CrdsUnavailable, EXTERNAL_SECRETS, GATEKEEPER, ISTIO, PROMETHEUS_OPERATOR, leanCrds, readCrds } from './crds';
import { jsonNames } from './json-names';

/** Remakes the CRD types in the folder given as first argument (default `imports`). Ends with 3 where no CRDs are found. */
async function main(output = 'imports'): Promise<void> {
  const sources = [ISTIO, ARGO_CD, CERT_MANAGER, EXTERNAL_SECRETS, GATEKEEPER, PROMETHEUS_OPERATOR];
  const crds = (await Promise.all(sources.map(async (source) => leanCrds(await readCrds(source), source)))).join('---\n');
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-crds-'));
  const file = join(folder, 'crds.yaml');
  try {
    writeFileSync(file, crds);
    const options = ['--check-upgrade=false', '--save=false', '--language=typescript', `--output=${output}`];
    execFileSync('node_modules/.bin/cdk8s', ['import', ...options, file], { stdio: 'inherit' });
    writeFileSync(join(output, 'json-names.ts'), jsonNames(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof CrdsUnavailable ? error.message : error);
  process.exitCode = error instanceof CrdsUnavailable ? 3 : 1;
});
