import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareContracts, inWords, unmatchedHalves } from 'meshmart/checks';
import { matchers, readFolder } from 'meshmart/testing';

expect.extend(matchers);

const other = join('..', 'checkout', 'dist');
const both = new Map([...readFolder('dist'), ...readFolder(other)]);
const environments = ['staging', 'production'];

test.each(environments)('the contract of %s that is built on is one that the other team still holds to', (environment) => {
  const file = join('contracts', environment, 'checkout.json');
  const [copy, published] = [file, join(other, file)].map((path) => JSON.parse(readFileSync(path, 'utf8')));
  const breaking = compareContracts(copy, published).filter(({ breaks = [] }) => breaks.some((identity) => identity.includes('/ns/catalogue/')));
  expect(breaking.map(inWords)).toEqual([]);
});

test('each half of a call has its other half', () => {
  const findings = unmatchedHalves(readFolder('dist'), readFolder(other));
  expect(findings.filter(({ severity }) => severity === 'error').map(inWords)).toEqual([]);
});

test.each(environments)('in %s the orders get a product, again if need be, and no list', (environment) => {
  expect(both).toCall('orders', 'products', { operation: 'GET /products/7', environment });
  expect(both).toHaveRetries('orders', 'products', { operation: 'GET /products/7', attempts: 2, environment });
  expect(both).not.toCall('orders', 'products', { operation: 'GET /products', environment });
});
