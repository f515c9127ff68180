/** Makes events from the fetches in the inbox, and separates the opens and clicks of people from those of machines. */
import { LONGEST_EFFECT } from '../../domain/budgets.ts';
import { atOnceMs, type FetchSignals, isEarly, judgeEngagement, type Judged } from '../../domain/machine-open.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { awaitedOf } from '../events/awaited.ts';
import { ingest, type NewEvent } from '../events/ingest.ts';
import { noteSuspects } from '../events/suspects.ts';
import type { Lead } from '../generated/client.ts';
import { lockLeads, lockLeadsIfFree, waitBriefly } from '../lock.ts';
import { type DueFetch, type DueSend, takeFetches } from './due.ts';
import { type Around, type Beside, type Known, lookAround } from './early.ts';
import { addRepeats, type Engaged, engagedSince, otherLinksAround, type Repeated } from './history.ts';
import { burstIn, takeBack } from './taken-back.ts';

/** So many fetches of the same pixel or link become events of their own within an hour, a person's and a machine's apart. */
const STORED_AN_HOUR = 5;
const HOUR_MS = 3_600_000;

export interface Recorded {
  ringIds: string[];
  /** Some fetches wait for their neighbors: they are due again after NEIGHBORS_MS. */
  waits: boolean;
}

/**
 * Records fetches whose leads nobody holds, in one transaction. A fetch leaves the inbox in the same transaction that writes its
 * event, under its lead's lock: it counts once, however many processes have read it.
 */
export async function recordFetches(
  ctx: StoreContext,
  due: readonly DueFetch[],
): Promise<Recorded & { /** Leads that somebody holds: their fetches stay where they are. */ held: string[] }> {
  const leadIds = [...new Set(due.map(({ leadId }) => leadId))];
  return transact(ctx.db, async (tx) => {
    const leads = await lockLeadsIfFree(tx, leadIds);
    const free = new Set(leads.map(({ id }) => id));
    const recorded = await recordLocked(
      tx,
      ctx,
      leads,
      due.filter(({ leadId }) => free.has(leadId)),
    );
    return { ...recorded, held: leadIds.filter((id) => !free.has(id)) };
  });
}

/**
 * The same for one lead, whose lock is waited for: for a second at most. Fetches of a lead that is gone are dropped.
 *
 * @throws 55P03 when somebody holds the lead for longer
 */
export async function recordHeld(ctx: StoreContext, leadId: string, due: readonly DueFetch[]): Promise<Recorded> {
  return transact(ctx.db, async (tx) => {
    const [, leads] = await Promise.all([waitBriefly(tx), lockLeads(tx, [leadId])]);
    return recordLocked(tx, ctx, leads, due);
  });
}

async function recordLocked(
  tx: Tx,
  ctx: StoreContext,
  leads: readonly Lead[],
  given: readonly DueFetch[],
): Promise<Recorded> {
  if (given.length === 0) return { ringIds: [], waits: false };
  const byId = new Map(leads.map((lead) => [lead.id, lead]));
  const { around, waiting } = await lookAround(tx, knownOf(given, byId, ctx.realNow()));
  const due = given.filter(({ id }) => !waiting.has(id));
  const waits = waiting.size > 0;
  if (due.length === 0) return { ringIds: [], waits };
  const clockOf = (fetch: DueFetch): number => Number(byId.get(fetch.leadId)?.clockOffsetMs ?? 0n);
  // Read after the lock: the second of two links followed at once sees the first.
  const [taken, history] = await Promise.all([
    takeFetches(
      tx,
      due.map(({ id }) => id),
    ),
    engagedSince(tx, {
      leadIds: [...byId.keys()],
      sendIds: [...new Set(due.map(({ sendId }) => sendId))],
      since: new Date(Math.min(...due.map((fetch) => fetch.at.getTime() + clockOf(fetch))) - HOUR_MS),
    }),
  ]);
  const batch = due.filter(({ repeats }) => repeats === 0);
  const events: NewEvent[] = [];
  const repeated: Repeated[] = [];
  for (const fetch of due) {
    const lead = byId.get(fetch.leadId);
    const mine = taken.get(fetch.id);
    if (mine === undefined || lead === undefined || fetch.send === null) continue;
    const { leadId, sendId, linkId } = fetch;
    if (mine.repeats > 0) {
      repeated.push({ leadId, sendId, linkId, machine: null, count: mine.repeats });
      continue;
    }
    const event = eventOf(lead, fetch, fetch.send, { history, around, batch, nowMs: leadNow(lead, ctx.realNow()) });
    const engaged = { sendId, linkId, machine: event.machine, atMs: event.occurredAtMs };
    if (isWaitedFor(lead, event) || storedWithinHour(history, engaged) < STORED_AN_HOUR) events.push(event);
    else repeated.push({ leadId, sendId, linkId, machine: event.machine, count: 1 });
    history.push(engaged);
  }
  const rules = ctx.rules.current();
  const corrected = await takeBack(tx, rules.playbook.scoring, leads, burstIn(history));
  const { ringIds } = await ingest(tx, rules, corrected, events, ctx.realNow());
  await Promise.all([addRepeats(tx, repeated), noteSuspects(tx, events)]);
  return { ringIds, waits };
}

