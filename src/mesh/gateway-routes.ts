import { CallGraph } from '../graph/call-graph';
import { Edge } from '../graph/edge';
import { CorsPolicy, Exposure } from '../graph/exposure';
import { Caller } from '../graph/party';
import { Callable, OperationInboundOptions, PortInboundOptions } from './callable';
import { GatewayHosts } from './gateway-hosts';

/** Options of a callee that is opened to the outside: one with operations wants to know which. */
export type OpenOptions<Op extends string> = {
  /** What browsers let pages of other origins do; a preflight request is answered by the gateway. @default - nothing */
  readonly cors?: CorsPolicy;
} & ([Op] extends [never] ? PortInboundOptions : OperationInboundOptions<Op>);

/** Options of `IngressGateway.routes`. */
export type GatewayRouteOptions<Op extends string> = GatewayHosts & OpenOptions<Op> & {
  /** What stands outside before the service's own paths, and is taken off on the way in: `/services/invoice`. @default - nothing */
  readonly pathPrefix?: string;
};

/** What opens services to the outside, whoever serves it: an `IngressGateway` or a `NginxIngress`. */
export interface IngressRoutes {
  /** Opens operations of a service. */
  routes<Op extends string = never>(callee: Callable<Op>, options: GatewayHosts & OpenOptions<NoInfer<Op>>): void;
}

/** Declares that requests for some hosts lead to a callee. */
export function open<Op extends string>(
  graph: CallGraph, gateway: Caller, callee: Callable<Op>, options: OpenOptions<NoInfer<Op>>, place: Omit<Exposure, 'cors'>,
): void {
  graph.addEdge(inboundEdge(gateway, callee, options, place));
}

/** What a gateway asks of a callee, for whom. */
export function inboundEdge<Op extends string>(
  gateway: Caller, callee: Callable<Op>, options: OpenOptions<NoInfer<Op>>, place: Omit<Exposure, 'cors'>,
): Edge {
  // both forms of the options, since here it is not known which it is
  const given: { readonly cors?: CorsPolicy } & Partial<OperationInboundOptions<string>> & PortInboundOptions = options;
  const { operations, port, timeout, retries, headers, slo, trafficPolicy, standbyTrafficPolicy, cors } = given;
  return {
    caller: gateway,
    callee: callee.party,
    operations: [...new Set(operations)].sort(),
    port,
    background: false,
    sequential: false,
    timeout,
    retries,
    headers,
    slo,
    trafficPolicy,
    standbyTrafficPolicy,
    exposure: { ...place, hosts: [...place.hosts].sort(), cors },
  };
}
