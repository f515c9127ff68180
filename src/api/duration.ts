import { z } from 'zod';
import { parseMilliseconds } from '../domain/span.ts';

/** A fast-forward of more than a year is taken for a mistake. */
const MAX_MS = 366 * 86_400_000;

const EXPECTED = 'must be a duration such as "4 days" or "P4D", in weeks, days, hours and minutes';

/** All that `parseMilliseconds` reads: a number and a word, or ISO 8601. Which words there are the description says. */
const PATTERN = String.raw`^\s*([0-9]+(\.[0-9]+)?\s*[A-Za-z]+|[Pp][0-9A-Za-z.,+\-]+)\s*$`;

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
      description:
        'In words, one unit of minutes, hours, days or weeks ("4 days", "1.5 hours", "4d"), or in ISO 8601 without months and years ("P4D", "P1DT12H"); at most 366 days',
      type: 'string',
      maxLength: 40,
      pattern: PATTERN,
    },
    example: '4 days',
  });
