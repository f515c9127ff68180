/** Pieces that several stored definitions have in common. */
import { z } from 'zod';
import { type Answer, WEEKDAYS, type Hours, type Span } from '../../domain/cadence.ts';
import type { Condition, Matcher } from '../../domain/condition.ts';

export const SpanShape = z.strictObject({
  amount: z.number(),
  unit: z.enum(['minutes', 'hours', 'days', 'weeks', 'business days']),
}) satisfies z.ZodType<Span>;

/** Of a window, of quiet and of working hours. */
export const HoursShape = z.strictObject({
  days: z.array(z.enum(WEEKDAYS)),
  from: z.string(),
  to: z.string(),
}) satisfies z.ZodType<Hours>;

/** Its fields were checked as it was published. What it means is for the condition's own code, see domain/condition.ts. */
export const ConditionShape = z.record(z.string(), z.json()) as unknown as z.ZodType<Condition>;

/** What a field is compared with. It was checked as its condition was. */
export const MatcherShape = z.json() as unknown as z.ZodType<Matcher>;

export const AnswersShape: z.ZodType<Answer[]> = z.array(
  z.strictObject({ when: ConditionShape.exactOptional(), template: z.string() }),
);
