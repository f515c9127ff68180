import { broadcastSendKey } from '../../domain/broadcast.ts';
import { recipientVerdict } from '../../domain/broadcast-verdict.ts';
import { longestPeriodMs } from '../../domain/caps.ts';
import { SENDING } from '../../domain/pauses.ts';
import { RECEIVER_REFUSES } from '../../domain/refusals.ts';
import { knownNeed } from '../../domain/stated-words.ts';
import { untrackedOf } from '../../domain/tracking.ts';
import { timetableOf } from '../../domain/timetable.ts';
import { zoneOfLead } from '../../domain/lead-zone.ts';
import type { TemplateSource } from '../../domain/template.ts';
import { type ClaimedMail, claimMails, type MeantMail } from '../../effects/many-mails.ts';
import { addressOf, personOf } from '../../effects/person.ts';
import { reached } from '../../runtime/race-points.ts';
import { type Broadcast, lockBroadcast } from '../../store/broadcasts/broadcasts.ts';
import {
  type FactsOfLead,
  lockDue,
  putOff,
  readRecipientFacts,
  type Recipient,
  recipientFacts,
  removeRecipients,
} from '../../store/broadcasts/recipients.ts';
import { restDueFrom } from '../../store/broadcasts/rest.ts';
import { wordedAs } from '../../store/broadcasts/wording.ts';
import { leadNow } from '../../store/clock.ts';
import type { Tx } from '../../store/db.ts';
import type { Lead } from '../../store/generated/client.ts';
import { lockLeadsIfFree } from '../../store/lock.ts';
import { inTransaction } from '../../store/process/picture.ts';
import { type NewSend, writeSends } from '../../store/process/sends.ts';
import type { PublishedRules } from '../../store/rules/in-force.ts';
import type { ActivityDeps } from '../deps.ts';
import { pace } from './pace.ts';
import { skipRow, variantFor } from './skip-row.ts';
import { isPutOffTooLong } from './try-again.ts';
import { waitForTurn } from '../wait-for-turn.ts';

/** A message that is claimed, with the recipient whose it is: it is put back if the message certainly did not leave. */
export interface TakenMail {
  mail: ClaimedMail;
  recipient: Recipient;
  /** The lead's clock minus real time, in milliseconds. */
  offsetMs: number;
}

/** What was taken: claimed messages, and how many recipients were looked at. */
export interface Taken {
  mails: TakenMail[];
  looked: number;
  /** It is not to go on: somebody paused or canceled it, or all sending is paused. */
  isStopped: boolean;
  /** The rate is used up until then (epoch milliseconds); null: it is not. */
  pacedUntilMs: number | null;
}

const NOTHING: Taken = { mails: [], looked: 0, isStopped: false, pacedUntilMs: null };

/**
 * Takes the next recipients who are due, in one transaction: locks them and their leads, decides about each, and writes a claim, or why
 * there is none. Who pauses the broadcast, a lead that unsubscribes, and another worker come before it or after it.
 */
export function takeNext(
  deps: ActivityDeps,
  { broadcastId, limit, nowMs }: { broadcastId: string; limit: number; nowMs: number },
): Promise<Taken> {
  const rules = deps.rules.current();
  return inTransaction(deps.db, async (tx) => {
    const [broadcast, isHeldBack] = await Promise.all([lockBroadcast(tx, broadcastId), isSendingPaused(tx)]);
    if (broadcast.status !== 'running' || isHeldBack) return { ...NOTHING, isStopped: true };
    const allowed = pace(broadcast, nowMs);
    if (allowed.most === 0) return { ...NOTHING, pacedUntilMs: allowed.untilMs };
    const recipients = await dueNow(tx, broadcast, Math.min(limit, allowed.most), new Date(nowMs));
    if (recipients.length === 0) return NOTHING;
    return take(deps, tx, { broadcast, rules, recipients, nowMs });
  });
}

/** Locked until the transaction ends: whoever lifts the pause waits, and then finds the broadcast that stopped for it. */
async function isSendingPaused(tx: Tx): Promise<boolean> {
  const rows = await tx.$queryRaw<{ scope: string }[]>`SELECT scope FROM pauses WHERE scope = ${SENDING} FOR KEY SHARE`;
  return rows.length > 0;
}

/** Of the trial first; who waits for its result comes once that is known. */
async function dueNow(tx: Tx, broadcast: Broadcast, limit: number, at: Date): Promise<Recipient[]> {
  const { id } = broadcast;
  const first = await lockDue(tx, id, { wave: 0, at, limit });
  const from = restDueFrom(broadcast);
  if (first.length === limit || from === null) return first;
  return [...first, ...(await lockDue(tx, id, { wave: 1, from, at, limit: limit - first.length }))];
}

interface Work {
  broadcast: Broadcast;
  rules: PublishedRules;
  recipients: readonly Recipient[];
  nowMs: number;
}

