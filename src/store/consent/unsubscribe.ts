import { latestWord } from '../../domain/consent.ts';
import { consentBy } from '../../domain/consent-by.ts';
import { type Actor, actorHandle } from '../../domain/actor.ts';
import { newId } from '../../domain/ids.ts';
import { allowUnderLock } from '../access/allow.ts';
import { audit } from '../audit.ts';
import { leadNow } from '../clock.ts';
import { insertConsent } from './consent.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { ingest } from '../events/ingest.ts';
import { announce } from '../outbox.ts';
import { readMailWord } from './mail-word.ts';
import { suppressAddress } from './suppress-address.ts';

export interface Unsubscribe {
  leadId: string;
  /** The message whose link was used. */
  sendId?: string;
  /** Where it came from: link, one-click, api, operator … */
  source: string;
  /** The actor; the lead itself by default. */
  actor?: Actor;
}

/**
 * Records an unsubscribe: stores the refusal with its source, suppresses the address, records the event and rings the lead's process,
 * which ends the cadence. Repeating it changes nothing. The lock on the lead makes two at once count as one.
 *
 * @throws AppError LEAD_UNKNOWN, or the refusal of the policy
 */
export function unsubscribe(ctx: StoreContext, input: Unsubscribe): Promise<{ ringIds: string[] }> {
  return transact(ctx.db, (tx) => unsubscribeIn(tx, ctx, input));
}

/** The same within a transaction. @throws as `unsubscribe` */
export async function unsubscribeIn(tx: Tx, ctx: StoreContext, input: Unsubscribe): Promise<{ ringIds: string[] }> {
  const { actor = { kind: 'lead', leadId: input.leadId } } = input;
  const lead = await allowUnderLock(tx, actor, 'unsubscribe', input.leadId);
  if (await isUnsubscribed(tx, lead)) return { ringIds: [] };
  const realNowMs = ctx.realNow();
  const nowMs = leadNow(lead, realNowMs);
  const at = new Date(nowMs);
  const refusal = { text: 'unsubscribed', source: input.source, granted: false, statedBy: consentBy(actor) };
  await insertConsent(tx, lead, refusal, at);
  if (lead.email !== null) {
    const { id: leadId, email: address } = lead;
    await suppressAddress(tx, { address, reason: 'unsubscribed', source: input.source, leadId, occurredAt: at });
  }
  const sendId = input.sendId === undefined ? {} : { sendId: input.sendId };
  await audit(
    tx,
    { leadId: lead.id, actor: actorHandle(actor), at },
    { action: 'lead.unsubscribed', data: { source: input.source, ...sendId } },
  );
  const event = {
    id: newId('event'),
    leadId: lead.id,
    type: 'unsubscribed',
    properties: { source: input.source, ...sendId },
    machine: false,
    sendId: input.sendId ?? null,
    occurredAtMs: nowMs,
  };
  const { ringIds } = await ingest(tx, ctx.rules.current(), [lead], [event], realNowMs);
  return {
    ringIds: [...ringIds, ...(await announce(tx, [{ leadId: lead.id, reason: 'unsubscribed', refs: sendId }]))],
  };
}

async function isUnsubscribed(tx: Tx, lead: Lead): Promise<boolean> {
  const { words, suppressions } = await readMailWord(tx, lead);
  return latestWord(words)?.granted === false && (lead.email === null || suppressions.includes('unsubscribed'));
}
