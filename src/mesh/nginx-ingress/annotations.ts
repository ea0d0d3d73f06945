import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Edge, timeoutOf } from '../../graph/edge';
import { CorsPolicy } from '../../graph/exposure';
import { Service } from '../../graph/party';
import { reject } from '../../manifest/reject';

const PREFIX = 'nginx.ingress.kubernetes.io';
/** How long nginx waits for an answer that does not say, in seconds. Source: ingress-nginx, ConfigMap `proxy-read-timeout`. */
const usualTimeout = 60;
/** How long a request may take that has no end. */
const unlimited = 3600;
/** A header that pages of other origins may send anyway. Source: Fetch standard, "CORS-safelisted request-header". */
const harmless = 'Accept';

/**
 * What tells ingress-nginx to leave balancing, retries and timeouts to its sidecar, which knows the service by its host, and what keeps itself from
 * sending a request twice: by default a PUT or a DELETE whose connection breaks is sent again, to the same address where there is but one.
 * Source: ingress-nginx, "Annotations" and balancer.lua; nginx, `proxy_next_upstream`.
 */
export function ingressAnnotations(ingress: Construct, callee: Service, edges: () => readonly Edge[], plaintext: boolean): Record<string, string> {
  const isGrpc = callee.ports[0].protocol === 'grpc';
  const bySidecar: Record<string, string> = plaintext ? {} : { [`${PREFIX}/service-upstream`]: 'true', [`${PREFIX}/upstream-vhost`]: callee.host };
  return {
    ...bySidecar,
    [`${PREFIX}/proxy-next-upstream`]: 'off',
    ...(isGrpc ? { [`${PREFIX}/backend-protocol`]: 'GRPC' } : {}),
    [`${PREFIX}/proxy-read-timeout`]: lazily(() => readTimeout(edges(), plaintext)),
    ...Object.fromEntries(corsNames.map((name) => [`${PREFIX}/${name}`, lazily(() => corsOf(ingress, edges())?.[name])])),
  };
}

/** An annotation that is known when all is declared, and left out where there is nothing to say. */
function lazily(produce: () => string | undefined): string {
  return Lazy.any({ produce }) as string;
}

function readTimeout(edges: readonly Edge[], plaintext: boolean): string | undefined {
  const streams = edges.some(({ callee, operations }) => operations.some((name) => callee.operations[name].streams));
  const longest = Math.max(...edges.map((edge) => Math.ceil(timeoutOf(edge).toMilliseconds() / 1000)), streams ? unlimited : 0);
  return plaintext || longest > usualTimeout ? String(longest) : undefined;
}

const corsNames = [
  'enable-cors', 'cors-allow-origin', 'cors-allow-methods', 'cors-allow-headers', 'cors-expose-headers', 'cors-allow-credentials', 'cors-max-age',
] as const;

type CorsAnnotations = Partial<Record<typeof corsNames[number], string>>;

/** One Ingress has one policy; what is not said is said, since ingress-nginx takes cookies and tokens of other origins by default. */
function corsOf(ingress: Construct, edges: readonly Edge[]): CorsAnnotations | undefined {
  const policies = edges.map(({ exposure }) => exposure?.cors);
  const [cors] = policies;
  const other = policies.find((each) => JSON.stringify(each) !== JSON.stringify(cors));
  if (other !== undefined || policies.includes(undefined) !== (cors === undefined)) {
    reject(ingress, `all routes to ${edges[0].callee.name} have one cors policy, since they are one Ingress, got two; say the same for each`);
  }
  return cors && corsAnnotations(ingress, cors, edges);
}

function corsAnnotations(ingress: Construct, cors: CorsPolicy, edges: readonly Edge[]): CorsAnnotations {
  const origins = cors.allowOrigins.map((each) => ('exact' in each ? each.exact
    : reject(ingress, `origins of an Ingress are exact, got ${JSON.stringify(each)}; write Text.exact('https://shop.example')`)));
  const methods = edges.flatMap(({ callee, operations }) => operations.flatMap((name): readonly string[] => callee.operations[name].methods));
  return {
    'enable-cors': 'true',
    'cors-allow-origin': origins.join(', '),
    'cors-allow-methods': methods.length === 0 ? undefined : [...new Set(methods)].sort().join(', '),
    'cors-allow-headers': (cors.allowHeaders ?? []).join(', ') || harmless,
    'cors-expose-headers': cors.exposeHeaders?.join(', '),
    'cors-allow-credentials': String(cors.allowCredentials ?? false),
    'cors-max-age': String(cors.maxAge?.toSeconds() ?? 5),
  };
}
