import { z } from 'zod';
import type { Answer } from '../domain/cadence.ts';
import { condition } from './condition-schema.ts';
import { key, mapping } from './schemas.ts';

const one = mapping({ when: condition('lead').optional(), email: key });

/** `answer: guide`, or a list of `{ when, email }` of which the first that holds decides. */
export const answer: z.ZodType<Answer[]> = z.preprocess(
  (written) => (typeof written === 'string' ? [{ email: written }] : written),
  z
    .array(one, { error: 'expected the key of a template, or a list of { when, email }' })
    .min(1, 'expected at least one template')
    .transform((entries) =>
      entries.map(({ when, email }) => ({ ...(when === undefined ? {} : { when }), template: email })),
    ),
);
