import { Duration } from 'luxon';
import { z } from 'zod';

/** Months and years are no fixed time, and more than a year at once is a mistake. */
const FORM = /^P(?=.)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/;
const MAX_MS = 366 * 86_400_000;

/** An ISO 8601 duration in weeks, days, hours, minutes and seconds, as milliseconds. */
export const DurationMs = z
  .string()
  .max(40)
  .regex(FORM, 'must be an ISO 8601 duration of weeks, days, hours, minutes and seconds, as in P4D or PT12H')
  .transform((text) => Duration.fromISO(text).toMillis())
  .refine((ms) => ms > 0 && ms <= MAX_MS, 'must be longer than nothing and at most 366 days')
  .meta({ override: { type: 'string', format: 'duration' }, example: 'P4D' });
