import { amountOf, amountText } from '../../src/workload/amount';

test.each<[string, unknown, number]>([
  ['cpu', '100m', 100], ['cpu', '2', 2000], ['cpu', 2, 2000], ['cpu', '0.1', 100], ['cpu', '1.5m', 2], ['cpu', '1e1', 10_000], ['cpu', '100u', 1],
  ['cpu', '0', 0], ['memory', '64Mi', 64 * 2 ** 20], ['memory', '0.5Gi', 2 ** 29], ['memory', '1G', 1e9], ['memory', '500M', 5e8], ['memory', '128k', 128_000],
  ['memory', '1024', 1024], ['memory', '1E', 1e18], ['memory', '12e6', 12e6], ['storage', '1Ti', 2 ** 40], ['pods', '7', 7],
])('%s of %s', (resource, quantity, amount) => {
  expect(amountOf(resource, quantity)).toBe(amount);
});

test.each([undefined, '', 'much', '1 Gi', '1Xi', '-1', '1Mii', {}])('%j is no quantity', (quantity) => {
  expect(amountOf('memory', quantity)).toBeUndefined();
});

test.each<[string, number, string]>([
  ['limits.cpu', 2000, '2'], ['limits.cpu', 2200, '2200m'], ['requests.memory', 2 ** 30, '1Gi'], ['requests.memory', 2 ** 20 + 1, '2Mi'],
  ['requests.storage', 0, '0'], ['pods', 14, '14'], ['persistentvolumeclaims', 0, '0'],
])('%s of %d is written %s', (resource, amount, text) => {
  expect(amountText(resource, amount)).toBe(text);
});
