import { z } from 'zod';
import type { Campaign } from '../../domain/campaign.ts';
import type { Prisma } from '../generated/client.ts';
import { read, store, type StoredShape, unversioned } from './versions.ts';

/** A campaign in a stored playbook. */
export const CampaignShape = z.strictObject({
  campaign: z.string(),
  name: z.string().exactOptional(),
  type: z.string().exactOptional(),
  channel: z.string().exactOptional(),
  productLine: z.string().exactOptional(),
  goal: z
    .strictObject({
      leads: z.number().exactOptional(),
      qualified: z.number().exactOptional(),
      won: z.number().exactOptional(),
    })
    .exactOptional(),
  currency: z.string().exactOptional(),
  budgetMinor: z.number().exactOptional(),
  costs: z
    .array(z.strictObject({ on: z.string(), minor: z.number(), for: z.string().exactOptional() }))
    .exactOptional(),
  starts: z.string().exactOptional(),
  ends: z.string().exactOptional(),
  event: z.string().exactOptional(),
  url: z.string().exactOptional(),
  materials: z.array(z.string()).exactOptional(),
  audience: z.string().exactOptional(),
  utm: z
    .array(
      z.strictObject({
        source: z.string().exactOptional(),
        medium: z.string().exactOptional(),
        campaign: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
  attendance: z
    .array(
      z.strictObject({
        on: z.string(),
        registered: z.number().exactOptional(),
        attended: z.number().exactOptional(),
        missed: z.number().exactOptional(),
      }),
    )
    .exactOptional(),
  feedback: z
    .array(
      z.strictObject({
        on: z.string(),
        rating: z.number().exactOptional(),
        answers: z.number().exactOptional(),
        words: z.string().exactOptional(),
      }),
    )
    .exactOptional(),
}) satisfies z.ZodType<Campaign>;

/** A campaign that was written through the API. */
export const CAMPAIGN: StoredShape<Campaign> = { name: 'campaign', upcasts: [unversioned], schema: CampaignShape };

export function storedCampaign(campaign: Campaign): Prisma.InputJsonObject {
  return store(CAMPAIGN, campaign);
}

/** @throws AppError STORED_BY_NEWER, PLAYBOOK_INVALID */
export function parseCampaign(stored: unknown): Campaign {
  return read(CAMPAIGN, stored);
}
