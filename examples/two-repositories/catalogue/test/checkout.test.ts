import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inWords, unmatchedHalves } from 'meshmart/checks';
import { matchers, readFolder } from 'meshmart/testing';

expect.extend(matchers);

const other = join('..', 'checkout', 'dist');
const both = new Map([...readFolder('dist'), ...readFolder(other)]);
const environments = ['staging', 'production'];

test.each(environments)('the contract of %s is the one that the other team has published', (environment) => {
  const file = join('contracts', environment, 'checkout.json');
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(other, file), 'utf8'));
});

test('each half of a call has its other half', () => {
  expect(unmatchedHalves(readFolder('dist'), readFolder(other)).map(inWords)).toEqual([]);
});

test.each(environments)('in %s the orders get a product, again if need be, and no list', (environment) => {
  expect(both).toCall('orders', 'products', { operation: 'GET /products/7', environment });
  expect(both).toHaveRetries('orders', 'products', { operation: 'GET /products/7', attempts: 2, environment });
  expect(both).not.toCall('orders', 'products', { operation: 'GET /products', environment });
});
