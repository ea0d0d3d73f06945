import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateSecret } from './certificate';
import type { Cluster } from './cluster';
import type { KubeObject } from './control/kube-client';
import { plainProgram } from './manifests';

/** Port that it listens on. */
export const TLS_PORT = 8443;
const text = (data: string): string => Buffer.from(data, 'base64').toString();

/** A server with a certificate of one host, as a pod that has never heard of the mesh; other hosts lead to it too. */
export class TlsServer {
  private readonly folder = mkdtempSync(join(tmpdir(), 'meshmart-authorities-'));
  /** File with who signed its certificate: itself. */
  public readonly authorities = join(this.folder, 'ca.pem');

  constructor(
    private readonly cluster: Cluster, private readonly namespace: string, private readonly host: string, private readonly others: readonly string[] = [],
  ) {}

  /** Starts it, and tells the cluster's DNS of its hosts. */
  public async start(): Promise<void> {
    const { data } = certificateSecret(this.namespace, 'bank', this.host);
    writeFileSync(this.authorities, text(data['tls.crt']), { mode: 0o644 });
    chmodSync(this.folder, 0o755); // proxies have a user of their own
    await this.cluster.apply(this.objects(text(data['tls.crt']), text(data['tls.key'])));
    const [{ status }] = await this.cluster.pods('bank');
    for (const host of [this.host, ...this.others]) await this.cluster.nameOutside(host, status!.podIP!);
  }

  /** Ends it, and what it brought. */
  public async stop(): Promise<void> {
    for (const host of [this.host, ...this.others]) await this.cluster.nameOutside(host);
    await this.cluster.clear(this.namespace);
    rmSync(this.folder, { recursive: true });
  }

  private objects(certificate: string, key: string): KubeObject[] {
    const source = readFileSync(join(__dirname, 'fixtures', 'tls-server.mjs'), 'utf8');
    const files = { 'server.mjs': source, 'tls.crt': certificate, 'tls.key': key };
    const program = plainProgram(this.namespace, 'bank', TLS_PORT);
    const [container] = program.spec.template.spec.containers;
    Object.assign(container, {
      image: 'docker.io/library/node:24',
      args: ['/files/server.mjs'],
      env: [{ name: 'PORT', value: String(TLS_PORT) }, { name: 'CERTIFICATES', value: '/files/' }, { name: 'MY_POD_NAME', value: 'bank' }],
      volumeMounts: [{ name: 'files', mountPath: '/files' }],
    });
    Object.assign(program.spec.template.spec, { volumes: [{ name: 'files', configMap: { name: 'files' } }] });
    return [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.namespace } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'files', namespace: this.namespace }, data: files } as KubeObject,
      program,
    ];
  }
}
