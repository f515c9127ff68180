import { z } from 'zod';
import { parseMilliseconds } from '../domain/span.ts';

/** A fast-forward of more than a year is taken for a mistake. */
const MAX_MS = 366 * 86_400_000;

const EXPECTED = 'must be a duration such as "4 days" or "P4D", in weeks, days, hours and minutes';

/** A length of time in words or in ISO 8601, as in the playbook. The output is milliseconds. */
export const DurationMs = z
  .string()
  .max(40)
  .transform((text, context): number => {
    const ms = parseMilliseconds(text);
    if (ms !== null) return ms;
    context.addIssue({ code: 'custom', message: EXPECTED });
    return z.NEVER;
  })
  .refine((ms) => ms > 0 && ms <= MAX_MS, 'must be longer than zero and at most 366 days')
  .meta({
    override: {
      description: 'In words ("4 days", "12 hours", "1 week") or in ISO 8601 ("P4D", "PT12H"); at most 366 days',
      anyOf: [
        { type: 'string', format: 'duration' },
        { type: 'string', pattern: '^[0-9]+ (minute|hour|day|week)s?$' },
      ],
    },
    example: '4 days',
  });
