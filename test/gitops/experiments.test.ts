import { App, Duration, JsonPatch } from 'cdk8s';
import { parse } from 'yaml';
import {
  Environment, Experiment, type ExperimentProps, FaultInjection, GitOpsApp, IngressGateway, Measurement, type MeasurementOptions, MeshNamespace,
  MeshedMicroservice, Operation, Port,
} from '../../src';
import type { ExperimentDescription } from '../../src/gitops/experiments/experiment-description';
import { container } from '../mesh/world';

/** A shop whose web calls its cart through a gateway's request. */
function shop(environment: Environment, { replicas = 1 }: { readonly replicas?: number } = {}) {
  const namespace = new MeshNamespace(environment, 'shop');
  const cart = new MeshedMicroservice(namespace, 'cart', {
    ...container, replicas, port: Port.http(8080), operations: { read: Operation.http('GET', '/cart'), item: Operation.http('GET', '/items/{id}') },
  });
  const web = new MeshedMicroservice(namespace, 'web', { ...container, port: Port.http(8080), operations: { home: Operation.http('GET', '/') } });
  web.calls(cart, { operations: ['read', 'item'], timeout: Duration.seconds(2) });
  const gateway = new IngressGateway(namespace, 'gateway', { hosts: ['*.example.com'] });
  gateway.routes(web, { operations: ['home'], timeout: Duration.seconds(3) });
  return { namespace, cart, web, gateway };
}
type Shop = ReturnType<typeof shop>;

const fails = ({ cart }: Shop): void => {
  new FaultInjection(cart, 'failing', { abort: { httpStatus: 503, percentage: 50 }, lifts: ['timeout', 'retries'] });
};
const failing = (environment: Environment): Shop => {
  const system = shop(environment);
  fails(system);
  return system;
};
const half: MeasurementOptions['expected'] = [{ answers: { status: 503 }, percent: 50, mistakes: { 'the fault does nothing': 0, 'two retries': 12.5 } }];
const asksCart = ({ web, cart }: Shop, options: Partial<MeasurementOptions> = {}) =>
  Measurement.of(cart, 'read', { from: web, times: 200, expected: half, ...options });

function synthesized(props: Partial<ExperimentProps<Shop>> = {}, name = 'cart-failing'): ReadonlyMap<string, string> {
  const app = new GitOpsApp();
  const { namespace } = shop(new Environment(app, 'staging'));
  new Experiment(namespace, name, { question: 'What if the cart fails?', build: failing, measure: (system) => [asksCart(system)], ...props });
  return app.render();
}

function described(props: Partial<ExperimentProps<Shop>> = {}): ExperimentDescription {
  return parse(synthesized(props).get('experiments/shop/cart-failing/experiment.yaml')!);
}

test('a folder has the components that differ, and says what the experiment is', () => {
  const files = synthesized();

  expect([...files.keys()].filter((path) => path.startsWith('experiments/'))).toEqual([
    'experiments/shop/cart-failing/cart.yaml', 'experiments/shop/cart-failing/experiment.yaml',
  ]);
  expect(described({ remark: 'nothing', duration: Duration.minutes(5) })).toEqual({
    experiment: 'cart-failing',
    system: 'shop',
    environment: 'staging',
    question: 'What if the cart fails?',
    remark: 'nothing',
    duration: '300s',
    added: [],
    changed: ['cart.yaml'],
    removed: [],
    measurements: [{
      from: { workload: 'web' },
      request: { protocol: 'http', address: 'cart.shop.svc.cluster.local:8080', method: 'GET', path: '/cart' },
      times: 200,
      concurrency: 1,
      expected: [{ answers: { status: 503 }, percent: [38.5, 61.5], mistakes: { 'the fault does nothing': 0, 'two retries': 12.5 } }],
    }],
  });
});

test('what was built may be changed in a second step', () => {
  expect(synthesized({ build: (environment) => shop(environment), change: fails })).toEqual(synthesized());
});

test('what runs is as it would be without the experiment', () => {
  const app = new GitOpsApp();
  shop(new Environment(app, 'staging'));
  const without = app.render();
  const running = new Map([...synthesized()].filter(([path]) => !path.startsWith('experiments/')));

  expect(running).toEqual(without);
});

