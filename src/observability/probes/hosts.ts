import { IConstruct } from 'constructs';
import { IngressGateway } from '../../mesh/ingress-gateway';
import { MeshNamespace } from '../../mesh/mesh-namespace';
import { NginxIngress } from '../../mesh/nginx-ingress/nginx-ingress';

/** A host that a system is reached by from outside. */
export interface ProbedHost {
  /** Its name. */
  readonly host: string;
  /** Whether it is served by TLS. */
  readonly tls: boolean;
  /** Namespace of the system. */
  readonly namespace: string;
}

/** Hosts of the gateways of namespaces, in the order of their names; those of `*` have no name to ask. */
export function hostsOf(namespaces: readonly MeshNamespace[]): readonly ProbedHost[] {
  return namespaces.flatMap((namespace) => namespace.node.findAll().filter(isIngress).flatMap(({ hosts, credentialName }) =>
    hosts.filter((host) => !host.includes('*')).map((host) => ({ host, tls: credentialName !== undefined, namespace: namespace.name }))))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

/** What is asked of it. */
export function addressOf({ host, tls }: ProbedHost): string {
  return `${tls ? 'https' : 'http'}://${host}/`;
}

/** Whether a construct leads from outside to services. */
export function isIngress(construct: IConstruct): construct is IngressGateway | NginxIngress {
  return construct instanceof IngressGateway || construct instanceof NginxIngress;
}
