import fc from 'fast-check';
import { requiredLimits } from '../../src/security/required-limits-rule';
import { evaluate } from './cel';

type Amounts = Readonly<Record<string, string | number>>;
interface Container { readonly name: string; readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts } }

const both = { cpu: '200m', memory: '128Mi' };
const limited = (name: string): Container => ({ name, resources: { limits: both } });
const pod = (containers: readonly Container[], initContainers?: readonly Container[]) =>
  ({ kind: 'Pod', metadata: { name: 'web' }, spec: { containers, ...(initContainers ? { initContainers } : {}) } });
const withTemplate = (kind: string, template: object) =>
  (kind === 'CronJob' ? { kind, spec: { jobTemplate: { spec: { template } } } } : { kind, spec: { template } });
const judge = (object: unknown, before?: unknown) => evaluate(requiredLimits, object, before);
const refusal = (names: string): readonly string[] => [`every container must have limits of cpu and memory, got none for ${names}`];

test('takes a pod with limits on every container', () => {
  expect(judge(pod([limited('server'), limited('istio-proxy')], [limited('setup')]))).toEqual([]);
});

test.each<[string, Container, string]>([
  ['no resources', { name: 'nginx' }, 'cpu, memory'],
  ['requests alone, as the pod of the seed', { name: 'nginx', resources: { requests: both } }, 'cpu, memory'],
  ['a limit of cpu alone', { name: 'nginx', resources: { limits: { cpu: '1' } } }, 'memory'],
  ['a limit of memory alone', { name: 'nginx', resources: { limits: { memory: '1Gi' } } }, 'cpu'],
  ['a limit of 0, which is none', { name: 'nginx', resources: { limits: { cpu: 0, memory: '1Gi' } } }, 'cpu'],
  ['a limit of "0"', { name: 'nginx', resources: { limits: { cpu: '500m', memory: '0' } } }, 'memory'],
])('refuses %s, and names the container', (_, container, missing) => {
  expect(judge(pod([limited('server'), container]))).toEqual(refusal(`nginx (${missing})`));
});

test('refuses init containers without limits, and a sidecar that was injected without', () => {
  expect(judge(pod([limited('server'), { name: 'istio-proxy' }], [limited('setup'), { name: 'wait' }])))
    .toEqual(refusal('wait (cpu, memory), istio-proxy (cpu, memory)'));
});

test('does not judge ephemeral containers, which can have no limits', () => {
  const debugged = pod([limited('server')]);
  expect(judge({ ...debugged, spec: { ...debugged.spec, ephemeralContainers: [{ name: 'debugger' }] } })).toEqual([]);
});

describe.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Rollout'])('a %s', (kind) => {
  const { spec } = pod([{ name: 'nginx' }]);

  test('is refused by its template', () => {
    expect(judge(withTemplate(kind, { spec }))).toEqual(refusal('nginx (cpu, memory)'));
    expect(judge(withTemplate(kind, pod([limited('nginx')])))).toEqual([]);
  });

  test('that was there before may change, but not its template', () => {
    const before = withTemplate(kind, { spec });
    expect(judge({ ...before, metadata: { annotations: { note: 'new' } } }, before)).toEqual([]);
    expect(judge(withTemplate(kind, { metadata: { annotations: { restarted: 'now' } }, spec }), before)).toEqual(refusal('nginx (cpu, memory)'));
  });
});

test('takes a Rollout that names the Deployment whose template it takes', () => {
  expect(judge({ kind: 'Rollout', spec: { workloadRef: { kind: 'Deployment', name: 'web' } } })).toEqual([]);
});

test('lets a pod end that was there before', () => {
  const before = pod([{ name: 'nginx' }]);
  expect(judge({ ...before, metadata: { name: 'web', finalizers: [] } }, before)).toEqual([]);
});

test('names exactly the containers without limits, and what each lacks', () => {
  const amounts = fc.record({ cpu: fc.constantFrom('0', '100m', '2', 0, 1), memory: fc.constantFrom('0', '64Mi', '1Gi', 0) }, { requiredKeys: [] });
  const resources = fc.record({ requests: amounts, limits: amounts }, { requiredKeys: [] });
  const containers = (prefix: string) => fc.array(fc.option(resources, { nil: undefined }), { minLength: 0, maxLength: 4 }).map((all): Container[] =>
    all.map((each, index) => ({ name: `${prefix}-${index}`, ...(each ? { resources: each } : {}) })));
  const missing = ({ name, resources: { limits = {} } = {} }: Container): readonly string[] => {
    const none = ['cpu', 'memory'].filter((what) => limits[what] === undefined || Number(limits[what]) === 0);
    return none.length > 0 ? [`${name} (${none.join(', ')})`] : [];
  };
  fc.assert(fc.property(containers('server'), containers('init'), (main, init) => {
    const expected = [...init, ...main].flatMap(missing);
    expect(judge(pod(main, init))).toEqual(expected.length > 0 ? refusal(expected.join(', ')) : []);
  }));
});
