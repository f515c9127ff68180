import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { accountFor } from './account.ts';
import { audit } from './audit.ts';
import { leadNow, occurredAtMs } from './clock.ts';
import { insertConsent } from './consent.ts';
import type { StoreContext } from './context.ts';
import { transact, type Tx } from './db.ts';
import { evaluateQualification } from './evaluate.ts';
import type { Lead } from './generated/client.ts';
import { regrade } from './grade.ts';
import { findOrCreateLead, type Identity } from './identify.ts';
import { ingest, type NewEvent } from './ingest.ts';
import { announce } from './outbox.ts';
import { given, normalizeEmail, normalizePhone, profileChanges } from './profile.ts';
import { unstorableBecause } from './storable.ts';
import type { LeadSubmission } from './submission.ts';
import { insertTouch } from './touch.ts';

export type { LeadSubmission, StatedConsent, StatedNeed } from './submission.ts';

export interface SubmitResult {
  leadId: string;
  outcome: 'created' | 'updated';
  touchId: string;
  /** Outbox rows that were written: to be handed to the relay after the commit. */
  ringIds: string[];
}

export interface SubmitOptions {
  /** Handle of who submits: an API key's id. `lead` without it. */
  actor?: string;
  /**
   * Runs in the same transaction, as its last act: where the answer to an Idempotency-Key is kept, so that a crash can
   * lose neither without the other. May run again after a deadlock.
   */
  alongside?: (tx: Tx, result: SubmitResult) => Promise<void>;
}

/**
 * Takes in one request, in one transaction: finds or makes the lead, updates what is given of the profile, and writes the
 * touch, the consent, the event that came with it, and what follows from them; always one bell for the lead's process,
 * which opens a need or adds to the open one.
 *
 * @throws AppError VALIDATION_FAILED without an email and a phone, or with a text that cannot be stored
 */
export async function submitLead(
  ctx: StoreContext,
  submission: LeadSubmission,
  options: SubmitOptions = {},
): Promise<SubmitResult> {
  const identity = identityOf(submission);
  const reason = unstorableBecause(submission);
  if (reason !== null) throw new AppError('VALIDATION_FAILED', `The request cannot be stored: ${reason}.`);
  return transact(ctx.db, async (tx) => {
    const result = await takeIn(tx, ctx, identity, submission, options.actor ?? 'lead');
    await options.alongside?.(tx, result);
    return result;
  });
}

async function takeIn(
  tx: Tx,
  ctx: StoreContext,
  identity: Identity,
  submission: LeadSubmission,
  actor: string,
): Promise<SubmitResult> {
  const realNowMs = ctx.realNow();
  const { lead: found, created } = await findOrCreateLead(tx, identity, realNowMs);
  const nowMs = leadNow(found, realNowMs);
  const at = new Date(occurredAtMs(submission.occurredAt, nowMs));
  const { touchId, isFirst } = await insertTouch(tx, { id: found.id, created }, submission, at);
  if (submission.consent !== undefined) {
    const consentAt = new Date(occurredAtMs(submission.consent.at, at.getTime()));
    await insertConsent(tx, found, submission.consent, consentAt);
  }
  const { lead: updated, fields } = await updateProfile(tx, found, submission, isFirst);
  await audit(
    tx,
    { leadId: found.id, actor, at },
    created
      ? { action: 'lead.created', data: { touchId, how: submission.how } }
      : { action: 'lead.updated', data: { touchId, fields } },
  );
  const graded = await regrade(tx, ctx, updated, nowMs);
  const event = eventOf(submission, graded.id, at);
  const ingested = await ingest(tx, ctx, [graded], event, realNowMs);
  const lead = ingested.leads.get(graded.id) ?? graded;
  const evaluated = await evaluateQualification(tx, ctx, lead, nowMs);
  const submitted = await announce(tx, [{ leadId: lead.id, reason: 'submitted', refs: { touchId } }]);
  return {
    leadId: lead.id,
    outcome: created ? 'created' : 'updated',
    touchId,
    ringIds: [...ingested.ringIds, ...evaluated.ringIds, ...submitted],
  };
}

async function updateProfile(
  tx: Tx,
  found: Lead,
  submission: LeadSubmission,
  isFirst: boolean,
): Promise<{ lead: Lead; fields: string[] }> {
  const { data, fields } = profileChanges(found, submission);
  const accountId = found.accountId === null ? await accountFor(tx, found.email, submission) : null;
  if (accountId !== null) data.accountId = accountId;
  const source = given(submission.source);
  if (isFirst && source !== undefined) data.source = source;
  if (Object.keys(data).length === 0) return { lead: found, fields };
  return { lead: await tx.lead.update({ where: { id: found.id }, data }), fields };
}

function eventOf({ event }: LeadSubmission, leadId: string, at: Date): NewEvent[] {
  if (event === undefined) return [];
  const { id = newId('event'), type, properties = {} } = event;
  return [{ id, leadId, type, properties, machine: false, sendId: null, occurredAtMs: at.getTime() }];
}

function identityOf(submission: LeadSubmission): Identity {
  const email = normalizeEmail(submission.email);
  if (email !== undefined) return { email };
  const phone = normalizePhone(submission.phone);
  if (phone !== undefined) return { phone };
  throw new AppError('VALIDATION_FAILED', 'A lead needs an email or a phone.', {
    fields: [{ path: 'email', message: 'give an email, or a phone' }],
  });
}
