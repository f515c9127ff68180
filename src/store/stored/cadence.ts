import { z } from 'zod';
import type { Cadence, Step } from '../../domain/cadence.ts';
import { PAUSE_CAUSES } from '../../domain/pause-on.ts';
import type { Prisma } from '../generated/client.ts';
import { AnswersShape, ConditionShape, HoursShape, SpanShape } from './parts.ts';
import { read, store, type StoredShape, unversioned, type Upcast } from './versions.ts';

/** What else a step holds is known to its kind alone. */
const StepShape = z.looseObject({ id: z.string(), kind: z.string() }) as unknown as z.ZodType<Step>;

const TriggerShape = z.strictObject({ event: z.string(), when: ConditionShape.exactOptional() });

/** In version 2 a window has one span of hours or more. */
const withSpans: Upcast = (stored) => ({
  ...stored,
  ...(stored['window'] === undefined ? {} : { window: [stored['window']] }),
});

export const CADENCE: StoredShape<Cadence> = {
  name: 'cadence',
  upcasts: [unversioned, withSpans],
  schema: z.strictObject({
    cadence: z.string(),
    name: z.string(),
    description: z.string().exactOptional(),
    purpose: z.enum(['nurture', 'customer']),
    enroll: z.strictObject({ when: ConditionShape }).exactOptional(),
    answer: AnswersShape.exactOptional(),
    kind: z.literal('reminder').exactOptional(),
    on: TriggerShape.exactOptional(),
    key: z.string().exactOptional(),
    cancel: TriggerShape.exactOptional(),
    priority: z.number(),
    preempt: z.enum(['suspend', 'end']).exactOptional(),
    reentry: z.union([z.enum(['always', 'never']), z.strictObject({ after: SpanShape })]),
    window: z.array(HoursShape).exactOptional(),
    calendar: z.string().exactOptional(),
    spread: SpanShape.exactOptional(),
    staleAfter: SpanShape.exactOptional(),
    whenStale: z.enum(['skip', 'send']).exactOptional(),
    campaign: z.string().exactOptional(),
    pauseOn: z.array(z.enum(PAUSE_CAUSES)).exactOptional(),
    goal: z.strictObject({ when: ConditionShape, name: z.string() }).exactOptional(),
    exit: z.strictObject({ when: ConditionShape, reason: z.string() }).exactOptional(),
    whenDone: z.union([z.literal('dormant'), z.strictObject({ move: z.string() })]),
    steps: z.array(StepShape),
  }),
};

/** As it is kept in `cadence_revisions`. */
export function storedCadence(cadence: Cadence): Prisma.InputJsonObject {
  return store(CADENCE, cadence);
}

/** @throws AppError STORED_BY_NEWER, PLAYBOOK_INVALID */
export function parseCadence(stored: unknown): Cadence {
  return read(CADENCE, stored);
}
