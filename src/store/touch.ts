import { newId } from '../domain/ids.ts';
import type { BantState, Maturity } from '../domain/stage.ts';
import type { Tx } from './db.ts';
import type { Prisma } from './generated/client.ts';
import { given } from './profile.ts';
import type { LeadSubmission } from './submission.ts';

/** `Touch.request`: what was asked for, as stated. The lead's process opens a need from it or adds to the open one. */
export interface TouchRequest {
  needType?: string;
  productLine?: string;
  maturity?: Maturity;
  budget?: BantState;
  authority?: BantState;
  need?: BantState;
  timing?: BantState;
  valueMinor?: number;
  currency?: string;
  enterAt?: 'assigned' | 'opportunity';
  /** Key of the rep who is to own it. */
  ownerRepKey?: string;
  funnelStage?: string;
}

/** The request of a touch as it was written. */
export function requestOf(touch: { request: Prisma.JsonValue }): TouchRequest {
  return typeof touch.request === 'object' && touch.request !== null ? (touch.request as TouchRequest) : {};
}

/**
 * Writes the touch of a submission. The lead must be locked: the first touch is the one that finds no other, and a partial
 * unique index holds that even so.
 */
export async function insertTouch(
  tx: Tx,
  lead: { id: string; created: boolean },
  submission: LeadSubmission,
  at: Date,
): Promise<{ touchId: string; isFirst: boolean }> {
  const earlier = lead.created ? null : await tx.touch.findFirst({ where: { leadId: lead.id, isFirst: true }, select: { id: true } });
  const isFirst = earlier === null;
  const campaign = given(submission.campaign) ?? null;
  const known = campaign === null ? null : await tx.campaign.findUnique({ where: { key: campaign }, select: { id: true } });
  const touchId = newId('touch');
  await tx.touch.createMany({
    data: [
      {
        id: touchId,
        leadId: lead.id,
        isFirst,
        inbound: submission.inbound ?? true,
        channel: given(submission.channel) ?? null,
        source: given(submission.source) ?? null,
        medium: given(submission.medium) ?? null,
        campaign,
        campaignId: known?.id ?? null,
        content: given(submission.content) ?? null,
        landingPage: given(submission.landingPage) ?? null,
        referrer: given(submission.referrer) ?? null,
        how: submission.how,
        request: requestFrom(submission) as Prisma.InputJsonObject,
        occurredAt: at,
      },
    ],
  });
  return { touchId, isFirst };
}

function requestFrom({ need, enterAt }: LeadSubmission): TouchRequest {
  const { type, ...stated } = need ?? {};
  const request: TouchRequest = {
    ...stated,
    ...(type === undefined ? {} : { needType: type }),
    ...(enterAt === undefined ? {} : { enterAt: enterAt.stage }),
    ...(enterAt?.owner === undefined ? {} : { ownerRepKey: enterAt.owner }),
    ...(enterAt?.funnelStage === undefined ? {} : { funnelStage: enterAt.funnelStage }),
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}
