import { IngressGateway } from '../mesh/ingress-gateway';
import { MeshNamespace } from '../mesh/mesh-namespace';
import { isIngress } from './probes/hosts';

/** Routes by which anybody outside could look at what a stack knows: its programs ask nobody who he is. */
export function unguardedRoutes({ name, environment }: MeshNamespace): readonly string[] {
  const { graph } = environment;
  const ingresses = environment.node.findAll().filter(isIngress);
  return graph.calleesIn(name).flatMap((callee) => graph.to(callee)).flatMap(({ caller, callee, exposure }) => {
    const ingress = ingresses.find(({ party }) => party === caller);
    if (!ingress) return [];
    const open = (exposure?.hosts ?? ingress.hosts).filter((host) => !(ingress instanceof IngressGateway && ingress.isGuarded(host)));
    return open.map((host) => `${callee.name} asks nobody who he is, got a route from ${host} of ${caller.path}, which has no login; ` +
      'put an OidcLogin before that host, or leave the route out and look by kubectl port-forward');
  });
}
