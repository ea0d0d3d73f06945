import { AdmissionEngine, ArgoCdDelivery, MeshNamespace, RequiredLimits, type RequiredLimitsProps } from '../../src';
import { manifestsIn } from '../app/built';
import { at, expectRefusal, listAt, world } from './world';

const built = (props: Partial<RequiredLimitsProps> = {}) => {
  const { app, staging } = world();
  const rule = new RequiredLimits(staging, 'admission', { engine: AdmissionEngine.validatingAdmissionPolicy(), ...props });
  return { app, staging, rule };
};
const gatekeeper = { engine: AdmissionEngine.gatekeeper() };
const byName = (...values: string[]) => ({ matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] });

test('is a file of its own, beside the systems', () => {
  expect([...manifestsIn(built().app.render()).keys()]).toContain('staging/admission/required-limits.yaml');
});

test('holds one rule in both engines', () => {
  const { rule: { policy } } = built();
  const { rule: { policy: template } } = built(gatekeeper);
  const [code] = listAt(template.toJson(), 'spec.targets.0.code');
  expect(at(code, 'engine')).toBe('K8sNativeValidation');
  for (const part of ['variables', 'validations']) expect(at(code, `source.${part}`)).toEqual(at(policy.toJson(), `spec.${part}`));
});

test('judges the same kinds in both engines', () => {
  const rules = listAt(built().rule.policy.toJson(), 'spec.matchConstraints.resourceRules');
  const kinds = listAt(built(gatekeeper).rule.binding.toJson(), 'spec.match.kinds');
  expect(rules.map((each) => at(each, 'apiGroups'))).toEqual(kinds.map((each) => at(each, 'apiGroups')));
  const plurals = kinds.flatMap((each) => listAt(each, 'kinds')).map((kind) => `${String(kind).toLowerCase()}s`);
  expect(rules.flatMap((each) => listAt(each, 'resources'))).toEqual(plurals);
});

test('judges pods only when they are made, so that those of before can end', () => {
  expect(at(built().rule.policy.toJson(), 'spec.matchConstraints.resourceRules.0')).toMatchObject({ resources: ['pods'], operations: ['CREATE'] });
});

test('refuses by default', () => {
  expect(at(built().rule.binding.toJson(), 'spec.validationActions')).toEqual(['Deny']);
  expect(at(built(gatekeeper).rule.binding.toJson(), 'spec.enforcementAction')).toBe('deny');
});

test('warns and counts while not all has limits', () => {
  expect(at(built({ action: 'warn' }).rule.binding.toJson(), 'spec.validationActions')).toEqual(['Warn', 'Audit']);
  expect(at(built({ ...gatekeeper, action: 'warn' }).rule.binding.toJson(), 'spec.enforcementAction')).toBe('warn');
});

test('holds in all namespaces of the environment, also in joined ones and in those that are declared later', () => {
  const { staging, rule } = built();
  new MeshNamespace(new MeshNamespace(staging, 'desk'), 'archive');
  MeshNamespace.existing(staging, 'sales', { name: 'platform-sales' });
  expect(at(rule.binding.toJson(), 'spec.matchResources.namespaceSelector')).toEqual(byName('archive', 'desk', 'platform-sales', 'shop'));
  expect(at(built(gatekeeper).rule.binding.toJson(), 'spec.match.namespaceSelector')).toEqual(byName('shop'));
});

test('holds where labels say, if they are given', () => {
  const namespaceLabels = { 'istio-injection': 'enabled' };
  expect(at(built({ namespaceLabels }).rule.binding.toJson(), 'spec.matchResources.namespaceSelector')).toEqual({ matchLabels: namespaceLabels });
});

test('can have a name of its own for each repository', () => {
  const { policy, binding } = built({ name: 'shop-limits' }).rule;
  expect([policy.name, binding.name, at(binding.toJson(), 'spec.policyName')]).toEqual(['shop-limits', 'shop-limits', 'shop-limits']);
});

test('is applied by no Application, and no system may change it', () => {
  const { app, staging } = built();
  new RequiredLimits(staging, 'gatekeeper', gatekeeper);
  const clusters = [{ name: 'own', server: 'https://kubernetes.default.svc' }] as const;
  new ArgoCdDelivery(staging, 'argocd', { repository: 'https://git.example/gitops.git', clusters });
  const files = [...app.render()].filter(([path]) => path.startsWith('staging/argocd/'));
  expect(files.map(([path]) => path)).toEqual(['staging/argocd/project.yaml', 'staging/argocd/shop.yaml']);
  expect(files.map(([, text]) => text).join()).not.toMatch(/ValidatingAdmission|ConstraintTemplate|K8sRequired|staging\/(admission|gatekeeper)/);
});

test.each([
  ['Kubernetes 1.30 or newer', {}],
  ['Gatekeeper 3.18 or newer, with its CRDs', gatekeeper],
])('says that the cluster needs %s', (needed, props) => {
  expect(built(props).app.render().get('staging/prerequisites.md')).toContain(`| ${needed} |`);
});

test('fails for labels that select every namespace', () => {
  expectRefusal(() => built({ namespaceLabels: {} }), '[staging/admission]', 'namespaceLabels', 'got none', 'leave it out');
});

test('fails for a name that no object can have', () => {
  expectRefusal(() => built({ name: 'Limits!' }), '[staging/admission]', 'name', "'Limits!'");
});

test('fails where there is no namespace to judge', () => {
  const { app, staging, shop } = world();
  staging.node.tryRemoveChild(shop.node.id);
  new RequiredLimits(staging, 'admission', gatekeeper);
  expectRefusal(() => app.render(), '[staging/admission]', 'without namespaces', 'staging', 'namespaceLabels');
});
