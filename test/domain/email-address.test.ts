import { expect, test } from 'vitest';
import { isEmailAddress, withAsciiDomain } from '../../src/domain/email-address.ts';

const LOCAL_PARTS = "! # $ % & ' * + / = ? ^ _ ` { | } ~ -"
  .split(' ')
  .flatMap((sign) => [`${sign}a`, `a${sign}b.c`, `a${sign}`]);

test.each([
  'ada@example.com',
  "o'neil+x@a-b.example.co",
  'A_b-c@x1.io',
  'sales/emea@x.com',
  'mia@firm.xn--j1amh',
  ...LOCAL_PARTS.map((local) => `${local}@x.com`),
])('%s is an address', (text) => {
  expect(isEmailAddress(text)).toBe(true);
});

test.each([
  'a,b@c.dd',
  'a@b..c',
  'a@b',
  'a b@c.dd',
  '.a@c.dd',
  'a.@c.dd',
  'a..b@c.dd',
  '"a"@c.dd',
  'a@b@c.dd',
  'a:b@c.dd',
  'a@c.d-d',
  `${'a'.repeat(250)}@c.dd`,
])('%s is none', (text) => {
  expect(isEmailAddress(text)).toBe(false);
});

test('a text of any length is decided on at once', () => {
  const began = performance.now();
  expect(isEmailAddress(`a@${'.'.repeat(60_000)}@`)).toBe(false);
  expect(performance.now() - began).toBeLessThan(100);
});

test.each([
  ['mia@räucherei.example', 'mia@xn--rucherei-0za.example'],
  ['mia@xn--rucherei-0za.example', 'mia@xn--rucherei-0za.example'],
  ['mia@Firm.example', 'mia@Firm.example'],
  ['mía@räucherei.example', 'mía@xn--rucherei-0za.example'],
  ['mia@firm.example', 'mia@firm.example'],
  ['mia@ä:1/x?y#z', 'mia@ä:1/x?y#z'],
  ['mia@[ä]', 'mia@[ä]'],
  ['', ''],
  ['ä', 'ä'],
])('the domain of %s as mail servers know it', (address, ascii) => {
  expect(withAsciiDomain(address)).toBe(ascii);
});
