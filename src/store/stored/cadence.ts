import { z } from 'zod';
import type { Cadence, Step } from '../../domain/cadence.ts';
import type { Prisma } from '../generated/client.ts';
import { AnswersShape, ConditionShape, HoursShape, SpanShape } from './parts.ts';
import { read, store, type StoredShape, unversioned, type Upcast } from './versions.ts';

/** What else a step holds is known to its kind alone. */
const StepShape = z.looseObject({ id: z.string(), kind: z.string() }) as unknown as z.ZodType<Step>;

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
    priority: z.number(),
    reentry: z.enum(['always', 'never']),
    window: z.array(HoursShape).exactOptional(),
    calendar: z.string().exactOptional(),
    spread: SpanShape.exactOptional(),
    staleAfter: SpanShape.exactOptional(),
    whenStale: z.enum(['skip', 'send']).exactOptional(),
    campaign: z.string().exactOptional(),
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
