// A user's main.ts; its argument says what is wrong with it.
import { ApiObject, Chart } from 'cdk8s';
import { synthesize } from '../../src/gitops/synthesize';
import { reject } from '../../src/manifest/reject';

synthesize((app) => {
  const shop = new Chart(app, 'shop');
  new ApiObject(shop, 'cart', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cart' } });
  new ApiObject(new Chart(shop, 'data'), 'redis', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'redis' } });
  if (process.argv[2] === 'reject') reject(shop, 'port must be 1-65535, got 0');
  if (process.argv[2] === 'validate') shop.node.addValidation({ validate: () => ['second, got 2', 'first, got 1'] });
});
