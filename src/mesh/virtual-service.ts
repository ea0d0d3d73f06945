import { Construct } from 'constructs';
import { VirtualService, VirtualServiceProps } from '../../imports/networking.istio.io';
import { Calls } from '../graph/calls';
import { Callee } from '../graph/party';
import { meshRoutes } from '../graph/routes';
import { Manifest } from '../manifest/manifest';
import { exportTo } from './export-to';
import { httpRoute } from './http-routes';

/** How requests of callers in the mesh are routed: for every caller its own timeout and retries, then everybody else. */
export function virtualService(scope: Construct, graph: Calls, callee: Callee): Manifest<VirtualServiceProps> {
  return new Manifest(scope, 'VirtualService', VirtualService, { name: callee.name }, () => ({
    spec: {
      exportTo: exportTo(graph, callee, (caller) => !caller.gateway),
      hosts: [callee.host],
      http: meshRoutes(graph, callee).map((route) => httpRoute(route, callee.namespace)),
    },
  }));
}
