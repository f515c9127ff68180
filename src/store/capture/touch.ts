import { isKey } from '../../domain/history-words.ts';
import { type Campaign, campaignOfTouch, type StatedOrigin } from '../../domain/campaign.ts';
import { newId } from '../../domain/ids.ts';
import { campaignId, type TouchRead } from '../campaign-of-touch.ts';
import type { Tx } from '../db.ts';
import { columnsOf } from '../rows.ts';
import { Prisma, type Touch as TouchRow } from '../generated/client.ts';
import { given } from './profile.ts';
import type { LeadSubmission, StatedNeed } from './submission.ts';

/** A touch that was just written. */
export interface Touch {
  id: string;
  isFirst: boolean;
  /** The whole row: conditions may ask about it if it is the first. */
  row: TouchRead;
}

/** `Touch.request`: what was asked for, as stated. The lead's process opens a need from it or adds to the open one. */
export interface TouchRequest extends Omit<StatedNeed, 'type'> {
  needType?: string;
  enterAt?: 'assigned' | 'opportunity';
  /** Key of the rep who is to own it. */
  ownerRepKey?: string;
  funnelStage?: string;
  /** Key of the form that was sent. */
  form?: string;
  /** Id of the rep who entered it in the console: they know of it. */
  enteredBy?: string;
  /** By a public key, or a rep whose lead it is not: what is known of the need stays, whatever is stated. */
  fillsOnly?: true;
  /**
   * As stated: what was not taken of the profile, because something else is known or because it holds an address of a page, and where
   * it was to enter. A person can see it and decide.
   */
  notTaken?: Record<string, unknown>;
  /** Fields that held an address of a page, where no honest person writes one. */
  suspicious?: readonly string[];
}

/** How a submission is written down. */
interface TouchOptions {
  at: Date;
  /** What is known stays, whatever is stated. */
  fillsOnly: boolean;
  notTaken: Record<string, unknown>;
  suspicious: readonly string[];
  enteredBy: string | null;
  /** Of the playbook. */
  campaigns: readonly Campaign[];
}

/** The request of a touch as it was written. */
export function requestOf(touch: { request: Prisma.JsonValue }): TouchRequest {
  return typeof touch.request === 'object' && touch.request !== null ? (touch.request as TouchRequest) : {};
}

/**
 * Writes the touch of a submission. The lead must be locked: the first touch is the one that finds no other, and a partial
 * unique index holds that even so. A campaign that nobody has listed gets a row of its own, by which people learn of it.
 */
export async function insertTouch(
  tx: Tx,
  leadId: string,
  submission: LeadSubmission,
  options: TouchOptions,
): Promise<Touch> {
  const stated = statedBy(submission);
  const id = newId('touch');
  const campaign = campaignOfTouch(options.campaigns, stated);
  const its = campaign === undefined ? unlisted(stated) : listedAs(campaign);
  const [row] = await tx.$queryRaw<TouchRow[]>`
    ${its.before} INSERT INTO touches (id, lead_id, is_first, inbound, channel, source, medium, campaign, campaign_id, content,
      landing_page, referrer, how, request, occurred_at)
    VALUES (${id}, ${leadId}, NOT EXISTS (SELECT FROM touches WHERE lead_id = ${leadId} AND is_first),
      ${submission.inbound ?? true}, ${given(submission.channel) ?? null}, ${stated.source}, ${stated.medium},
      ${stated.campaign}, ${its.id}, ${stated.content},
      ${stated.landingPage}, ${given(submission.referrer) ?? null}, ${submission.how},
      ${JSON.stringify(requestFrom(submission, options))}::jsonb, ${options.at})
    RETURNING ${columnsOf('touches')}`;
  if (row === undefined) throw new Error('The touch was not written');
  const campaignKey = campaign?.campaign ?? row.campaign;
  return { id, isFirst: row.isFirst, row: { ...row, campaignKey, campaignType: campaign?.type ?? null } };
}

/** The id of a touch's campaign as SQL, and what the statement begins with. */
interface ItsCampaign {
  before: Prisma.Sql;
  id: Prisma.Sql;
}

function listedAs({ campaign }: Campaign): ItsCampaign {
  return { before: Prisma.empty, id: Prisma.sql`(SELECT id FROM campaigns WHERE key = ${campaign})` };
}

/**
 * Of two requests at once that name it first, and of a request and a publishing that lists it, the second waits for the first: all give
 * the row the same id.
 */
function unlisted({ campaign }: StatedOrigin): ItsCampaign {
  if (campaign === null) return { before: Prisma.empty, id: Prisma.sql`NULL` };
  const id = campaignId(Prisma.sql`${campaign}::text`);
  return {
    before: Prisma.sql`
      WITH known AS (SELECT id FROM campaigns WHERE lower(key) = lower(${campaign})),
      named AS (
        INSERT INTO campaigns (id, key, name, unknown_since) SELECT ${id}, ${campaign}, ${campaign}, now()
        WHERE NOT EXISTS (SELECT FROM known) ON CONFLICT DO NOTHING
      )`,
    id: Prisma.sql`coalesce((SELECT id FROM known), ${id})`,
  };
}

function statedBy(submission: LeadSubmission) {
  return {
    source: given(submission.source) ?? null,
    medium: given(submission.medium) ?? null,
    campaign: given(submission.campaign) ?? null,
    content: given(submission.content) ?? null,
    landingPage: given(submission.landingPage) ?? null,
  };
}

function requestFrom(
  { need, enterAt, event }: LeadSubmission,
  { fillsOnly, notTaken, suspicious, enteredBy }: TouchOptions,
): TouchRequest {
  const { type, ...stated } = need ?? {};
  const form = event?.type === 'form.submitted' ? event.properties?.['form'] : undefined;
  const request: TouchRequest = {
    ...stated,
    ...(type === undefined ? {} : { needType: type }),
    ...(enterAt === undefined ? {} : { enterAt: enterAt.stage }),
    ...(enterAt?.owner === undefined ? {} : { ownerRepKey: enterAt.owner }),
    ...(enterAt?.funnelStage === undefined ? {} : { funnelStage: enterAt.funnelStage }),
    ...(typeof form === 'string' && isKey(form) ? { form } : {}),
    ...(enteredBy === null ? {} : { enteredBy }),
    ...(fillsOnly ? { fillsOnly } : {}),
    ...(Object.keys(notTaken).length === 0 ? {} : { notTaken }),
    ...(suspicious.length === 0 ? {} : { suspicious }),
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
