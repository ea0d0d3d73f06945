import { JsonPatch, Size } from 'cdk8s';
import { MeshNamespace, RedisCache, type RedisCacheProps } from '../../src';
import { at, client, container, expectRefusal, objectIn, objectsIn, world } from '../mesh/world';

const { resources } = container;
const cache = (props: Partial<RedisCacheProps> = {}) => new RedisCache(world().shop, 'redis', { resources, ...props });
const pod = (props?: Partial<RedisCacheProps>) => at(objectIn(cache(props), 'StatefulSet'), 'spec.template.spec');

test('is one StatefulSet with everything that a call needs, but no routes and no ejection', () => {
  expect(objectsIn(cache()).map((object) => at(object, 'kind')).sort()).toEqual([
    'AuthorizationPolicy', 'NetworkPolicy', 'Service', 'Service', 'ServiceAccount', 'Sidecar', 'StatefulSet',
  ]);
});

test('says how many connections a caller may have, where it is told', () => {
  const rule = objectIn(cache({ trafficPolicy: { connectionPool: { maxConnections: 30 } } }), 'DestinationRule');
  expect(at(rule, 'spec')).toEqual({
    exportTo: ['.'], host: 'redis.shop.svc.cluster.local', trafficPolicy: { connectionPool: { tcp: { connectTimeout: '1s', maxConnections: 30 } } },
  });
});

test('fails for no connections', () => {
  expectRefusal(() => cache({ trafficPolicy: { connectionPool: { maxConnections: 0 } } }), '[staging/shop/redis] trafficPolicy: connectionPool.maxConnections');
});

test('runs a pinned Redis by default', () => {
  expect(at(pod(), 'containers')).toMatchObject([{ name: 'redis', image: 'docker.io/library/redis:8.10.1-alpine' }]);
  expect(at(pod({ image: 'docker.io/valkey/valkey:8.1.3' }), 'containers.0.image')).toBe('docker.io/valkey/valkey:8.1.3');
});

test('is asked every 5 seconds whether it lives, and whether it is ready', () => {
  const often = { periodSeconds: 5, timeoutSeconds: 5 };
  expect(at(pod(), 'containers.0')).toMatchObject({
    livenessProbe: { ...often, exec: { command: ['redis-cli', 'ping'] } },
    readinessProbe: { ...often, exec: { command: ['sh', '-c', 'redis-cli ping | grep -q PONG'] } },
  });
  expect(at(pod(), 'terminationGracePeriodSeconds')).toBe(60);
});

test('its pod has a name by a headless Service; an existing StatefulSet keeps the one that it has', () => {
  expect(at(objectIn(cache(), 'StatefulSet'), 'spec.serviceName')).toBe('redis-headless');
  expect(at(objectIn(cache(), 'Service', 'redis-headless'), 'spec.clusterIP')).toBe('None');
  const old = cache({ existing: { serviceName: 'redis' } });
  expect(at(objectIn(old, 'StatefulSet'), 'spec.serviceName')).toBe('redis');
  expect(at(objectIn(old, 'Service'), 'metadata.name')).toBe('redis');
  expect(old.headlessService).toBeUndefined();
});

test('loses its data with the pod by default', () => {
  expect(at(pod(), 'volumes')).toEqual([{ name: 'data', emptyDir: {} }]);
  expect(at(pod(), 'containers.0.volumeMounts')).toEqual([{ name: 'data', mountPath: '/data' }]);
  expect(at(pod(), 'containers.0')).not.toHaveProperty('args');
});

test('keeps its data, command by command, where it has storage', () => {
  const set = objectIn(cache({ persistence: { size: Size.gibibytes(1), storageClassName: 'fast' } }), 'StatefulSet');
  expect(at(set, 'spec.volumeClaimTemplates')).toEqual([{
    metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'fast' },
  }]);
  expect(at(set, 'spec.template.spec.containers.0')).toMatchObject({ args: ['--appendonly', 'yes'], volumeMounts: [{ name: 'data', mountPath: '/data' }] });
  expect(at(set, 'spec.template.spec')).not.toHaveProperty('volumes');
});

test('is reached at the port 6379, which is named for what it is', () => {
  expect(at(objectIn(cache(), 'Service', 'redis'), 'spec')).toEqual({
    ports: [{ appProtocol: 'tcp', name: 'tcp-redis', port: 6379 }], selector: { app: 'redis' },
  });
});

test('opens no connections of its own', () => {
  const redis = cache();
  expect([at(objectIn(redis, 'NetworkPolicy'), 'spec.egress'), at(objectIn(redis, 'Sidecar'), 'spec.egress')]).toEqual([undefined, [{ hosts: ['~/*'] }]]);
});

test('is called by its port, from other namespaces too', () => {
  const { app, staging, shop } = world();
  const redis = new RedisCache(shop, 'redis', { resources });
  client(shop, 'cart').calls(redis, { env: (to) => ({ REDIS_ADDR: to.hostPort }) });
  client(new MeshNamespace(staging, 'desk'), 'support').calls(redis, {});
  expect(at(objectIn(redis, 'AuthorizationPolicy'), 'spec.rules')).toHaveLength(2);
  expect(app.synthYaml()).toContain('value: redis:6379');
});

test('takes patches on its parts', () => {
  const redis = cache();
  redis.workload.statefulSet.addJsonPatch(JsonPatch.add('/spec/persistentVolumeClaimRetentionPolicy', { whenDeleted: 'Retain' }));
  expect(at(objectIn(redis, 'StatefulSet'), 'spec.persistentVolumeClaimRetentionPolicy')).toEqual({ whenDeleted: 'Retain' });
  expect([redis.service, redis.networkPolicy, redis.authorizationPolicy, redis.sidecar, redis.serviceAccount].map(({ kind }) => kind)).toEqual([
    'Service', 'NetworkPolicy', 'AuthorizationPolicy', 'Sidecar', 'ServiceAccount',
  ]);
});

test('fails for a name that is no DNS label', () => {
  expectRefusal(() => new RedisCache(world().shop, 'Redis', { resources }), '[staging/shop/Redis]', "'Redis'");
});

test('fails for an image that is not pinned', () => {
  expectRefusal(() => cache({ image: 'redis:latest' }), '[staging/shop/redis', "'redis:latest'", 'pin it');
});

test('fails for missing resources', () => {
  expectRefusal(() => cache({ resources: undefined as never }), '[staging/shop/redis', 'resources.cpu');
});

test('fails for storage of size 0', () => {
  expectRefusal(() => cache({ persistence: { size: Size.mebibytes(0) } }), '[staging/shop/redis', '/data', '0Ki');
});
