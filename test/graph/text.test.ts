import { Text } from '../../src';

const takes = (match: object, text: string): boolean => new RegExp(`^(?:${String(Reflect.get(match, 'regex'))})$`).test(text); // as Envoy: the whole text

test('a text that contains another is taken as a whole', () => {
  const chrome = Text.contains('Chrome/1.');
  expect(takes(chrome, 'Mozilla/5.0 Chrome/1.2 Safari')).toBe(true);
  expect(takes(chrome, 'Mozilla/5.0 Chrome/142 Safari')).toBe(false);
});

test.each<[string, boolean]>([
  ['group=beta', true], ['a=b; group=beta', true], ['group=beta; a=b', true], ['a=b;group=beta;c=d', true],
  ['group=beta2', false], ['mygroup=beta', false], ['group=alpha; x=group=beta', false], ['', false],
])('the cookies %j have group=beta: %j', (cookies, expected) => {
  expect(takes(Text.cookie('group', 'beta'), cookies)).toBe(expected);
});

test('the others are what they say', () => {
  expect([Text.exact('a'), Text.prefix('a'), Text.regex('a|b')]).toEqual([{ exact: 'a' }, { prefix: 'a' }, { regex: 'a|b' }]);
});

test.each<[string, () => unknown, string]>([
  ['nothing', () => Text.contains(''), 'must not be empty'],
  ['no regular expression', () => Text.regex('('), "got '('"],
  ['what RE2 cannot do', () => Text.regex('a(?=b)'), "got 'a(?=b)'"],
])('fails on %s', (_, make, said) => {
  expect(make).toThrow(said);
});