test('components come and go with an experiment', () => {
  const { added, changed, removed } = described({
    build: (environment) => {
      const system = failing(environment);
      new MeshedMicroservice(system.namespace, 'shadow', container);
      return system;
    },
  });
  expect({ added, changed, removed }).toEqual({ added: ['shadow.yaml'], changed: ['cart.yaml'], removed: [] });

  const app = new GitOpsApp();
  const { namespace } = shop(new Environment(app, 'staging'));
  new MeshedMicroservice(namespace, 'extra', container);
  new Experiment(namespace, 'without', { question: 'Who misses it?', build: (environment) => shop(environment), measure: (system) => [asksCart(system)] });
  expect(parse(app.render().get('experiments/shop/without/experiment.yaml')!)).toMatchObject({ added: [], changed: [], removed: ['extra.yaml'] });
});

test('requests from outside are for the gateway\'s host, with times and a switch of a program', () => {
  const expected: MeasurementOptions['expected'] = [
    { answers: { atLeast: Duration.seconds(3), atMost: Duration.seconds(4), headers: { 'x-a': 'b' } }, percent: [10, 20] },
  ];
  const [measurement] = described({
    measure: ({ gateway, web, cart }) => [
      Measurement.of(web, 'home', { from: gateway, times: 10, concurrency: 5, headers: { a: 'b' }, toggles: { inOnePodOf: cart, path: '/fault' }, expected }),
    ],
  }).measurements;

  expect(measurement).toEqual({
    from: { gateway: 'gateway' },
    request: { protocol: 'http', address: 'any.example.com', method: 'GET', path: '/', headers: { a: 'b' } },
    times: 10,
    concurrency: 5,
    toggles: { inOnePodOf: 'cart', port: 8080, path: '/fault' },
    expected: [{ answers: { headers: { 'x-a': 'b' }, atLeast: '3s', atMost: '4s' }, percent: [10, 20] }],
  });
});

const measuring = (options: Partial<MeasurementOptions>): Partial<ExperimentProps<Shop>> => ({ measure: (system) => [asksCart(system, options)] });
const expecting = (answers: MeasurementOptions['expected'][0]['answers'], percent: number | readonly [number, number]) =>
  measuring({ expected: [{ answers, percent }] });

test.each<[string, Partial<ExperimentProps<Shop>>, string]>([
  ['changes nothing', { build: (environment) => shop(environment) },
    '[staging/shop/cart-failing] an experiment must change something, got shop as it runs; do it in build'],
  ['cannot fail', expecting({ status: 503 }, [0, 100]),
    '[staging/shop/cart-failing] web → cart read: percent must be able to fail, got all from 0 to 100; make more requests, or expect less'],
  ['has a band beyond all shares', expecting({ status: 503 }, [50, 101]), 'percent must lie between 0 and 100, got [50,101]'],
  ['has a band upside down', expecting({ status: 503 }, [60, 50]), 'percent must lie between 0 and 100, got [60,50]'],
  ['counts all answers', expecting({}, 50), 'answers must say which are counted, got {}; give a status, a body or a time'],
  ['counts by what is no expression', expecting({ body: '(' }, 50), "answers.body must be a regular expression, got '('"],
  ['counts what takes no time', expecting({ atLeast: Duration.seconds(2), atMost: Duration.seconds(1) }, 50),
    'answers can take no time between 2s and 1s, got atLeast above atMost'],
  ['cannot tell a mistake', measuring({ times: 20 }), "20 requests cannot tell 50 % from a mistake, got 12.5 % for 'two retries'; make more"],
  ['asks never', measuring({ times: 0 }), 'times and concurrency must be whole numbers of 1 or more, got 0 and 1'],
  ['asks who does not call', { measure: ({ gateway, cart }) => [Measurement.of(cart, 'read', { from: gateway, times: 200, expected: half })] },
    'gateway → cart read: nobody declares that call, got a measurement of it; declare it, or measure another'],
  ['leaves a variable open', { measure: ({ web, cart }) => [Measurement.of(cart, 'item', { from: web, times: 200, expected: half })] },
    'path must be given where an operation has a variable one, got /items/{id}'],
  ['asks another operation\'s path', measuring({ path: '/items/7' }), 'path must be one of read, got /items/7; it has /cart'],
  ['has no question', { question: ' ' }, '[staging/shop/cart-failing] question must be one line, got " "'],
  ['has a remark of two lines', { remark: 'a\nb' }, 'remark must be one line, got "a\\nb"'],
  ['ends at once', { duration: Duration.millis(10) }, 'duration must be 1 s or more, got 10ms'],
  ['builds what cannot run', {
    build: (environment) => {
      const system = shop(environment);
      new FaultInjection(system.cart, 'slow', { delay: { fixedDelay: Duration.seconds(9), percentage: 50 } });
      return system;
    },
  }, '[staging/shop/cart-failing] the changed system: [staging/shop/cart/slow] a fault comes before the timeout and the retries of its route'],
])('an experiment that %s is refused', (_, props, message) => {
  expect(() => synthesized(props)).toThrow(message);
});

