import { VirtualServiceSpecHttp, VirtualServiceSpecHttpMatch, VirtualServiceSpecHttpRoute } from '../../imports/networking.istio.io';
import { durationInWords } from '../graph/edge';
import { Callee, Release } from '../graph/party';
import { Port } from '../graph/port';
import { RetryPolicy } from '../graph/retries';
import { RequestMatch, Route, RoutePolicy } from '../graph/routes';

/** A route as a VirtualService of a namespace has it. It always says its retries, since Istio's default is two. */
export function httpRoute({ callee, policy, release }: Route, namespace: string): VirtualServiceSpecHttp {
  const matches = matchesOf(policy, release);
  return {
    delegate: release.delegated ? { name: delegateName(callee, policy.port), namespace: elsewhere(callee.namespace, namespace) } : undefined,
    match: matches.length > 0 ? matches : undefined,
    ...mirrorSpec(callee, policy, release),
    retries: retriesSpec(policy.retries),
    route: release.delegated ? undefined : destinationsOf(callee, release, policy.port),
    timeout: policy.timeout && durationInWords(policy.timeout),
  };
}

/** Where the requests of a release go, at a port where the callee has several. */
export function destinationsOf(callee: Callee, { destinations }: Release, port: Port | undefined): VirtualServiceSpecHttpRoute[] {
  return destinations.map(({ host = callee.host, subset, weight }) => ({ destination: { host, subset, port: port && { number: port.number } }, weight }));
}

/** Name of the VirtualService that says where a callee's requests go, one a port where it has several. */
export function delegateName({ name }: Callee, port: Port | undefined): string {
  return port ? `${name}-weights-${port.name}` : `${name}-weights`;
}

function elsewhere(namespace: string, own: string): string | undefined {
  return namespace === own ? undefined : namespace;
}

/** A copy for another version, of what may be done twice. */
function mirrorSpec({ host }: Callee, { repeatable, port }: RoutePolicy, { mirror }: Release): Pick<VirtualServiceSpecHttp, 'mirror' | 'mirrorPercentage'> {
  if (!mirror || !repeatable) return {};
  return { mirror: { host, subset: mirror.subset, port: port && { number: port.number } }, mirrorPercentage: { value: mirror.percent } };
}

function matchesOf(policy: RoutePolicy, release: Release): VirtualServiceSpecHttpMatch[] {
  const { caller } = policy;
  const source = caller && !caller.gateway ? { sourceLabels: { ...caller.podLabels }, sourceNamespace: caller.namespace } : {};
  const port = policy.port && !caller?.gateway ? { port: policy.port.number } : {}; // a gateway's port is its own
  const { sourceLabels, ...rest } = release.match ?? {};
  const labels = sourceLabels ? { sourceLabels: { ...source.sourceLabels, ...sourceLabels } } : {};
  const common = { ...source, ...port, ...rest, ...labels };
  if (policy.requests.length > 0) return policy.requests.flatMap((request) => requestMatches(request).map((match) => ({ ...match, ...common })));
  return Object.keys(common).length > 0 ? [common] : [];
}

function requestMatches({ methods, uris }: RequestMatch): VirtualServiceSpecHttpMatch[] {
  const method = methods && (methods.length === 1 ? { exact: methods[0] } : { regex: methods.join('|') });
  return uris.map((uri) => ({ method, uri }));
}

function retriesSpec({ attempts, retryOn, perTryTimeout }: RetryPolicy): VirtualServiceSpecHttp['retries'] {
  if (attempts === 0) return { attempts };
  return { attempts, perTryTimeout: perTryTimeout && durationInWords(perTryTimeout), retryOn: retryOn.join(',') };
}
