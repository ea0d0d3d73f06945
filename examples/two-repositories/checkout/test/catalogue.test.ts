import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareContracts, inWords, unmatchedHalves } from 'meshmart/checks';
import { matchers, readFolder } from 'meshmart/testing';

expect.extend(matchers);

const other = join('..', 'catalogue', 'dist');
const both = new Map([...readFolder('dist'), ...readFolder(other)]);
const environments = ['staging', 'production'];

test.each(environments)('the contract of %s that is built on is one that the other team still holds to', (environment) => {
  const file = join('contracts', environment, 'catalogue.json');
  const [copy, published] = [file, join(other, file)].map((path) => JSON.parse(readFileSync(path, 'utf8')));
  const breaking = compareContracts(copy, published).filter(({ breaks = [] }) => breaks.some((identity) => identity.includes('/ns/checkout/')));
  expect(breaking.map(inWords)).toEqual([]);
});

test('each half of a call has its other half', () => {
  const findings = unmatchedHalves(readFolder('dist'), readFolder(other));
  expect(findings.filter(({ severity }) => severity === 'error').map(inWords)).toEqual([]);
});

test.each(environments)('in %s the bestsellers see what was sold, and place no orders', (environment) => {
  expect(both).toCall('bestsellers', 'orders', { operation: 'GET /orders/sold', environment });
  expect(both).not.toCall('bestsellers', 'orders', { operation: 'POST /orders', environment });
});

test.each(environments)('in %s an order can be placed from outside, and nothing else', (environment) => {
  expect(both).toBeReachableFrom('orders', 'outside', { operation: 'POST /orders', environment });
  expect(both).not.toBeReachableFrom('orders', 'outside', { operation: 'GET /orders/sold', environment });
});
