import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { VirtualServiceProps } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { laneCarriers } from '../graph/lanes';
import { Callee } from '../graph/party';
import { meshRoutes } from '../graph/routes';
import { kinds } from '../manifest/kinds';
import { Manifest } from '../manifest/manifest';
import { exportTo } from './export-to';
import { httpRoute } from './http-routes';

/** Annotation that says which services must pass a header on, so that a lane holds. */
export const laneAnnotation = 'meshmart.dev/lane';

/** How requests of callers in the mesh are routed: for every caller its own timeout and retries, then everybody else. */
export function virtualService(scope: Construct, graph: Calls, callee: Callee): Manifest<VirtualServiceProps> {
  const annotations = { [laneAnnotation]: Lazy.any({ produce: () => laneInWords(graph, callee) }) as string };
  return new Manifest(scope, 'VirtualService', kinds.VirtualService, { name: callee.name, annotations }, () => ({
    spec: {
      exportTo: exportTo(graph, callee, (caller) => !caller.gateway),
      hosts: [callee.host],
      http: meshRoutes(graph, callee).map((route) => httpRoute(route, callee.namespace)),
    },
  }));
}

function laneInWords(graph: Calls, callee: Callee): string | undefined {
  const carriers = laneCarriers(graph, callee);
  return carriers.length > 0 ? `${callee.lane?.()?.header} must be passed on by ${carriers.join(', ')}` : undefined;
}
