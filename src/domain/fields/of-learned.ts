import { learnedOfLead } from '../learned/of-lead.ts';
import type { RowField } from './field.ts';

/** The field of the learned readiness. */
export const LEARNED_FIELDS = [
  {
    name: 'readiness.learned',
    type: 'number',
    unit: 'percent',
    part: 'lead',
    words: 'learned readiness',
    read: ({ lead }, { atMs, fading }) => learnedOfLead(fading, lead, atMs),
    sql: '$learned',
    doc: 'chance that a hand-off succeeds, learned from the outcomes so far; unknown without learned.yaml, see [scoring](scoring.md#a-learned-readiness)',
    example: 'readiness.learned: { gte: 40 }',
  },
] as const satisfies readonly RowField[];
