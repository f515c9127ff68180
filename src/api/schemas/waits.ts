import { z } from 'zod';
import { Timestamp } from './common.ts';

/** Something that keeps mails waiting. */
export const Waits = z
  .object({
    what: z.string(),
    since: Timestamp.nullable().meta({ description: 'Null: not known' }),
    until: Timestamp.nullable().meta({
      description:
        'When it ends by itself, or is tried again: then one mail to a receiver that refuses us leaves. Null: not before a person ends it',
    }),
    ref: z.string().meta({
      description:
        'A pause ("sending", "cadence:KEY"), the id of a bulk run, "receiver:DOMAIN", "limit", or "snooze": the person asked for no mail',
    }),
    lift: z.string().meta({ description: 'How a person ends it, as a command where there is one' }),
  })
  .meta({ id: 'Waits' });
