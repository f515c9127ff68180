/** What a stored playbook says of whom mails are from, and how their topics are called. */
import { z } from 'zod';
import type { Sender, Topic } from '../../domain/playbook.ts';
import type { TrackingRules } from '../../domain/tracking.ts';
import { RATE_UNITS, type Sending } from '../../domain/sending-limits.ts';

const RateShape = z.strictObject({ mails: z.number(), per: z.enum(RATE_UNITS) });
const WarmUpShape = z.strictObject({ from: z.string(), days: z.array(z.number()) });

export const SendingShape = z.strictObject({
  atMost: RateShape.exactOptional(),
  domains: z.array(z.strictObject({ domains: z.array(z.string()), atMost: RateShape })).exactOptional(),
  warmUp: WarmUpShape.exactOptional(),
}) satisfies z.ZodType<Sending>;

export const SendersShape = z.array(
  z.strictObject({
    sender: z.string(),
    name: z.string().exactOptional(),
    from: z.string().exactOptional(),
    replyTo: z.string().exactOptional(),
    returnDomain: z.string().exactOptional(),
    owner: z.boolean().exactOptional(),
    topics: z.array(z.string()),
    atMost: RateShape.exactOptional(),
    warmUp: WarmUpShape.exactOptional(),
  }),
) satisfies z.ZodType<Sender[]>;

export const TrackingShape = z.strictObject({
  off: z.literal(true).exactOptional(),
  opens: z.literal('off').exactOptional(),
  consentIn: z.union([z.literal('all'), z.array(z.string())]).exactOptional(),
}) satisfies z.ZodType<TrackingRules>;

export const TopicsShape = z.array(
  z.strictObject({
    topic: z.string(),
    name: z.string(),
    names: z.record(z.string(), z.string()).exactOptional(),
  }),
) satisfies z.ZodType<Topic[]>;
