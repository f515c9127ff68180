import { type Actor, actorHandle } from '../../domain/actor.ts';
import type { AuditEntry } from '../../domain/audit.ts';
import { MARKETING, mayMail, type MayReach } from '../../domain/consent.ts';
import { consentBy } from '../../domain/consent-by.ts';
import { AppError } from '../../domain/errors.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { newId } from '../../domain/ids.ts';
import { accountFor } from './account.ts';
import { cleanSubmission, suspiciousFields } from './clean-submission.ts';
import { auditAll } from '../audit.ts';
import { isAhead, leadNow, occurredAtMs } from '../clock.ts';
import { recallAddress } from '../consent/erased-address.ts';
import { isAskedLately } from '../consent/asked-lately.ts';
import { insertConsent } from '../consent/consent.ts';
import { hashIp } from '../consent/address-hash.ts';
import { hasSaidNo, hasSaidYes, readMailWord } from '../consent/mail-word.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { evaluateQualification } from '../scoring/evaluate.ts';
import type { Lead } from '../generated/client.ts';
import { contextForGrade, graded, isRatedAnew, type Rated } from '../scoring/grade.ts';
import { findOrCreateLead, type Identity, type Person } from './identify.ts';
import { awaitingAfterChange } from '../events/awaited.ts';
import { storedEventId } from '../events/event-id.ts';
import { ingest, type NewEvent } from '../events/ingest.ts';
import { type InsertedEvents, isSameFact } from '../events/new-event.ts';
import type { LeadContext } from '../facts/load-contexts.ts';
import { foretell } from './foretell.ts';
import { announce } from '../outbox.ts';
import { owe } from '../process/answers.ts';
import { reachesSomebody, readPhone } from './phone.ts';
import { given, normalizeEmail, profileChanges } from './profile.ts';
import { updateRow } from '../rows.ts';
import { unstorableBecause } from '../storable.ts';
import type { LeadSubmission } from './submission.ts';
import { insertTouch, type Touch } from './touch.ts';
import { asByForm, isVouchedFor, weightOf } from './vouched.ts';

export type { LeadSubmission, StatedConsent, StatedNeed } from './submission.ts';

export interface SubmitResult {
  leadId: string;
  outcome: 'created' | 'updated';
  touchId: string;
  /** What became of the event that came with it; null without one. */
  event: EventOutcome | null;
  /**
   * Whether the word of who submits was taken for this lead. If not, it was taken in as a public form is, and who submits is to learn
   * nothing of the person.
   */
  vouched: boolean;
  /** May it be mailed marketing now? Null where it was not vouched for. */
  mail: MayReach | null;
  /** The time stated was ahead of the lead's clock, and became now. */
  wasAhead: boolean;
  /** Outbox rows that were written: to be handed to the relay after the commit. */
  ringIds: string[];
}

/** `id-taken`: its id stands for an event of another lead, or of another type; it is not recorded. */
export type EventOutcome = 'accepted' | 'duplicate' | 'id-taken';

