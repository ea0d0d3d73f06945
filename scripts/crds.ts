import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';

/** CustomResourceDefinitions of one project at one version. */
export interface CrdSource {
  /** File in a mirror folder. */
  readonly file: string;
  /** The project's own file at that version. */
  readonly address: string;
  /** API groups to take. */
  readonly groups: readonly string[];
  /** Kinds to take. @default - all of the groups */
  readonly kinds?: readonly string[];
  /** Properties to leave out, wherever they stand: long ones that nothing here uses. @default - none */
  readonly without?: readonly string[];
}

export const ISTIO: CrdSource = {
  file: 'istio-1.31.0.yaml',
  address: 'https://raw.githubusercontent.com/istio/istio/1.31.0/manifests/charts/base/files/crd-all.gen.yaml',
  groups: ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io'],
};

export const ARGO_ROLLOUTS: CrdSource = {
  file: 'argo-rollouts-1.9.1.yaml',
  address: 'https://raw.githubusercontent.com/argoproj/argo-rollouts/v1.9.1/manifests/install.yaml',
  groups: ['argoproj.io'],
};

export const ARGO_CD: CrdSource = {
  file: 'argo-cd-3.5.1.yaml',
  address: 'https://raw.githubusercontent.com/argoproj/argo-cd/v3.5.1/manifests/install.yaml',
  groups: ['argoproj.io'],
  kinds: ['AppProject', 'Application'], // an ApplicationSet is ten times as long as both
};

export const GATEKEEPER: CrdSource = {
  file: 'gatekeeper-3.23.0.yaml',
  address: 'https://raw.githubusercontent.com/open-policy-agent/gatekeeper/v3.23.0/deploy/gatekeeper.yaml',
  groups: ['templates.gatekeeper.sh'],
  kinds: ['ConstraintTemplate'],
};

export const CERT_MANAGER: CrdSource = {
  file: 'cert-manager-1.21.1.yaml',
  address: 'https://github.com/cert-manager/cert-manager/releases/download/v1.21.1/cert-manager.crds.yaml',
  groups: ['cert-manager.io'],
  kinds: ['Certificate', 'Issuer'],
  without: ['http01', 'vault', 'venafi', 'status'], // a pod template each, and issuers that are the platform's
};

export const EXTERNAL_SECRETS: CrdSource = {
  file: 'external-secrets-2.9.0.yaml',
  address: 'https://raw.githubusercontent.com/external-secrets/external-secrets/v2.9.0/deploy/crds/bundle.yaml',
  groups: ['external-secrets.io'],
  kinds: ['ExternalSecret'],
  without: ['status'],
};

export const PROMETHEUS_OPERATOR: CrdSource = {
  file: 'prometheus-operator-0.93.0.yaml',
  address: 'https://github.com/prometheus-operator/prometheus-operator/releases/download/v0.93.0/bundle.yaml',
  groups: ['monitoring.coreos.com'],
  kinds: ['PodMonitor', 'PrometheusRule', 'ServiceMonitor'],
  without: ['status', 'oauth2', 'basicAuth', 'tlsConfig', 'bearerTokenSecret', 'authorization'], // who scrapes is in the mesh's namespaces
};

/** A definition, as much of it as is asked here. */
export interface Crd {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly group: string; readonly names: { readonly kind: string }; versions: { readonly name: string }[] };
}

/** Neither the mirror nor the official address has the file. */
export class CrdsUnavailable extends Error {}

/** The file as published: from the folder `CRD_MIRROR` (`../shared/crds` where that exists), else from its address. */
export async function readCrds({ file, address }: CrdSource): Promise<string> {
  const mirrored = join(process.env.CRD_MIRROR ?? '../shared/crds', file);
  if (existsSync(mirrored)) return readFileSync(mirrored, 'utf8');
  if (process.env.CRD_MIRROR) throw new CrdsUnavailable(`${mirrored} does not exist; unset CRD_MIRROR to read ${address}`);

  const response = await fetch(address, { signal: AbortSignal.timeout(30_000) }).catch((error: Error) => {
    throw new CrdsUnavailable(`${address} does not answer (${error.message}); name a folder that has ${file} in CRD_MIRROR`);
  });
  if (!response.ok) throw new CrdsUnavailable(`${address} answers ${response.status}; name a folder that has ${file} in CRD_MIRROR`);
  return response.text();
}

/** The definitions that are taken of a file, sorted by kind. */
export function definitionsIn(published: string, { groups, kinds }: CrdSource): readonly Crd[] {
  // some publish one definition after the other, with nothing between
  return parseAllDocuments(published.replace(/(?<!---\s*)^(?=apiVersion: apiextensions)/gm, '---\n'))
    .flatMap((document): Crd[] => document.toJS() ?? [])
    .filter(({ kind, spec }) => kind === 'CustomResourceDefinition' && groups.includes(spec.group) && (kinds?.includes(spec.names.kind) ?? true))
    .sort((a, b) => a.spec.names.kind < b.spec.names.kind ? -1 : 1);
}

/** The same with `v1` alone where there is a `v1`, and without descriptions. */
export function leanCrds(published: string, source: CrdSource): string {
  const crds = definitionsIn(published, source);
  for (const { spec } of crds) {
    const stable = spec.versions.filter(({ name }) => name === 'v1');
    if (stable.length > 0) spec.versions = stable;
  }
  // A property that is called `description` is an object, so it stays.
  const isLeft = (key: string, value: unknown): boolean => (key === 'description' && typeof value === 'string') || (source.without?.includes(key) ?? false);
  const lean = (crd: Crd): unknown => JSON.parse(JSON.stringify(crd, (key, value: unknown) => (isLeft(key, value) ? undefined : value)));
  return crds.map((crd) => stringify(lean(crd), { aliasDuplicateObjects: false })).join('---\n');
}
