import { expect, test } from 'vitest';
import { readAmount } from '../../src/domain/written-amount.ts';

test.each([
  ['1234', '1234'],
  ['1234.5', '1234.5'],
  ['1234,50', '1234.50'],
  ['1,234.50', '1234.50'],
  ['1.234,50', '1234.50'],
  ['1 234,50', '1234.50'],
  ['1\u202f234\u202f567,50', '1234567.50'],
  ['1’234.50', '1234.50'],
  ['1.234.567', '1234567'],
  ['1 234', '1234'],
  ['0.125', '0.125'],
  ['1234.567', '1234.567'],
])('%s is read as %s', (text, amount) => expect(readAmount(text)).toEqual({ kind: 'amount', amount }));

test.each(['1.234', '12,005', '999.999'])('%s can be read in two ways', (text) =>
  expect(readAmount(text)).toMatchObject({ kind: 'ambiguous' }),
);

test.each(['much', '', '-5', '1,2,3', '1.23,456.7', '12 34', '5.', '1e5', '1..2'])('%s is no amount', (text) =>
  expect(readAmount(text)).toEqual({ kind: 'none' }),
);
