import { Construct } from 'constructs';
import type { VirtualServiceProps } from '../../imports/networking.istio.io';
import { delegateProblem } from '../graph/delegation';
import { Exposure, exposureProblem, pathsOutside } from '../graph/exposure';
import { Caller } from '../graph/party';
import { gatewayRoutes } from '../graph/routes';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { checkName, uniqueId } from '../manifest/names';
import { declareOwner } from '../manifest/owner';
import { reject } from '../manifest/reject';
import { Callable } from './callable';
import { checkHosts } from './gateway-hosts';
import { OpenOptions, open } from './gateway-routes';
import { httpRoute } from './http-routes';
import { MeshNamespace } from './mesh-namespace';

/** Properties of `GatewayDelegate`. */
export interface GatewayDelegateProps {
  /** Who owns it: `@user`, `@organization/team` or an e-mail address. @default - who owns the namespace */
  readonly owner?: string;
  /** Host that requests ask for: it belongs to the other repository's gateway. */
  readonly host: string;
  /** What is delegated: all below this path, for example `/services/invoice`. */
  readonly pathPrefix: string;
  /** Namespace of the other repository's `IngressGateway`, which delegates here. */
  readonly gatewayNamespace: string;
}

/** Routes below one path of a host that another repository's gateway serves: its half is `IngressGateway.delegates`. Its id is the object's name. */
export class GatewayDelegate extends Construct {
  /** What it is in the call graph. */
  public readonly party: Caller;
  /** Its routes. */
  public readonly virtualService: Manifest<VirtualServiceProps>;

  private readonly namespace: MeshNamespace;
  private readonly place: Pick<Exposure, 'hosts' | 'pathPrefix' | 'delegated'>;

  constructor(scope: Construct, id: string, { host, pathPrefix, gatewayNamespace, owner }: GatewayDelegateProps) {
    super(scope, uniqueId(scope, id));
    declareOwner(this, owner);
    checkName(this, 'name', id);
    checkName(this, 'gatewayNamespace', gatewayNamespace);
    checkHosts(this, [host]);
    this.place = { hosts: [host], pathPrefix, delegated: true };
    const problem = exposureProblem(this.place);
    if (problem !== undefined) reject(this, problem);
    this.namespace = MeshNamespace.of(this);
    const { environment: { facts, graph }, name } = this.namespace;
    this.party = { path: this.node.path, name: id, environment: facts, operations: {}, gateway: true, ...facts.gateway };
    this.virtualService = new Manifest(this, 'Resource', kinds.VirtualService, { name: id }, () => ({
      spec: { exportTo: [gatewayNamespace], http: gatewayRoutes(graph, graph.from(this.party), []).map((route) => httpRoute(route, name)) },
    }));
    this.node.addValidation({ validate: () => this.problems() });
  }

  /** Opens operations of a service below the prefix. */
  public routes<Op extends string = never>(callee: Callable<Op>, options: OpenOptions<NoInfer<Op>>): void {
    open(this.namespace.environment.graph, this.party, callee, options, this.place);
  }

  private problems(): string[] {
    const edges = this.namespace.environment.graph.from(this.party);
    if (edges.length === 0) return ['delegate leads nowhere, got no route; route something or remove it'];
    const paths = edges.flatMap(pathsOutside);
    const controlled = edges.filter(({ callee }) => callee.releases(this.party).some(({ delegated }) => delegated)).map(({ callee }) =>
      `a delegate cannot delegate again, got ${callee.name}, which a controller releases; route it where the gateway is`);
    return [...controlled, ...paths.flatMap((path) => delegateProblem(path) ?? [])];
  }
}