test('an experiment is of one system, and has a name of its own', () => {
  const app = new GitOpsApp();
  const [staging, production] = ['staging', 'production'].map((name) => new Environment(app, name));
  const both = (environment: Environment) => {
    const system = shop(environment);
    new MeshedMicroservice(new MeshNamespace(environment, 'other'), 'stranger', container);
    return system;
  };
  const props: ExperimentProps<Shop> = { question: 'Which?', build: failing, measure: (system) => [asksCart(system)] };
  const { namespace } = shop(staging);
  new Experiment(namespace, 'one', props);
  new Experiment(shop(production).namespace, 'one', props);
  new Experiment(namespace, 'two', { ...props, build: both });

  expect(() => app.render()).toThrow('[production/shop/one] an experiment has a folder of its own, got experiments/shop/one as staging/shop/one has; rename');
  expect(() => app.render()).toThrow('[staging/shop/two] an experiment changes one system, got a change of staging/other/namespace.yaml; build shop alone');
  expect(() => new Experiment(namespace, 'one', props)).toThrow("name must be unique in staging/shop, got 'one' twice");
  expect(() => new Experiment(namespace, 'No', props)).toThrow('name of an experiment must be a DNS label');
  expect(() => new Experiment(new MeshNamespace(namespace, 'inner'), 'three', props)).toThrow('an experiment is of a whole system, got staging/shop/inner');
});

test('an experiment inside of an experiment is refused', () => {
  const build = (environment: Environment): Shop => {
    const system = failing(environment);
    new Experiment(system.namespace, 'inner', { question: 'Deeper?', build: failing, measure: (inner) => [asksCart(inner)] });
    return system;
  };
  expect(() => synthesized({ build })).toThrow('[staging/shop/inner] an experiment changes what runs, got one inside of another; declare it beside the system');
});

test('a component cannot be called as the description', () => {
  const build = (environment: Environment): Shop => {
    const system = failing(environment);
    new MeshedMicroservice(system.namespace, 'experiment', container);
    return system;
  };
  expect(() => synthesized({ build })).toThrow('experiment.yaml says what an experiment is, got a component of that name; rename it');
});

test('a fault that a patch writes into what runs fails the synth', () => {
  const app = new GitOpsApp();
  const { cart } = shop(new Environment(app, 'staging'));
  cart.virtualService!.addJsonPatch(JsonPatch.add('/spec/http/0/fault', { abort: { httpStatus: 500, percentage: { value: 1 } } }));
  expect(() => app.render()).toThrow('[staging/shop/cart] a fault belongs into an Experiment, got one in VirtualService cart; ' +
    'remove the patch, and use FaultInjection in the build of an Experiment');
});

test('the folder of experiments is no environment', () => {
  const app = new GitOpsApp();
  shop(new Environment(app, 'experiments'));
  expect(() => app.render()).toThrow("[experiments] id must not be that of the folder of experiments, got 'experiments'; change it");
});

test('without GitOpsApp an experiment writes nothing', () => {
  const app = new App();
  const { namespace } = shop(new Environment(app, 'staging'));
  new Experiment(namespace, 'cart-failing', { question: 'What if?', build: failing, measure: (system) => [asksCart(system)] });
  expect(app.synthYaml()).not.toContain('fault:');
});
