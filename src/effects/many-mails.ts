/**
 * The ledger for many mails at once: claims and outcomes are written by one statement each, by the same states as one effect's (claim.ts,
 * settle.ts).
 */
import type { Brand } from '../domain/brand.ts';
import type { Sender } from '../domain/playbook.ts';
import type { UtmRule } from '../domain/utm.ts';
import { emailDomainOf } from '../domain/email-domain.ts';
import {
  bounced,
  bounceOf,
  isOfMailbox,
  isTrouble,
  type Outcome,
  type Settlement,
  settlementOf,
} from '../domain/effect.ts';
import { isAppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import type { MailSettings } from '../email/mail-settings.ts';
import type { OutgoingMessage } from '../email/message.ts';
import { addressesFor } from '../email/render.ts';
import { noteTroubles } from '../store/brakes.ts';
import type { Db, Tx } from '../store/db.ts';
import { noteBounces } from '../store/inbound/note-bounces.ts';
import { noteSoftBounce } from '../store/inbound/soft-bounces.ts';
import { linkIds, storeLinksOfLeads } from '../store/process/link-ids.ts';
import { type NewSend, releaseSends, type Settled, settleSends, writeSends } from '../store/process/sends.ts';
import { suppressRefused } from './email.ts';
import { type BegunMail, beginMail, type EmailDraft, finishMail } from './mail-writer.ts';
import { hearOf, type HeardOf, tellsOfReceiver } from './receiver.ts';
import { missed } from './settle.ts';

/** A mail that is meant to go to a lead. `row`: what the ledger keeps of it beside its content. */
export interface MeantMail {
  leadId: string;
  /** On the lead's clock. */
  at: Date;
  draft: EmailDraft;
  row: Pick<NewSend, 'key'> & Partial<Pick<NewSend, 'broadcastId' | 'variant'>>;
  /** It tries a receiver that refused us before. */
  tries: boolean;
}

/** A mail whose claim is written. It is handed over once, after the commit. */
export interface ClaimedMail {
  id: string;
  attempt: string;
  leadId: string;
  message: OutgoingMessage;
  tries: boolean;
}

interface Claiming {
  tx: Tx;
  db: Db;
  mail: MailSettings;
  brand: Brand | undefined;
  utm: UtmRule | undefined;
  senders?: readonly Sender[] | undefined;
}

/** By lead: its claim, or why its mail cannot be written. What cannot be written is not claimed. */
export type Claims = ReadonlyMap<string, ClaimedMail | { broken: string }>;

/** Writes the mails and claims them, in the transaction of the caller, which holds the locks of their leads. */
export async function claimMails(
  { tx, db, mail, brand, utm, senders }: Claiming,
  meant: readonly MeantMail[],
): Promise<{ claims: Claims; rows: NewSend[] }> {
  const source = { mail, brand, utm, senders };
  const claims = new Map<string, ClaimedMail | { broken: string }>();
  const begun = new Map<MeantMail, BegunMail>();
  const own = new Map<string, readonly string[]>();
  for (const one of meant)
    await unlessBroken(claims, one, async () => {
      const started = await beginMail(source, { id: newId('send'), audience: 'lead' }, one.draft);
      own.set(one.leadId, addressesFor(started.compiled, started.context));
      begun.set(one, started);
    });
  const stored = await storeLinksOfLeads(tx, own);
  const rows: NewSend[] = [];
  for (const [one, started] of begun)
    await unlessBroken(claims, one, async () => {
      const fixed = await linkIds(db, tx, started.links);
      const links = { linkIds: fixed, own: stored.get(one.leadId) ?? new Map<string, number>() };
      const { content, message } = finishMail(source, started, { at: one.at, links });
      const attempt = newId('command');
      const { leadId, at: occurredAt } = one;
      rows.push({
        id: started.id,
        leadId,
        channel: 'email',
        audience: 'lead',
        attempt,
        occurredAt,
        ...one.row,
        ...content,
        templateKey: content.templateKey ?? one.draft.template.key,
      });
      claims.set(leadId, { id: started.id, attempt, leadId, message, tries: one.tries });
    });
  await writeSends(tx, rows, 'claimed');
  return { claims, rows };
}

/** A mail that cannot be written for one lead holds up no other. */
async function unlessBroken(
  claims: Map<string, ClaimedMail | { broken: string }>,
  { leadId }: MeantMail,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isAppError(error) || (error.code !== 'TEMPLATE_BROKEN' && error.code !== 'PLAYBOOK_INVALID')) throw error;
    claims.set(leadId, { broken: error.message });
  }
}