async function take(deps: ActivityDeps, tx: Tx, { broadcast, rules, recipients, nowMs }: Work): Promise<Taken> {
  const { playbook } = rules;
  const realNowMs = Date.now();
  const ids = recipients.map(({ leadId }) => leadId);
  const asking = {
    hashes: broadcast.variants.map(({ hash }) => hash),
    broadcastId: broadcast.id,
    periodMs: longestPeriodMs(playbook.caps),
    realNowMs,
  };
  // Sent together and carried out in this order: the facts are read after the locks.
  const [leads, facts] = await Promise.all([lockLeadsIfFree(tx, ids), readRecipientFacts(tx, ids, asking)]);
  await reached('broadcast.locked', broadcast.id);
  const byId = new Map(facts.map((one) => [one.id, one]));
  const byLead = new Map(recipients.map((one) => [one.leadId, one]));
  const meant: MeantMail[] = [];
  const skipped: NewSend[] = [];
  const later: Recipient[] = [];
  for (const lead of leads) {
    const recipient = byLead.get(lead.id);
    const known = byId.get(lead.id);
    if (recipient === undefined || known === undefined) continue;
    const atMs = leadNow(lead, realNowMs);
    const { topic, again } = broadcast;
    const table = timetableOf(playbook, {}, lead);
    const verdict = recipientVerdict(recipientFacts(lead, known, playbook.controlGroup), {
      topic,
      again,
      caps: playbook.caps,
      table,
      atMs,
    });
    const variant = variantFor(broadcast, recipient);
    const toSkip = (reason: string): void =>
      void skipped.push(skipRow(broadcast, variant, { leadId: lead.id, at: new Date(atMs), reason }));
    if (verdict.kind === 'skip') toSkip(verdict.reason);
    else if (verdict.kind === 'send') {
      const template = await wordedAs(deps, tx, variant);
      const hasWaited = recipient.dueAt > recipient.firstDueAt;
      const { refusedForMs } = known;
      // They come in the order of their times: none of them goes behind the others.
      const asked = { lane: `broadcast:${broadcast.key}`, hasWaited, isAgain: hasWaited };
      const wait = await waitForTurn(deps, tx, playbook, { template, lead, atMs, refusedForMs, ...asked });
      if (wait.kind === 'later') {
        const dueAt = new Date(nowMs + wait.atMs - atMs);
        if (wait.because === RECEIVER_REFUSES && isPutOffTooLong(recipient, dueAt)) toSkip(wait.because);
        else later.push({ ...recipient, dueAt });
        continue;
      }
      meant.push({
        leadId: lead.id,
        at: new Date(atMs),
        draft: {
          ...draftFor(rules, template, lead, known, new Date(atMs)),
          untracked: untrackedOf(playbook.tracking, template, { country: lead.country, words: known.words }),
          origin: { campaign: broadcast.key, content: variant.key },
        },
        row: { key: broadcastSendKey(broadcast.id, lead.id), broadcastId: broadcast.id, variant: variant.key },
        tries: wait.tries,
      });
    } else {
      const dueAt = new Date(nowMs + verdict.atMs - atMs);
      if (isPutOffTooLong(recipient, dueAt)) toSkip(verdict.because);
      else later.push({ ...recipient, dueAt });
    }
  }
  const { claims } = await claimMails(
    { tx, db: deps.db, mail: deps.mail, brand: playbook.brand, utm: playbook.utm, senders: playbook.senders },
    meant,
  );
  const mails: TakenMail[] = [];
  for (const lead of leads) {
    const claim = claims.get(lead.id);
    const recipient = byLead.get(lead.id);
    if (claim === undefined || recipient === undefined) continue;
    if ('broken' in claim) {
      const reason = `template-broken: ${claim.broken}`.slice(0, 500);
      const told = { leadId: lead.id, at: new Date(leadNow(lead, realNowMs)), reason };
      skipped.push(skipRow(broadcast, variantFor(broadcast, recipient), told));
    } else mails.push({ mail: claim, recipient, offsetMs: Number(lead.clockOffsetMs) });
  }
  const done = [...mails.map(({ recipient }) => recipient.leadId), ...skipped.map(({ leadId }) => leadId)];
  await Promise.all([
    writeSends(tx, skipped, 'skipped'),
    removeRecipients(tx, broadcast.id, done),
    putOff(tx, broadcast.id, later),
    keepPace(tx, broadcast, mails.length, nowMs),
  ]);
  return { mails, looked: leads.length, isStopped: false, pacedUntilMs: null };
}

async function keepPace(tx: Tx, broadcast: Broadcast, messages: number, nowMs: number): Promise<void> {
  const until = broadcast.rate === null ? null : new Date(pace(broadcast, nowMs).after(messages));
  await tx.$executeRaw`UPDATE broadcasts SET worked_at = now(), paced_until = ${until} WHERE id = ${broadcast.id}`;
}

function draftFor(
  { playbook }: PublishedRules,
  template: TemplateSource,
  lead: Lead,
  { needId, productLine, type }: FactsOfLead,
  at: Date,
): MeantMail['draft'] {
  const need = needId === null ? null : knownNeed(playbook, { productLine, type });
  const clock = { zone: zoneOfLead(lead, playbook.defaultTimeZone), at };
  return { template, to: addressOf(lead), context: { lead: personOf(lead), clock, campaign: null, need } };
}
