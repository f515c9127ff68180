import { expect, test } from 'vitest';
import { isEmailAddress } from '../../src/domain/email-address.ts';

test.each(['ada@example.com', "o'neil+x@a-b.example.co", 'A_b-c@x1.io'])('%s is an address', (text) => {
  expect(isEmailAddress(text)).toBe(true);
});

test.each(['a,b@c.dd', 'a@b..c', 'a@b', 'a b@c.dd', '.a@c.dd', 'a.@c.dd', `${'a'.repeat(250)}@c.dd`])(
  '%s is none',
  (text) => {
    expect(isEmailAddress(text)).toBe(false);
  },
);

test('a text of any length is decided on at once', () => {
  const began = performance.now();
  expect(isEmailAddress(`a@${'.'.repeat(60_000)}@`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(100);
});
