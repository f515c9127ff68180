import { z } from 'zod';
import { WEEKDAYS } from '../../domain/cadence.ts';
import type { Newsletter } from '../../domain/newsletter.ts';
import { ConditionShape, SpanShape } from './parts.ts';

export const NewsletterShape = z.strictObject({
  newsletter: z.string(),
  name: z.string().exactOptional(),
  template: z.string(),
  segment: z.string().exactOptional(),
  when: ConditionShape.exactOptional(),
  times: z.union([
    z.strictObject({
      days: z.array(z.enum(WEEKDAYS)),
      week: z.number().exactOptional(),
      months: z.array(z.number()).exactOptional(),
      at: z.string(),
    }),
    z.strictObject({ dates: z.array(z.number()), months: z.array(z.number()).exactOptional(), at: z.string() }),
    z.strictObject({ cron: z.string() }),
  ]),
  timeZone: z.string().exactOptional(),
  catchUp: SpanShape,
  rate: z.number().exactOptional(),
  again: z.boolean().exactOptional(),
  paused: z.boolean().exactOptional(),
}) satisfies z.ZodType<Newsletter>;
