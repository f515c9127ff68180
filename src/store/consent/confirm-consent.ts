import { newId } from '../../domain/ids.ts';
import { CONFIRMATION_LASTS, PREFERENCES_CHANGED } from '../../domain/preferences.ts';
import { audit } from '../audit.ts';
import { insertTouch } from '../capture/touch.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Db, type Tx } from '../db.ts';
import { ingest } from '../events/ingest.ts';
import type { Consent, Lead } from '../generated/client.ts';
import { lockLead } from '../lock.ts';
import { announce } from '../outbox.ts';
import { insertConsent } from './consent.ts';

/** A consent that its link can confirm, or could. */
export interface Confirmable {
  leadId: string;
  language: string | null;
  text: string;
  topics: string[];
  /** `done`: it is confirmed. `over`: it was asked for too long ago. */
  state: 'open' | 'done' | 'over';
}

/** What the link of a consent is about; null: there is no such consent any more. Changes nothing. */
export async function readConfirmable(db: Db, consentId: string, nowMs: number): Promise<Confirmable | null> {
  const consent = await db.consent.findUnique({ where: { id: consentId }, include: { lead: true } });
  if (consent === null || !consent.unconfirmed) return null;
  const { lead, text } = consent;
  const asked = await askedTogether(db, lead, consent, nowMs);
  return {
    leadId: lead.id,
    language: lead.language,
    text,
    topics: asked.map(({ topic }) => topic),
    state: await stateOf(db, consent, leadNow(lead, nowMs)),
  };
}

/**
 * The person confirms what a form asked for in their name: a consent of its own, with who, when and from where, that names the request.
 * What the same words asked for at other times is confirmed with it. Repeating it changes nothing. A wait of the lead's cadence for it
 * ends. A lead that is dormant because it had said no begins anew, as by the request.
 *
 * @param ipHash Of the network address
 */
export async function confirmConsent(
  ctx: StoreContext,
  consentId: string,
  ipHash: string,
): Promise<{ state: Confirmable['state']; ringIds: string[] } | null> {
  return transact(ctx.db, async (tx) => {
    const found = await tx.consent.findUnique({ where: { id: consentId }, select: { leadId: true } });
    if (found === null) return null;
    const lead = await lockLead(tx, found.leadId);
    const consent = await tx.consent.findUniqueOrThrow({ where: { id: consentId } });
    const nowMs = leadNow(lead, ctx.realNow());
    const state = consent.unconfirmed ? await stateOf(tx, consent, nowMs) : 'done';
    if (state !== 'open') return { state, ringIds: [] };
    const at = new Date(nowMs);
    const byMail = { source: `${consent.source}, confirmed by mail`, statedBy: 'lead', ipHash } as const;
    for (const { id: confirms, topic, text, version } of await askedTogether(tx, lead, consent, ctx.realNow()))
      await insertConsent(
        tx,
        lead,
        { ...byMail, text, topics: [topic], confirms, ...(version === null ? {} : { version }) },
        at,
      );
    await audit(tx, { leadId: lead.id, actor: 'lead', at }, { action: 'consent.confirmed', data: { consentId } });
    return {
      state: 'open',
      ringIds: [...(await tell(tx, ctx, lead, nowMs)), ...(await beginAnew(tx, ctx, lead, consent, at))],
    };
  });
}

async function stateOf(db: Db | Tx, consent: Consent, nowMs: number): Promise<Confirmable['state']> {
  if ((await db.consent.count({ where: { confirms: consent.id } })) > 0) return 'done';
  return consent.occurredAt.getTime() + CONFIRMATION_LASTS <= nowMs ? 'over' : 'open';
}

/** A form that was sent twice, or that names several topics, is one question to the person. */
async function askedTogether(db: Db | Tx, lead: Lead, consent: Consent, realNowMs: number): Promise<Consent[]> {
  const { leadId, text, version } = consent;
  const since = new Date(leadNow(lead, realNowMs) - CONFIRMATION_LASTS);
  const asked = await db.consent.findMany({
    where: { leadId, unconfirmed: true, text, version, occurredAt: { gt: since } },
    orderBy: { id: 'asc' },
    take: 100,
  });
  const ids = asked.map(({ id }) => id);
  const done = await db.consent.findMany({ where: { leadId, NOT: { confirms: null } }, select: { confirms: true } });
  const confirmed = new Set(done.map(({ confirms }) => confirms));
  return ids.includes(consent.id) ? asked.filter(({ id }) => !confirmed.has(id)).filter(firstOfTopic) : [consent];
}

function firstOfTopic({ topic }: Consent, index: number, all: readonly Consent[]): boolean {
  return all.findIndex((one) => one.topic === topic) === index;
}

/** Ends what waits for the word of the person. */
async function tell(tx: Tx, ctx: StoreContext, lead: Lead, nowMs: number): Promise<string[]> {
  const event = {
    id: newId('event'),
    leadId: lead.id,
    type: PREFERENCES_CHANGED,
    properties: { by: 'confirmation' },
    machine: false,
    sendId: null,
    occurredAtMs: nowMs,
  };
  return (await ingest(tx, ctx.rules.current(), [lead], [event], ctx.realNow())).ringIds;
}

/** The request came while the lead had said no, and so led to nothing: it counts from now on. */
async function beginAnew(tx: Tx, ctx: StoreContext, lead: Lead, consent: Consent, at: Date): Promise<string[]> {
  if (lead.stage !== 'dormant') return [];
  const asked = await tx.touch.findFirst({
    where: { leadId: lead.id, inbound: true, occurredAt: { lte: consent.occurredAt } },
    orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
  });
  const { source, medium, campaign, content } = asked ?? {};
  const from = Object.fromEntries(Object.entries({ source, medium, campaign, content }).filter(([, value]) => !!value));
  const touch = await insertTouch(
    tx,
    lead.id,
    { how: 'confirmation', ...from },
    {
      at,
      fillsOnly: true,
      enteredBy: null,
      notTaken: {},
      suspicious: [],
      campaigns: ctx.rules.current().playbook.campaigns,
    },
  );
  return announce(tx, [{ leadId: lead.id, reason: 'submitted', refs: { touchId: touch.id } }]);
}
