/** The language of playbook/tests/*.yaml. */
import { z } from 'zod';
import { WEEKDAYS } from '../../domain/cadence.ts';
import { STAGES } from '../../domain/stage.ts';
import { days, key, mapping, readBy, span, words } from '../../language/schemas.ts';

const wholeDay = z
  .int('expected a whole number of days')
  .min(0, 'expected a day from 0 on')
  .max(730, 'expected a day up to 730');

const number = z.number('expected a number');

/** A number, or bounds: 3, { gte: 2, lte: 4 }. */
const amount = z.union([number, mapping({ gte: number.optional(), lte: number.optional() })], {
  error: 'expected a number such as 3, or bounds such as { gte: 2, lte: 4 }',
});

/** One key, or a list of them. */
const keys = z
  .union([key, z.array(key).min(1)], {
    error: 'expected the key of a template such as "ebook-welcome", or a list of them',
  })
  .transform((value) => (Array.isArray(value) ? value : [value]));

const weekdays = z.union([z.literal('weekend').transform(() => WEEKDAYS.slice(5)), days], {
  error: 'expected "weekend", or days such as "sat" or "mon-wed"',
});

/** "09:00-17:00" */
const hours = readBy<{ from: string; to: string }>((value, report) => {
  const [, from, to] =
    /^([01]\d:[0-5]\d|2[0-3]:[0-5]\d)\s*-\s*([01]\d:[0-5]\d|2[0-3]:[0-5]\d)$/.exec(String(value)) ?? [];
  if (from !== undefined && to !== undefined && from < to) return { from, to };
  return report([], 'expected hours such as "09:00-17:00"') ?? undefined;
}).meta({ type: 'string', examples: ['09:00-17:00'] });

const expectation = mapping({
  byDay: wholeDay.optional(),
  emails: amount.optional(),
  noneOn: weekdays.optional(),
  hours: hours.optional(),
  got: keys.optional(),
  within: span.optional(),
  never: keys.optional(),
  order: z.array(key).min(2, 'expected at least two templates').optional(),
  notSent: keys.optional(),
  stage: z.enum(STAGES).optional(),
  reached: z.enum(STAGES).optional(),
  score: amount.optional(),
  handOffs: amount.optional(),
  tasks: amount.optional(),
  arms: z.record(key, key).optional(),
  left: mapping({ cadence: key, because: words.optional() }).optional(),
})
  .refine(({ byDay: _day, within: _within, ...asked }) => Object.values(asked).some((one) => one !== undefined), {
    message:
      'says nothing that could be so or not: write emails, noneOn, hours, got, never, order, notSent, stage, reached, score, handOffs, tasks, arms or left',
  })
  .refine(({ within, got }) => within === undefined || got !== undefined, {
    path: ['within'],
    message: 'goes with "got": the template that comes within that time',
  });

export const testSchema = mapping({
  name: z.string().optional(),
  persona: key,
  cadence: key.optional(),
  days: wholeDay.default(60),
  seed: z.int('expected a whole number').default(1),
  start: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/, 'expected a date such as "2027-03-01"')
    .optional(),
  expect: z.array(expectation).min(1, 'expected at least one expectation'),
});

export type Expectation = z.output<typeof expectation>;
/** The keys of an expectation that something is checked by. */
export type Claim = Exclude<keyof Expectation, 'byDay' | 'within'>;
