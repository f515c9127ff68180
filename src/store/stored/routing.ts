/** How routing.yaml is stored. */
import { z } from 'zod';
import { HOOK_EVENTS } from '../../domain/hand-off-hook.ts';
import type { Routing } from '../../domain/routing.ts';
import { ConditionShape, HoursShape, SpanShape } from './parts.ts';

export const RoutingShape = z.strictObject({
  rules: z.array(
    z.strictObject({
      rule: z.string(),
      when: ConditionShape.exactOptional(),
      team: z.string().exactOptional(),
      rep: z.string().exactOptional(),
      queue: z.string().exactOptional(),
      skills: z.array(z.string()).exactOptional(),
      language: z.literal('same').exactOptional(),
    }),
  ),
  teams: z.array(
    z.strictObject({
      team: z.string(),
      name: z.string(),
      kind: z.literal('tele-sales').exactOptional(),
      reps: z.array(z.string()),
      sla: z.strictObject({
        accept: SpanShape,
        remindAfter: SpanShape,
        contact: SpanShape.exactOptional(),
        answer: SpanShape.exactOptional(),
      }),
      attempts: z.strictObject({ most: z.number(), reason: z.string() }).exactOptional(),
      idle: z.strictObject({ warn: SpanShape, takeBack: SpanShape.exactOptional() }).exactOptional(),
      workingHours: HoursShape,
      timeZone: z.string(),
      calendar: z.string().exactOptional(),
      outsideHours: z.literal('hold').exactOptional(),
      overflow: z.strictObject({ to: z.string(), after: SpanShape }).exactOptional(),
      webhook: z
        .strictObject({
          url: z.string(),
          on: z.array(z.enum(HOOK_EVENTS)),
          secret: z.string().exactOptional(),
          format: z.literal('slack').exactOptional(),
          send: z.array(z.string()).exactOptional(),
          whyNow: z.literal(true).exactOptional(),
        })
        .exactOptional(),
    }),
  ),
  reps: z.array(
    z.strictObject({
      rep: z.string(),
      name: z.string(),
      email: z.string(),
      timeZone: z.string().exactOptional(),
      manager: z.boolean(),
      active: z.boolean(),
      skills: z.array(z.string()).exactOptional(),
      languages: z.array(z.string()).exactOptional(),
    }),
  ),
  sticky: z.strictObject({ account: z.boolean(), customer: z.boolean() }).exactOptional(),
  managers: z.strictObject({ gather: SpanShape, again: SpanShape, full: SpanShape }).exactOptional(),
  alerts: z.strictObject({ perHour: z.number(), gather: SpanShape }).exactOptional(),
}) satisfies z.ZodType<Routing>;