/** A mail and what became of it. */
export interface ActedMail {
  mail: ClaimedMail;
  outcome: Outcome;
  /** On the lead's clock. */
  at: Date;
  /** It was the last attempt: what the mailbox does not take has failed then. */
  isLast: boolean;
  /** When it was handed over. Epoch milliseconds, real time. */
  sinceMs: number;
}

/** One that certainly did not happen. `isOutdated`: see `EffectResult`. */
type ReleasedMail = ActedMail & { isOutdated: boolean };

/**
 * Writes the outcomes. Answers with those that certainly did not happen and may be tried again. What a later attempt was in doubt about
 * is among them only where `canRepeat` says so; else it stays in doubt, with the reason.
 */
export async function settleMails(
  tx: Tx,
  acted: readonly ActedMail[],
  { canRepeat }: { canRepeat: boolean },
): Promise<ReleasedMail[]> {
  const outcomes = acted.map((one) => ({ ...one, settlement: settlementOfMail(one) }));
  const settled: Settled[] = outcomes.flatMap(({ mail: { id, attempt }, at, settlement }) =>
    settlement.status === 'released'
      ? []
      : [{ id, attempt, status: settlement.status, reason: settlement.reason, sentAt: sentAt(settlement.status, at) }],
  );
  const meant = outcomes.filter(({ settlement }) => settlement.status === 'released');
  const released = new Set<string>();
  if (meant.length > 0) {
    const attempts = meant.map(({ mail: { id, attempt } }) => ({ id, attempt }));
    for (const { id } of await releaseSends(tx, attempts, { alsoInDoubt: canRepeat })) released.add(id);
    for (const { mail, settlement } of meant)
      if (!released.has(mail.id))
        settled.push({
          id: mail.id,
          attempt: mail.attempt,
          status: 'in_doubt',
          reason: missed(settlement.reason ?? ''),
          sentAt: null,
        });
  }
  const troubles = acted.filter(({ outcome }) => isTrouble(outcome)).length;
  if (troubles > 0) await noteTroubles(tx, troubles);
  const written = new Set(settled.length > 0 ? await settleSends(tx, settled) : []);
  const told = new Map<ActedMail, HeardOf>();
  for (const one of acted) {
    const { outcome, sinceMs, mail } = one;
    const receiver = emailDomainOf(mail.message.envelope.to);
    const heard = { outcome, tried: mail.tries, sinceMs };
    if (receiver !== null && tellsOfReceiver(heard)) told.set(one, { receiver, ...heard });
  }
  const outdated = await hearOf(tx, [...told.values()]);
  for (const { mail, outcome, at } of acted)
    if (outcome.kind === 'refused' && outcome.scope === 'recipient')
      await suppressRefused(tx, { address: mail.message.envelope.to, leadId: mail.leadId, at });
  const bounces = outcomes.flatMap(({ mail: { leadId, id, message }, outcome, settlement, at }) => {
    const verdict = bounceOf(outcome, settlement.status);
    const isOurs = verdict === 'soft' ? written.has(id) : released.has(id);
    if (verdict === null || !isOurs || !('reason' in outcome)) return [];
    const sendId = verdict === 'soft' ? id : null;
    return [{ leadId, sendId, verdict, at, reason: outcome.reason, address: message.envelope.to }];
  });
  await noteBounces(
    tx,
    bounces.map(({ address: _address, ...bounce }) => ({ ...bounce, heardAt: 'hand-over' as const })),
  );
  for (const { sendId, leadId, address, at } of bounces)
    if (sendId !== null) await noteSoftBounce(tx, { address, leadId, sendId, at });
  return acted.flatMap((one) => {
    const heard = told.get(one);
    return released.has(one.mail.id) ? [{ ...one, isOutdated: heard !== undefined && outdated.has(heard) }] : [];
  });
}

function settlementOfMail({ outcome, isLast }: ActedMail): Settlement {
  const settlement = settlementOf(outcome);
  return isLast && isOfMailbox(outcome) ? { status: 'failed', reason: bounced(settlement.reason ?? '') } : settlement;
}

function sentAt(status: string, at: Date): Date | null {
  return status === 'sent' ? at : null;
}
