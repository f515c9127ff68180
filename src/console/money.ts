import type { Request } from 'express';
import { inMinorUnits, isCurrency } from '../domain/currency.ts';
import { AppError } from '../domain/errors.ts';
import { field } from './fields.ts';

/** From the fields `value` and `currency`; empty for no value. @throws AppError VALIDATION_FAILED for a value or currency that is none */
export function moneyOf(request: Request): { valueMinor?: number; currency?: string } {
  const value = field(request, 'value');
  const currency = field(request, 'currency').toUpperCase();
  if (value === '') return {};
  if (!isCurrency(currency))
    throw new AppError('VALIDATION_FAILED', 'The currency has three letters, such as EUR or USD.');
  const valueMinor = inMinorUnits(value, currency);
  if (valueMinor === null) throw new AppError('VALIDATION_FAILED', 'The value is a number, such as 1200 or 1200.50.');
  return { valueMinor, currency };
}
