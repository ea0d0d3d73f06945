import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from './control/kube-client';

/** A TLS Secret. */
export interface CertificateSecret extends KubeObject {
  readonly type: string;
  readonly data: Readonly<Record<'tls.crt' | 'tls.key', string>>;
}

/** A Secret with a certificate of a host that nobody else vouches for. */
export function certificateSecret(namespace: string, name: string, host: string): CertificateSecret {
  const folder = mkdtempSync(join(tmpdir(), 'meshmart-certificate-'));
  try {
    const [key, certificate] = ['tls.key', 'tls.crt'].map((file) => join(folder, file));
    const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
    const data = { 'tls.crt': readFileSync(certificate, 'base64'), 'tls.key': readFileSync(key, 'base64') };
    return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, type: 'kubernetes.io/tls', data };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What cert-manager would make of all Certificates among objects. */
export function certificatesOf(objects: readonly KubeObject[]): CertificateSecret[] {
  return objects.filter(isCertificate).map(({ metadata, spec }) => certificateSecret(metadata.namespace!, spec.secretName, spec.dnsNames[0]));
}

interface Certificate extends KubeObject { readonly spec: { readonly secretName: string; readonly dnsNames: readonly string[] } }

function isCertificate(object: KubeObject): object is Certificate {
  return object.kind === 'Certificate';
}
