import { Duration, Size } from 'cdk8s';
import { Environment, LogStack, type LogStackProps, MeshNamespace } from '../../../src';
import { expectRefusal, world } from '../../mesh/world';

const apiServer = { addresses: ['192.0.2.10'], port: 6443 };
const storage = { size: Size.gibibytes(10) };

function system(props: Partial<LogStackProps> = {}) {
  const made = world({ apiServer });
  return { ...made, stack: new LogStack(made.shop, 'shop-logs', { watches: [made.shop], storage, ...props }) };
}

describe('fails for', () => {
  test.each<[string, Partial<LogStackProps>, ...string[]]>([
    ['no namespace', { watches: [] as never }, 'watches must name at least one namespace, got none'],
    ['no storage', { storage: undefined as never }, 'storage must have a size, got undefined', 'Size.gibibytes(10)'],
    ['storage without a size', { storage: {} as never }, 'storage must have a size, got {}'],
    ['half a day', { retention: Duration.hours(12) }, 'retention must be whole days, 1 or more, got 12 hours', 'Duration.days(7)'],
    ['no day', { retention: Duration.days(0) }, 'got 0 hours'],
    ['a version whose settings are others', { version: '7.17.29' }, "from 8.15.0 to 9.x, got '7.17.29'", "'8.19.20'"],
    ['a version just too old', { version: '8.14.3' }, "got '8.14.3'"],
    ['a version that is not there yet', { version: '10.0.0' }, "got '10.0.0'"],
    ['a moving version', { version: 'latest' }, "got 'latest'"],
  ])('%s', (_, props, ...parts) => {
    expectRefusal(() => system(props), '[staging/shop/shop-logs/stack]', ...parts);
  });

  test('a claim of nothing, an image without a tag, and no limits: where they are', () => {
    expectRefusal(() => system({ storage: { size: Size.gibibytes(0) } }), '[staging/shop/shop-logs/elasticsearch', 'claim at /data must have a size above 0');
    expectRefusal(() => system({ image: (program) => `registry.example/${program}` }), "got 'registry.example/elasticsearch'", 'pin it');
    expectRefusal(() => system({ resources: { kibana: {} as never } }), 'staging/shop/shop-logs/kibana', 'resources.cpu');
  });

  test('a namespace twice', () => {
    const { shop } = world({ apiServer });
    const twice = () => new LogStack(shop, 'shop-logs', { watches: [shop, shop], storage });
    expectRefusal(twice, '[staging/shop/shop-logs/stack]', "got 'shop' twice", 'remove one');
  });

  test('a namespace that another stack watches, under whatever name', () => {
    const { staging, shop } = system();
    const joined = MeshNamespace.existing(staging, 'also-shop', { name: 'shop' });
    const second = () => new LogStack(staging, 'more-logs', { watches: [joined], storage });
    expectRefusal(second, '[staging/more-logs/stack]', "got 'shop', which staging/shop/shop-logs/stack watches", 'remove it from one of them');
    expect(shop.name).toBe(joined.name);
  });

  test('a namespace of another environment', () => {
    const { app, shop } = world({ apiServer });
    const elsewhere = new MeshNamespace(new Environment(app, 'production', { apiServer }), 'shop');
    const foreign = () => new LogStack(shop, 'shop-logs', { watches: [elsewhere], storage });
    expectRefusal(foreign, '[staging/shop/shop-logs/stack]', 'got production/shop', 'make a stack there');
  });

  test('an environment that does not know its API server', () => {
    const { shop } = world();
    expectRefusal(() => new LogStack(shop, 'shop-logs', { watches: [shop], storage }), '[staging]', 'apiServer must have the addresses');
  });

  test('an id that is no name of a namespace', () => {
    const { shop } = world({ apiServer });
    expectRefusal(() => new LogStack(shop, 'Shop Logs', { watches: [shop], storage }), "got 'Shop Logs'");
  });
});
