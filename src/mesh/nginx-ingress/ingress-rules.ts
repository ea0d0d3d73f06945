import type { k8s } from 'cdk8s-plus-28';
import { Edge, portsOf } from '../../graph/edge';
import { everything } from '../../graph/exposure';
import { Callee, portOf } from '../../graph/party';
import { PathPattern } from '../../graph/path-pattern';
import { Port } from '../../graph/port';

/** A path of an Ingress, and the port that it leads to. */
interface IngressPath extends ReturnType<PathPattern['ingressPath']> {
  readonly port: Port;
}

/** What an Ingress says of each host that some calls to a callee are for. */
export function rulesOf(callee: Callee, hosts: readonly string[], edges: readonly Edge[]): k8s.IngressRule[] {
  return hosts.flatMap((host) => {
    const paths = pathsOf(edges.filter(({ exposure }) => exposure?.hosts.includes(host)));
    if (paths.length === 0) return [];
    const backend = (port: Port) => ({ service: { name: callee.name, port: { number: port.number } } });
    return [{ host, http: { paths: paths.map(({ path, pathType, port }) => ({ path, pathType, backend: backend(port) })) } }];
  });
}

/** Paths of calls, each once, without those that another one covers. */
function pathsOf(edges: readonly Edge[]): readonly IngressPath[] {
  const all = edges.flatMap((edge) => (edge.operations.length === 0
    ? [{ ...everything.ingressPath(), port: portsOf(edge)[0] }]
    : edge.operations.map((name) => ({ ...edge.callee.operations[name].path.ingressPath(), port: portOf(edge.callee, edge.callee.operations[name]) }))));
  const distinct = [...new Map(all.map((each) => [keyOf(each), each])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return distinct.filter((each) => !distinct.some((other) => other !== each && other.port === each.port && covers(other, each)));
}

/** Whether a path leads there anyway. Source: Kubernetes, Ingress, "Path types": prefixes match element by element. */
function covers(prefix: IngressPath, other: IngressPath): boolean {
  if (prefix.pathType !== 'Prefix') return false;
  return prefix.path === '/' || other.path === prefix.path || other.path.startsWith(`${prefix.path}/`);
}

function keyOf({ path, pathType }: IngressPath): string {
  return `${path} ${pathType}`;
}

/** Other paths are refused by the controller's webhook. Source: ingress-nginx, `validPathType` of its inspector; dots since its pull request 13798. */
const validPath = /^\/[A-Za-z0-9._/-]*$/;

/**
 * Hosts that lead nowhere, paths that the controller refuses, and paths that two services would answer: an Ingress tells them apart by neither method nor
 * parameter.
 */
export function pathProblems(hosts: readonly string[], edges: readonly Edge[]): string[] {
  return hosts.flatMap((host) => {
    const ofHost = edges.filter(({ exposure }) => exposure?.hosts.includes(host));
    if (ofHost.length === 0) return [`host ${host} leads nowhere, got no route; route something to it or remove it`];
    const answers = new Map<string, string>();
    return [...new Set(ofHost.map(({ callee }) => callee))].flatMap((callee) => pathsOf(ofHost.filter((edge) => edge.callee === callee)).flatMap((path) => {
      if (!validPath.test(path.path)) {
        return [`a path of an Ingress has letters, digits and . _ - / alone, got '${path.path}' of ${callee.name}; open another`];
      }
      const [earlier, own] = [answers.get(keyOf(path)), `${callee.name} ${path.port.number}`];
      answers.set(keyOf(path), own);
      if (earlier === undefined) return [];
      return [`requests for ${host}${path.path} lead to one port of one service, got ${earlier} and ${own}; give one another path or host`];
    }));
  });
}
