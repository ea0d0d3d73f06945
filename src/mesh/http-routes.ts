import type {
  VirtualServiceSpecHttp, VirtualServiceSpecHttpFault, VirtualServiceSpecHttpHeaders, VirtualServiceSpecHttpMatch, VirtualServiceSpecHttpMatchHeaders,
  VirtualServiceSpecHttpRoute,
} from '../../imports/networking.istio.io';
import { durationInWords } from '../graph/edge';
import { Fault } from '../graph/fault';
import { HeaderChanges, HeaderOperations } from '../graph/header-operations';
import { Callee, Release, ReleaseMatch, StringMatch } from '../graph/party';
import { Port } from '../graph/port';
import { RetryPolicy } from '../graph/retries';
import { RequestMatch, Route, RoutePolicy } from '../graph/routes';
import { Elsewhere } from '../graph/rules';

/** A route as a VirtualService of a namespace has it. It always says its retries, since Istio's default is two. */
export function httpRoute(route: Route | Elsewhere, namespace: string): VirtualServiceSpecHttp {
  if (!('policy' in route)) return elsewhereSpec(route);
  const { callee, policy, release, fault } = route;
  const matches = matchesOf(policy, release);
  return {
    corsPolicy: policy.cors && corsSpec(policy.cors),
    delegate: release.delegated ? { name: delegateName(callee, policy.port), namespace: otherThan(namespace, callee.namespace) } : undefined,
    fault: fault && faultSpec(fault),
    headers: policy.headers && headersSpec(policy.headers),
    match: matches.length > 0 ? matches : undefined,
    ...mirrorSpec(callee, policy, release),
    retries: retriesSpec(policy.retries),
    rewrite: policy.rewrite && { uriRegexRewrite: { ...policy.rewrite } },
    route: release.delegated ? undefined : destinationsOf(callee, release, policy.port),
    timeout: policy.timeout && durationInWords(policy.timeout),
  };
}

/** Where the requests of a release go, at a port where the callee has several. */
export function destinationsOf(callee: Callee, { destinations }: Release, port: Port | undefined): VirtualServiceSpecHttpRoute[] {
  return destinations.map(({ host = callee.host, port: number = port?.number, subset, weight, headers }) => ({
    destination: { host, subset, port: number === undefined ? undefined : { number } }, headers: headers && headersSpec(headers), weight,
  }));
}

/** Name of the VirtualService that says where a callee's requests go, one a port where it has several. */
export function delegateName({ name }: Callee, port: Port | undefined): string {
  return port ? `${name}-weights-${port.name}` : `${name}-weights`;
}

function otherThan(own: string, namespace: string): string | undefined {
  return namespace === own ? undefined : namespace;
}

function elsewhereSpec({ path, ...where }: Elsewhere): VirtualServiceSpecHttp {
  const match = path.uriMatches().map((uri) => ({ uri }));
  if ('delegate' in where) {
    const { delegate: { name, namespace }, headers } = where;
    return { match, delegate: { name, namespace }, headers: headers && headersSpec(headers) };
  }
  return { match, redirect: { authority: where.to.host, redirectCode: where.code, uri: where.to.path } };
}

function faultSpec({ abort, delay }: Fault): VirtualServiceSpecHttpFault {
  return {
    abort: abort && { grpcStatus: abort.grpcStatus, httpStatus: abort.httpStatus, percentage: { value: abort.percentage } },
    delay: delay && { fixedDelay: durationInWords(delay.fixedDelay), percentage: { value: delay.percentage } },
  };
}

function headersSpec({ request, response }: HeaderOperations): VirtualServiceSpecHttpHeaders {
  const copied = (changes: HeaderChanges | undefined) =>
    changes && { add: changes.add && { ...changes.add }, remove: changes.remove && [...changes.remove], set: changes.set && { ...changes.set } };
  return { request: copied(request), response: copied(response) };
}

function corsSpec({ allowOrigins, allowMethods, allowHeaders, exposeHeaders, allowCredentials, maxAge }: NonNullable<RoutePolicy['cors']>):
VirtualServiceSpecHttp['corsPolicy'] {
  return {
    allowCredentials,
    allowHeaders: allowHeaders && [...allowHeaders],
    allowMethods: [...allowMethods],
    allowOrigins: allowOrigins.map(textSpec),
    exposeHeaders: exposeHeaders && [...exposeHeaders],
    maxAge: maxAge && durationInWords(maxAge),
  };
}

/** A copy for another version, of what may be done twice. */
function mirrorSpec({ host }: Callee, { repeatable, port }: RoutePolicy, { mirror }: Release): Pick<VirtualServiceSpecHttp, 'mirror' | 'mirrorPercentage'> {
  if (!mirror || !repeatable) return {};
  return { mirror: { host, subset: mirror.subset, port: port && { number: port.number } }, mirrorPercentage: { value: mirror.percent } };
}

/** What a policy takes, times what a release takes. */
function matchesOf(policy: RoutePolicy, release: Release): VirtualServiceSpecHttpMatch[] {
  const { caller } = policy;
  const source = caller && !caller.gateway ? { sourceLabels: { ...caller.podLabels }, sourceNamespace: caller.namespace } : {};
  const port = policy.port && !caller?.gateway ? { port: policy.port.number } : {}; // a gateway's port is its own
  const requests = policy.requests.length > 0 ? policy.requests.flatMap(requestMatches) : [{}];
  const chosen: readonly ReleaseMatch[] = release.match ?? [{}];
  return requests.flatMap((request) => chosen.map(({ sourceLabels, ...texts }) => {
    const labels = sourceLabels ? { sourceLabels: { ...source.sourceLabels, ...sourceLabels } } : {};
    return { ...request, ...source, ...port, ...textsSpec(texts), ...labels };
  })).filter((match) => Object.keys(match).length > 0);
}

/** Only what is given, since a match of nothing takes all. */
function textsSpec({ headers, queryParams }: ReleaseMatch): Pick<VirtualServiceSpecHttpMatch, 'headers' | 'queryParams'> {
  const specOf = (texts: Readonly<Record<string, StringMatch>>) => Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, textSpec(text)]));
  return { ...headers && { headers: specOf(headers) }, ...queryParams && { queryParams: specOf(queryParams) } };
}

function textSpec(match: StringMatch): VirtualServiceSpecHttpMatchHeaders {
  if ('exact' in match) return { exact: match.exact };
  return 'prefix' in match ? { prefix: match.prefix } : { regex: match.regex };
}

function requestMatches({ methods, uris }: RequestMatch): VirtualServiceSpecHttpMatch[] {
  const method = methods && (methods.length === 1 ? { exact: methods[0] } : { regex: methods.join('|') });
  return uris.map((uri) => ({ method, uri }));
}

function retriesSpec({ attempts, retryOn, perTryTimeout }: RetryPolicy): VirtualServiceSpecHttp['retries'] {
  if (attempts === 0) return { attempts };
  return { attempts, perTryTimeout: perTryTimeout && durationInWords(perTryTimeout), retryOn: retryOn.join(',') };
}
