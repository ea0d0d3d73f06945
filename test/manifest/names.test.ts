import { Construct } from 'constructs';
import { App } from 'cdk8s';
import { checkName } from '../../src/manifest/names';
import { expectRefusal } from '../mesh/world';

const construct = new Construct(new App(), 'shop');

test.each(['a', '0', 'a-b', 'payment-2', '2fast', 'a--b', 'a'.repeat(63)])('takes the DNS label %j', (name) => {
  expect(() => checkName(construct, 'name', name)).not.toThrow();
});

test.each(['', 'Payment', 'a_b', 'a.b', '-a', 'a-', 'a b', 'zähler', 'a\n'])('fails for %j, which is no DNS label', (name) => {
  expectRefusal(() => checkName(construct, 'version', name), '[shop]', 'version', `'${name}'`, 'DNS label');
});

test('fails for 64 characters, and says how many there are', () => {
  expectRefusal(() => checkName(construct, 'name', 'a'.repeat(64)), '[shop]', '63', '64', 'shorten');
});
