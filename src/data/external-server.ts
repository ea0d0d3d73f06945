import { Construct } from 'constructs';
import { Port } from '../graph/port';
import { reject } from '../manifest/reject';
import { ExternalService } from '../mesh/external-service';

/** Properties of a server outside of the cluster that keeps data. */
export interface ExternalServerProps {
  /** Its host, for example `orders.db.example.com`. */
  readonly host: string;
  /** Its address ranges: by them the mesh tells it from other servers of the same port. */
  readonly cidrs: readonly [string, ...string[]];
  /** Its port, 1-65535. @default - the engine's own */
  readonly port?: number;
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Whether callers may do without TLS, since the network between is trusted: why. @default - they may not */
  readonly plaintext?: { readonly because: string };
}

/** How the mesh knows such a server: by its addresses. @param usual the engine's own port, and what it is called */
export function externalServer(
  scope: Construct, id: string, props: ExternalServerProps, usual: { readonly port: number; readonly name: string },
): ExternalService {
  const { host, cidrs, owner, plaintext, port = usual.port } = props;
  const service = new ExternalService(scope, id, { host, cidrs, owner, port: Port.tcp(port, { name: usual.name }) });
  if ((cidrs ?? []).length === 0) reject(service, 'cidrs must be at least one, got none; the mesh tells servers of one port apart by their addresses');
  if (plaintext && !/\S/.test(plaintext.because)) reject(service, `plaintext must say why, got ${JSON.stringify(plaintext.because)}`);
  return service;
}
