import {
  Environment, ExternalService, GitOpsApp, IngressGateway, MeshNamespace, MeshedJob, MeshedMicroservice, Operation, Port, RedisCache, codeOwners,
} from '../../src';
import { at, client, container, expectRefusal, objectIn, objectsIn, payment } from '../mesh/world';

function shopOf(owner?: string) {
  const app = new GitOpsApp();
  return { app, shop: new MeshNamespace(new Environment(app, 'staging'), 'shop', { owner }) };
}

const ownerOn = (object: unknown): unknown => Object(at(object, 'metadata.annotations'))['a8r.io/owner'];

describe('an owner', () => {
  test('stands on the Service, or on the workload where there is none', () => {
    const { shop } = shopOf('@acme/shop');
    payment(shop);
    client(shop, 'customers');
    new MeshedJob(shop, 'nightly', { ...container, schedule: '0 3 * * *' });
    new MeshedJob(shop, 'once', container);
    new RedisCache(shop, 'redis', { resources: container.resources });

    const owned = objectsIn(shop).filter((object) => ownerOn(object) === '@acme/shop').map((object) => `${at(object, 'kind')} ${at(object, 'metadata.name')}`);
    expect(owned).toEqual(['Service payment', 'Deployment customers', 'CronJob nightly', 'Job once', 'Service redis']);
  });

  test('of a service comes before that of its namespace', () => {
    const { shop } = shopOf('@acme/shop');
    new MeshedMicroservice(shop, 'payment', { ...container, owner: 'payments@example.com', port: Port.grpc(80), operations: { pay: Operation.grpc('a.B/C') } });
    expect(ownerOn(objectIn(shop, 'Service'))).toBe('payments@example.com');
  });

  test('is written nowhere where nobody says who', () => {
    const { app, shop } = shopOf();
    payment(shop);
    expect(objectsIn(shop).filter((object) => ownerOn(object) !== undefined)).toEqual([]);
    expect(codeOwners(app)).toBe('');
  });

  test.each(['', ' ', 'payments', '@', '@acme/', 'two owners', '@acme/a @acme/b'])('fails for %j', (owner) => {
    expectRefusal(() => shopOf(owner), '[staging/shop]', 'owner must be', `got '${owner}'`);
    const { shop } = shopOf();
    expectRefusal(() => client(shop, 'customers', { owner }), '[staging/shop/customers]', `got '${owner}'`);
  });
});

describe('CODEOWNERS', () => {
  test('has a line for the system, and one for each file that is somebody else\'s', () => {
    const { app, shop } = shopOf('@acme/shop');
    client(shop, 'customers');
    client(shop, 'desk', { owner: '@acme/shop' });
    client(shop, 'ledger', { owner: '@acme/money' });
    new IngressGateway(shop, 'gateway', { hosts: ['*'], owner: '@acme/edge' });
    new ExternalService(shop, 'bank', { host: 'bank.example', port: Port.tls(443), owner: '@acme/money' });
    expect(codeOwners(app, '/').split('\n')).toEqual([
      '/staging/shop/ @acme/shop', '/staging/shop/bank.yaml @acme/money', '/staging/shop/gateway.yaml @acme/edge', '/staging/shop/ledger.yaml @acme/money', '',
    ]);
  });

  test('has a line for the contract of a system', () => {
    const { app, shop } = shopOf('@acme/shop');
    new MeshedMicroservice(shop, 'plain', { ...container, port: Port.http(80), exported: true });
    expect(codeOwners(app, '/').split('\n')).toContain('/contracts/staging/shop.json @acme/shop');
  });

  test('has lines of files alone where the system has no owner', () => {
    const { app, shop } = shopOf();
    client(shop, 'ledger', { owner: '@acme/money' });
    client(shop, 'desk');
    expect(codeOwners(app)).toBe('/dist/staging/shop/ledger.yaml @acme/money\n');
  });
});