export interface SubmitOptions {
  /** Who submits; without it the lead itself, by a way of ours. The policy says for which leads their word is taken (`vouch`). */
  by?: Actor;
  /** Whom somebody of ours means, where the phone may be that of more than one person; without it the email or phone says so. */
  person?: Person;
  /** Id of the rep who enters it, and is told nothing of it. Where it is to be theirs, they have nothing to decide. */
  enteredBy?: string;
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
 * @throws AppError VALIDATION_FAILED without an email and a phone that reaches somebody, or with a text that cannot be stored
 */
export async function submitLead(
  ctx: StoreContext,
  stated: LeadSubmission,
  options: SubmitOptions = {},
): Promise<SubmitResult> {
  const submission = cleanSubmission(stated);
  const identity = identityOf(submission);
  const reason = unstorableBecause(submission);
  if (reason !== null) throw new AppError('VALIDATION_FAILED', `The request cannot be stored: ${reason}.`);
  // Its key is read before the transaction: of many first requests, each would hold a connection and wait for another one.
  const hashed = {
    addressHash: 'email' in identity ? await ctx.hashAddress(identity.email) : null,
    ipHash: submission.consent?.ip === undefined ? null : await hashIp(ctx, submission.consent.ip),
  };
  return transact(ctx.db, async (tx) => {
    const result = await recordSubmission(tx, ctx, { identity, ...hashed }, submission, options);
    await options.alongside?.(tx, result);
    return result;
  });
}

async function recordSubmission(
  tx: Tx,
  ctx: StoreContext,
  { identity, addressHash, ipHash }: { identity: Identity; addressHash: string | null; ipHash: string | null },
  stated: LeadSubmission,
  { by, person, enteredBy }: Pick<SubmitOptions, 'by' | 'person' | 'enteredBy'>,
): Promise<SubmitResult> {
  const realNowMs = ctx.realNow();
  const rules = ctx.rules.current();
  const suspicious = suspiciousFields(stated);
  const { lead: found, created } = await findOrCreateLead(tx, identity, realNowMs, person);
  const vouched = await isVouchedFor(tx, by, created ? null : found.id);
  const { submission, left } = vouched ? { submission: stated, left: {} } : asByForm(stated);
  const nowMs = leadNow(found, realNowMs);
  const at = new Date(occurredAtMs(submission.occurredAt, nowMs));
  const recalled = created && (await recall(tx, found, addressHash));
  const {
    changes,
    fields,
    notTaken: differing,
  } = profileChanges(found, submission, vouched ? weightOf(by, submission.how) : 'fills', {
    byPhoneAlone: 'phone' in identity && person === undefined,
  });
  const notTaken = { ...left, ...differing };
  const touch = await insertTouch(tx, found.id, submission, {
    at,
    fillsOnly: !vouched,
    notTaken,
    suspicious,
    enteredBy: enteredBy ?? null,
    campaigns: rules.playbook.campaigns,
  });
  let unconfirmed = false;
  if (submission.consent !== undefined) {
    const { ip: _hashed, ...consent } = submission.consent;
    const consentAt = new Date(occurredAtMs(submission.consent.at, at.getTime()));
    const statedBy = consentBy(by, submission.how);
    const isKnown = !created || recalled;
    // Of somebody who was erased, what forbids mail is known: not everybody who may make a lead may lift that.
    const lifts = recalled ? await isVouchedFor(tx, by, found.id) : vouched;
    unconfirmed =
      consent.granted !== false &&
      ((!lifts && isKnown && (await hasSaidNo(tx, found))) ||
        (asksTwice(rules.playbook, submission) && !(isKnown && (await hasSaidYes(tx, found, consent.topics)))));
    const isAsked = unconfirmed && isKnown && (await isAskedLately(tx, found.id, consent, nowMs));
    const consentId = await insertConsent(tx, found, { ...consent, unconfirmed, ipHash, statedBy }, consentAt);
    if (unconfirmed && !isAsked && found.email !== null)
      await owe(tx, found, { key: `confirm:${consentId}`, templateKey: 'confirm', askedBy: 'confirm', dueAt: at });
  }
  const context =
    created && !recalled
      ? contextOfNew(touch, submission, unconfirmed)
      : await contextForGrade(tx, rules.playbook, found, nowMs);
  Object.assign(changes, await firstFacts(tx, found, submission, touch));
  // The process is rung for the request anyway, and finds that what it waits for has come.
  const awaiting = awaitingAfterChange({ ...found, ...changes }, fields, new Date(nowMs));
  if (awaiting !== null) changes.awaiting = awaiting;
  const { lead: updated, rated, audits } = graded(rules.playbook, { ...found, ...changes }, context, nowMs);
  await writeProfile(tx, found, rated, changes);
  const isVerified = Object.keys(differing).some((field) => vouched && found.verifiedFields.includes(field));
  const entry: AuditEntry = created
    ? { action: 'lead.created', data: { touchId: touch.id, how: submission.how } }
    : {
        action: 'lead.updated',
        data: { touchId: touch.id, fields, notTaken: Object.keys(notTaken), ...(isVerified && { verified: true }) },
      };
  const actor = by === undefined ? 'lead' : actorHandle(by);
  await auditAll(tx, [{ leadId: found.id, actor, at, ...entry }, ...audits]);
  const event = eventOf(submission, found.id, at);
  const ingested = await ingest(tx, rules, [updated], event === null ? [] : [event], realNowMs);
  const evaluated = await evaluateQualification(tx, rules, ingested.leads.get(found.id) ?? updated, nowMs);
  const mayMailNow = async (): Promise<MayReach> =>
    created && !recalled
      ? mayMailNew(unconfirmed ? {} : submission, found, at)
      : mayMail(found.email, await readMailWord(tx, found));
  const foretold = created && !recalled ? foretell(rules.playbook, updated, context, nowMs) : null;
  const refs = { touchId: touch.id, ...(foretold === null ? {} : { foretold }) };
  const [submitted, mail] = await Promise.all([
    announce(tx, [{ leadId: found.id, reason: 'submitted', refs }]),
    vouched ? mayMailNow() : Promise.resolve(null),
  ]);
  return {
    leadId: found.id,
    outcome: created ? 'created' : 'updated',
    touchId: touch.id,
    event: event === null ? null : outcomeOf(event, ingested),
    vouched,
    mail,
    wasAhead: isAhead(submission.occurredAt, nowMs),
    ringIds: [...ingested.ringIds, ...evaluated.ringIds, ...submitted],
  };
}

/** Whether the form that was sent has double opt-in. */
function asksTwice({ forms }: Playbook, { event }: LeadSubmission): boolean {
  const key = event?.type === 'form.submitted' ? event.properties?.['form'] : undefined;
  return forms.some(({ form, doubleOptIn }) => form === key && doubleOptIn === true);
}

/** Of a lead that did not exist a moment ago all that was said is in the request. */
function mayMailNew({ consent }: Pick<LeadSubmission, 'consent'>, { id, email }: Lead, at: Date): MayReach {
  const words =
    consent === undefined ? [] : [{ topic: MARKETING, granted: consent.granted !== false, atMs: at.getTime(), id }];
  return mayMail(email, { suppressions: [], words });
}

/** Somebody who was erased and comes back: what forbade mail to the address forbids it still. */
async function recall(tx: Tx, { id, email }: Lead, addressHash: string | null): Promise<boolean> {
  return email !== null && addressHash !== null && (await recallAddress(tx, { id, email }, addressHash));
}

/** What fields are read from, of a lead that did not exist a moment ago: nothing needs to be read. */
function contextOfNew(touch: Touch, submission: LeadSubmission, unconfirmed: boolean): LeadContext {
  const consented = submission.consent !== undefined && submission.consent.granted !== false && !unconfirmed;
  const consent = submission.email !== undefined && consented;
  const { row } = touch;
  return { need: null, touch: row, firstTouch: row, lastTouch: row, consent, enrollment: null, owner: null };
}

/** What is written once and never changed by a submission: the account, and where the lead came from. */
async function firstFacts(
  tx: Tx,
  found: Lead,
  submission: LeadSubmission,
  touch: Touch,
): Promise<Partial<Pick<Lead, 'accountId' | 'source'>>> {
  const accountId = found.accountId ?? (await accountFor(tx, found.email, submission));
  return {
    ...(accountId === found.accountId ? {} : { accountId }),
    ...(touch.isFirst && touch.row.source !== null ? { source: touch.row.source } : {}),
  };
}

async function writeProfile(tx: Tx, before: Lead, rated: Rated, changes: Partial<Lead>): Promise<void> {
  if (Object.keys(changes).length === 0 && !isRatedAnew(before, rated)) return;
  await updateRow(tx, 'leads', before.id, { ...changes, ...rated });
}

function eventOf({ event }: LeadSubmission, leadId: string, at: Date): NewEvent | null {
  if (event === undefined) return null;
  const { id: givenId, source, type, properties = {} } = event;
  const fact = { leadId, type, properties, machine: false, sendId: null, occurredAtMs: at.getTime() };
  if (givenId === undefined) return { id: newId('event'), ...fact };
  return { id: source === undefined ? givenId : storedEventId(source, givenId), givenId, ...fact };
}

function outcomeOf(event: NewEvent, { inserted, held }: InsertedEvents): EventOutcome {
  if (inserted.has(event.id)) return 'accepted';
  return isSameFact(event, held.get(event.id) ?? event) ? 'duplicate' : 'id-taken';
}

function identityOf(submission: LeadSubmission): Identity {
  const email = normalizeEmail(submission.email);
  if (email !== undefined) return { email };
  const country = given(submission.country)?.toUpperCase() ?? null;
  const phone = readPhone(submission.phone, country);
  if (phone !== undefined && reachesSomebody(phone.phone)) return { ...phone, country };
  throw new AppError('VALIDATION_FAILED', 'A lead needs an email or a phone.', {
    fields: [{ path: 'email', message: 'give an email, or a phone' }],
  });
}
