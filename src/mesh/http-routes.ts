import { VirtualServiceSpecHttp, VirtualServiceSpecHttpMatch, VirtualServiceSpecHttpRoute } from '../../imports/networking.istio.io';
import { durationInWords } from '../graph/edge';
import { Callee, Release } from '../graph/party';
import { RetryPolicy } from '../graph/retries';
import { RequestMatch, Route, RoutePolicy } from '../graph/routes';

/** A route as a VirtualService has it. It always says its retries, since Istio's default is two. */
export function httpRoute({ callee, policy, release }: Route): VirtualServiceSpecHttp {
  const matches = matchesOf(policy, release);
  return {
    match: matches.length > 0 ? matches : undefined,
    ...mirrorSpec(callee, policy, release),
    retries: retriesSpec(policy.retries),
    route: release.destinations.map(({ subset, weight }): VirtualServiceSpecHttpRoute => ({
      destination: { host: callee.host, subset, port: policy.port && { number: policy.port.number } },
      weight,
    })),
    timeout: policy.timeout && durationInWords(policy.timeout),
  };
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
