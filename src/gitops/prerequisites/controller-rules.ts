import { at, listAt, textAt, textsAt } from '../../graph/json';
import { Rule, isOfArgoCd, need } from './rule';
import { Subject } from './subject';

export const rollouts: Rule = {
  of: ['Rollout', 'AnalysisTemplate'],
  needs: ({ object, group }) => {
    if (group !== 'argoproj.io') return [];
    const addresses = listAt(object, 'spec.metrics').flatMap((metric) => textAt(metric, 'provider.prometheus.address') ?? []);
    return [
      ...need('Argo Rollouts 1.9 or newer, with its CRDs', 'it releases new versions'),
      ...[...new Set(addresses)].flatMap((address) => need(`Prometheus at ${address}, with Istio's metrics`, 'new versions are measured by it')),
    ];
  },
};

/** Source: Kubernetes, ValidatingAdmissionPolicy (GA 1.30). */
export const admissionPolicy: Rule = {
  of: ['ValidatingAdmissionPolicy'],
  needs: () => need('Kubernetes 1.30 or newer', 'the API server judges pods itself'),
};

/** Source: Gatekeeper, its CEL engine (stable 3.18). */
export const constraintTemplate: Rule = {
  of: ['ConstraintTemplate'],
  needs: () => need('Gatekeeper 3.18 or newer, with its CRDs', 'it judges pods, by its CEL engine'),
};

/** Source: Argo CD, the release that may permit a Namespace by its name in an AppProject. */
export const argoCd: Rule = {
  of: ['argoproj.io'],
  needs: (subject) => (isOfArgoCd(subject) ? need(`Argo CD 3.5 or newer, in namespace ${subject.namespace}`, 'it applies the systems') : []),
};

/** What a reference of an object leads to: in its namespace, or in none. */
function referred({ object, namespace }: Subject, path: string): string {
  const [kind, name] = [textAt(object, `${path}.kind`) ?? '', textAt(object, `${path}.name`) ?? ''];
  return `${kind} ${kind.startsWith('Cluster') ? name : `${namespace}/${name}`}`;
}

export const certManager: Rule = {
  of: ['cert-manager.io'],
  needs: (subject) => [
    ...need('cert-manager 1.18 or newer, with its CRDs', 'it makes certificates'),
    ...(subject.kind === 'Certificate' ? need(referred(subject, 'spec.issuerRef'), 'it signs them') : []),
    ...accountsOf(subject),
  ],
};

/** Credentials of an ACME issuer's solvers, by their references. */
function accountsOf({ object, namespace }: Subject): ReturnType<Rule['needs']> {
  const providers = listAt(object, 'spec.acme.solvers').flatMap((solver) => Object.values(Object(at(solver, 'dns01'))));
  const names = providers.flatMap((each) => Object.values(Object(each)).flatMap((value) => (textAt(value, 'key') && textAt(value, 'name')) || []));
  return names.flatMap((name) => need(`Secret ${namespace}/${name}`, 'cert-manager writes records with it'));
}

export const externalSecrets: Rule = {
  of: ['external-secrets.io'],
  needs: (subject) => [
    ...need('the External Secrets Operator 0.17 or newer, with its CRDs', 'it makes Secrets'),
    ...need(referred(subject, 'spec.secretStoreRef'), 'it has what Secrets are made of'),
  ],
};

/** Sources: Prometheus Operator, and kube-prometheus-stack, by whose labels rules and monitors are selected. */
export const prometheusOperator: Rule = {
  of: ['monitoring.coreos.com'],
  needs: () =>
    need('the Prometheus Operator 0.93 or newer, with its CRDs, and a Prometheus that selects the labels of monitors and rules', 'it collects metrics'),
};

export const ingress: Rule = {
  of: ['Ingress'],
  needs: ({ object, namespace }) => {
    const controller = `an Ingress controller of class ${textAt(object, 'spec.ingressClassName') ?? ''}`;
    const isInTheMesh = textsAt(object, 'metadata.annotations').has('nginx.ingress.kubernetes.io/service-upstream');
    const secrets = listAt(object, 'spec.tls').flatMap((each) => textAt(each, 'secretName') ?? []);
    return [
      ...need(controller, 'it serves the Ingress'),
      ...(isInTheMesh ? need(`sidecars in the pods of ${controller}`, 'else services refuse it: they take mutual TLS alone') : []),
      ...secrets.flatMap((name) => need(`TLS Secret ${namespace}/${name}`, 'certificate of the hosts')),
    ];
  },
};
