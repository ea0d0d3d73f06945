import { at, listAt, textAt, textsAt } from '../../graph/json';
import { trustsOtherPaths } from '../../security/path-normalization';
import { Rule, need } from './rule';

export const istio: Rule = {
  of: ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io'],
  needs: ({ group }) => need('Istio 1.24 or newer, with its CRDs', `objects of ${group}`),
};

/** Sources: istio/istio#53472, and the CRD's least `aggression`, which was 1 before. */
export const warmup: Rule = {
  of: ['DestinationRule'],
  needs: ({ object }) => {
    const policies = [at(object, 'spec'), ...listAt(object, 'spec.subsets')];
    const found = policies.map((each) => at(each, 'trafficPolicy.loadBalancer.warmup')).filter((each) => each !== undefined);
    if (found.some((each) => Number(at(each, 'aggression') ?? 1) < 1)) return need('Istio 1.29 or newer', 'a `warmup` with an `aggression` of less than 1');
    return found.length > 0 ? need('Istio 1.25 or newer', 'the `warmup` of a load balancer') : [];
  },
};

/** Labels of a namespace that let sidecars in. */
function injectionOf(namespace: unknown): string | undefined {
  const labels = textsAt(namespace, 'metadata.labels');
  const revision = labels.get('istio.io/rev');
  if (revision !== undefined) return `Istio's revision ${revision}`;
  return labels.get('istio-injection') === 'enabled' ? 'Istio\'s default injector' : undefined;
}

export const namespaceRule: Rule = {
  of: ['Namespace'],
  needs: ({ object }) => {
    const injector = injectionOf(object);
    const enforced = textsAt(object, 'metadata.labels').get('pod-security.kubernetes.io/enforce');
    return [
      ...(injector ? need(injector, 'sidecars are injected') : []),
      ...(injector && enforced && enforced !== 'privileged'
        ? need('Istio\'s CNI plugin', `Pod Security \`${enforced}\` refuses the init container that would intercept traffic`)
        : []),
    ];
  },
};

export const normalizedPaths: Rule = {
  of: ['AuthorizationPolicy'],
  needs: ({ object }) => (trustsOtherPaths(object)
    ? need('`pathNormalization` in the mesh config, as `istiod-values.yaml` has it', 'else a path with `//` passes a policy for the path without') : []),
};

export const provider: Rule = {
  of: ['AuthorizationPolicy'],
  needs: ({ object }) => {
    const name = textAt(object, 'spec.provider.name');
    return name === undefined ? []
      : need(`extension provider ${name} in the mesh config`, 'else everything is denied; those that are made here are in `istiod-values.yaml`');
  },
};

export const tracer: Rule = {
  of: ['Telemetry'],
  needs: ({ object }) => listAt(object, 'spec.tracing').flatMap((tracing) => listAt(tracing, 'providers'))
    .flatMap((each) => need(`extension provider ${textAt(each, 'name') ?? ''} in the mesh config, as \`istiod-values.yaml\` has it`, 'else no span is sent')),
};

export const keys: Rule = {
  of: ['RequestAuthentication'],
  needs: ({ object }) => listAt(object, 'spec.jwtRules').flatMap((rule) => {
    const address = textAt(rule, 'jwksUri');
    return address === undefined ? [] : need(`the keys of ${textAt(rule, 'issuer') ?? ''} at ${address}, for istiod`, 'else its tokens are refused');
  }),
};

export const envoyFilter: Rule = {
  of: ['EnvoyFilter'],
  needs: () => need('a mesh that applies EnvoyFilters to proxies; managed ones may not', 'else they change nothing in silence'),
};

export const gateway: Rule = {
  of: ['Gateway'],
  needs: ({ object, group }) => {
    if (group !== 'networking.istio.io') return [];
    const labels = [...textsAt(object, 'spec.selector')].map(([key, value]) => `${key}: ${value}`).join(', ');
    const secrets = listAt(object, 'spec.servers').flatMap((server) => textAt(server, 'tls.credentialName') ?? []);
    return [
      ...need(`an ingress gateway whose pods have \`${labels}\``, 'it serves the Gateway'),
      ...[...new Set(secrets)].flatMap((name) => need(`TLS Secret ${name} in the ingress gateway's namespace`, 'certificate of the hosts')),
    ];
  },
};

export const job: Rule = {
  of: ['Job', 'CronJob'],
  needs: ({ template }) => (textsAt(template, 'metadata.labels').get('sidecar.istio.io/inject') === 'false' ? []
    : need('native sidecars (default from Istio 1.30 on, before it `ENABLE_NATIVE_SIDECARS=true`)', 'else the sidecar keeps the pod from ending')),
};

/** Services that are called, by their host. */
export const calledServices: Rule = {
  of: ['Sidecar'],
  needs: ({ object }) => listAt(object, 'spec.egress').flatMap((each) => listAt(each, 'hosts')).flatMap((host) => {
    const [, name, namespace] = /\/([^.]+)\.([^.]+)\.svc\./.exec(String(host)) ?? [];
    const everywhere = name === 'kubernetes' && namespace === 'default';
    return name === undefined || everywhere ? [] : need(`Service ${namespace}/${name}`, 'it is called');
  }),
};
