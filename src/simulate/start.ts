import { DateTime } from 'luxon';
import { AppError } from '../domain/errors.ts';

/**
 * From when on a persona may come in: the start of a date, or now.
 * @throws AppError VALIDATION_FAILED for what is no date, or past: a life's clock is real time plus an offset
 */
export function startOfSimulation(date: string | null): number {
  if (date === null) return Date.now();
  const start = DateTime.fromISO(date);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !start.isValid)
    throw new AppError('VALIDATION_FAILED', `A simulation starts on a date such as 2027-03-01, not on “${date}”.`);
  if (start.endOf('day').toMillis() < Date.now())
    throw new AppError('VALIDATION_FAILED', `The date ${date} is past: a simulation starts today or later.`);
  return Math.max(start.toMillis(), Date.now());
}
