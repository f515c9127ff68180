import type { Request } from 'express';
import { isCurrency } from '../domain/currency.ts';
import { readMoney } from '../domain/written-money.ts';
import { field } from './fields.ts';
import { wrongField } from './wrong.ts';

/**
 * From the fields `value` and `currency`; empty for no value. "1,234.50", "1.234,50" and "1 234,50" are one amount.
 * @throws AppError VALIDATION_FAILED for a value or currency that is none, or a value that can be read in two ways in this currency
 */
export function moneyOf(request: Request): { valueMinor?: number; currency?: string } {
  const value = field(request, 'value');
  const currency = field(request, 'currency').toUpperCase();
  if (value === '') return {};
  if (!isCurrency(currency)) throw wrongField('currency', 'The currency has three letters, such as EUR or USD.');
  const valueMinor = minorUnitsOf(value, currency);
  if (valueMinor === null)
    throw wrongField('value', `The value is an amount of ${currency}, such as 1200, 1,234.50 or 1.234,50.`);
  return { valueMinor, currency };
}

/** @returns Null: it is no amount of the currency */
function minorUnitsOf(value: string, currency: string): number | null {
  const read = readMoney(value, currency);
  if (read.kind === 'none') return null;
  if (read.kind === 'money') return read.minor;
  const [whole, decimal] = read.readings;
  throw wrongField('value', `The value can be read as ${whole} or as ${decimal}: write ${whole}, or ${whole}.00.`);
}
