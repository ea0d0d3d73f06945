import { Construct } from 'constructs';
import type { VirtualServiceProps } from '../../../imports/networking.istio.io';
import { Calls } from '../../graph/calls';
import { Callee } from '../../graph/party';
import { kinds } from '../../manifest/kinds';
import { Manifest } from '../../manifest/manifest';
import { exportTo } from '../export-to';

/** Leads connections whose requests the mesh does not see to an egress gateway: TLS by the server's name, TCP by its address. */
export function connectionsThrough(scope: Construct, graph: Calls, callee: Callee): Manifest<VirtualServiceProps> {
  const { host, name, ports: [{ number: port, protocol }], through } = callee;
  return new Manifest(scope, 'VirtualService', kinds.VirtualService, { name }, () => {
    const route = [{ destination: { host: through!.gateway.host, port: { number: through!.port.number } } }];
    const connections = protocol === 'tls' ? { tls: [{ match: [{ port, sniHosts: [host] }], route }] } : { tcp: [{ match: [{ port }], route }] };
    return { spec: { exportTo: exportTo(graph, callee, (caller) => caller !== through!.gateway), hosts: [host], ...connections } };
  });
}
