/** What a stored playbook says of whom mails are from, and how their topics are called. */
import { z } from 'zod';
import type { Sender, Topic } from '../../domain/playbook.ts';

export const SendersShape = z.array(
  z.strictObject({
    sender: z.string(),
    name: z.string().exactOptional(),
    from: z.string().exactOptional(),
    replyTo: z.string().exactOptional(),
    owner: z.boolean().exactOptional(),
    topics: z.array(z.string()),
  }),
) satisfies z.ZodType<Sender[]>;

export const TopicsShape = z.array(
  z.strictObject({
    topic: z.string(),
    name: z.string(),
    names: z.record(z.string(), z.string()).exactOptional(),
  }),
) satisfies z.ZodType<Topic[]>;