function knownOf(due: readonly DueFetch[], byId: ReadonlyMap<string, Lead>, realNowMs: number): Known[] {
  return due.flatMap((fetch) => {
    const lead = byId.get(fetch.leadId);
    if (lead === undefined || fetch.send === null || fetch.repeats > 0) return [];
    const signals = signalsOf(fetch, fetch.send, leadNow(lead, fetch.at.getTime()), leadNow(lead, realNowMs));
    return [{ fetch, signals, sentMs: sentMsOf(fetch.send) }];
  });
}

function signalsOf(fetch: DueFetch, send: DueSend, atMs: number, nowMs: number): FetchSignals {
  const { method, agent, hints, linkId } = fetch;
  return {
    kind: linkId === null ? 'open' : 'click',
    method,
    agent,
    hints,
    sinceSentMs: sinceSentMs(send, atMs, nowMs),
  };
}

/** What a fetch is judged by beside itself. */
interface Context {
  history: readonly Engaged[];
  around: Around;
  /** What is recorded together. */
  batch: readonly Beside[];
  /** On the lead's clock. */
  nowMs: number;
}

function eventOf(lead: Lead, fetch: DueFetch, send: DueSend, context: Context): NewEvent {
  const atMs = leadNow(lead, fetch.at.getTime());
  const { signMs } = context.around;
  const signals = signalsOf(fetch, send, atMs, context.nowMs);
  const judged = judgeEngagement({
    ...signals,
    otherLinksAtOnce: otherLinks(lead, fetch, atMs, signals, context),
    othersAtCompanyAtOnce: context.around.othersAtCompany.get(fetch.id) ?? 0,
    isOnlyLink: send.linkCount === 1,
    signBefore: (signMs.get(lead.id) ?? -Infinity) >= sentMsOf(send),
  });
  // What follows in this batch has a sign before it.
  if (judged.verdict === 'human' && signals.kind === 'click') signMs.set(lead.id, atMs);
  return {
    id: fetch.id,
    leadId: lead.id,
    type: fetch.linkId === null ? 'email.opened' : 'email.clicked',
    properties: propertiesOf(fetch, send, judged),
    machine: judged.verdict === 'machine' || judged.verdict === 'suspect',
    sendId: fetch.sendId,
    occurredAtMs: atMs,
  };
}

/** Others of the same message, fetched at once: before this one, and with it in this batch; if it was early, all that are in the inbox. */
function otherLinks(
  lead: Lead,
  fetch: DueFetch,
  atMs: number,
  signals: FetchSignals,
  { history, around, batch }: Context,
): number {
  const beside = (isEarly(signals) ? around.inbox : batch).map(({ sendId, linkId, at }) => ({
    sendId,
    linkId,
    atMs: leadNow(lead, at.getTime()),
  }));
  return otherLinksAround(
    { sendId: fetch.sendId, linkId: fetch.linkId, atMs },
    [...history, ...beside],
    atOnceMs(signals),
  );
}

function sentMsOf(send: DueSend): number {
  return (send.sentAt ?? send.occurredAt).getTime();
}

/**
 * Milliseconds from the sending to the fetch; 0 while the message is being handed over, when a gateway has it and nobody else.
 * All times are on the lead's clock, so that a forwarded lead reads its mail days later, not at once.
 */
function sinceSentMs(send: DueSend, atMs: number, nowMs: number): number {
  const sentAtMs = sentMsOf(send);
  const sinceMs = atMs - sentAtMs;
  // A claim is with SMTP so long at most; an older one is a dead worker's.
  if (send.status === 'claimed') return sinceMs < LONGEST_EFFECT ? 0 : sinceMs;
  // Sent after the fetch and before we came to look: it was claimed then. What is to be sent only later is another clock's.
  return sinceMs < 0 && sentAtMs <= nowMs ? 0 : sinceMs;
}

/** What a step waits for has to be an event, however often the same was done within the hour. */
function isWaitedFor(lead: Lead, event: NewEvent): boolean {
  return !event.machine && awaitedOf(lead).some((entry) => entry.metBy === undefined && entry.event === event.type);
}

function storedWithinHour(history: readonly Engaged[], fetch: Engaged): number {
  return history.filter(
    ({ sendId, linkId, machine, atMs }) =>
      sendId === fetch.sendId &&
      linkId === fetch.linkId &&
      machine === fetch.machine &&
      Math.abs(fetch.atMs - atMs) < HOUR_MS,
  ).length;
}

/** What conditions may ask about: `event.template`, `event.url` … Absent where unknown. */
function propertiesOf(fetch: DueFetch, send: DueSend, { verdict, reasons }: Judged): Record<string, unknown> {
  return {
    sendId: fetch.sendId,
    template: send.templateKey,
    verdict,
    // The earlier name of the verdict, which conditions may ask for.
    actor: verdict,
    ...(reasons.length === 0 ? {} : { reasons }),
    ...(send.cadence === null ? {} : { cadence: send.cadence }),
    ...(send.stepId === null ? {} : { step: send.stepId }),
    ...(send.contentKind === null ? {} : { contentKind: send.contentKind }),
    ...(fetch.linkId === null || fetch.url === null ? {} : { linkId: fetch.linkId, url: withoutQuery(fetch.url) }),
  };
}

/** A query may carry what identifies a person, and would keep conditions from matching. */
function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}
