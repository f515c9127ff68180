/** Makes events from the fetches in the inbox, and separates the opens and clicks of people from those of machines. */
import { LONGEST_EFFECT } from '../../domain/budgets.ts';
import { classifyEngagement } from '../../domain/machine-open.ts';
import { leadNow } from '../clock.ts';
import type { StoreContext } from '../context.ts';
import { transact, type Tx } from '../db.ts';
import { awaitedOf } from '../events/awaited.ts';
import { ingest, type NewEvent } from '../events/ingest.ts';
import type { Lead } from '../generated/client.ts';
import { lockLeads, lockLeadsIfFree, waitBriefly } from '../lock.ts';
import { type DueFetch, type DueSend, takeFetches } from './due.ts';
import { addRepeats, type Engaged, engagedSince, type Repeated } from './history.ts';

/** Fetches of one link of a send within this time are a scanner's, if it fetches others of it as well. */
const AT_ONCE_MS = 1_000;
/** So many fetches of the same pixel or link become events of their own within an hour, a person's and a machine's apart. */
const STORED_AN_HOUR = 5;
const HOUR_MS = 3_600_000;

export interface Recorded {
  ringIds: string[];
  /** Leads that somebody holds: their fetches stay where they are. */
  held: string[];
}

/**
 * Records fetches whose leads nobody holds, in one transaction. A fetch leaves the inbox in the same transaction that writes its
 * event, under its lead's lock: it counts once, however many processes have read it.
 */
export async function recordFetches(ctx: StoreContext, due: readonly DueFetch[]): Promise<Recorded> {
  const leadIds = [...new Set(due.map(({ leadId }) => leadId))];
  return transact(ctx.db, async (tx) => {
    const leads = await lockLeadsIfFree(tx, leadIds);
    const free = new Set(leads.map(({ id }) => id));
    const ringIds = await recordLocked(
      tx,
      ctx,
      leads,
      due.filter(({ leadId }) => free.has(leadId)),
    );
    return { ringIds, held: leadIds.filter((id) => !free.has(id)) };
  });
}

/**
 * The same for one lead, whose lock is waited for: for a second at most. Fetches of a lead that is gone are dropped.
 *
 * @throws 55P03 when somebody holds the lead for longer
 */
export async function recordHeld(ctx: StoreContext, leadId: string, due: readonly DueFetch[]): Promise<string[]> {
  return transact(ctx.db, async (tx) => {
    const [, leads] = await Promise.all([waitBriefly(tx), lockLeads(tx, [leadId])]);
    return recordLocked(tx, ctx, leads, due);
  });
}

async function recordLocked(
  tx: Tx,
  ctx: StoreContext,
  leads: readonly Lead[],
  due: readonly DueFetch[],
): Promise<string[]> {
  if (due.length === 0) return [];
  const byId = new Map(leads.map((lead) => [lead.id, lead]));
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
    const event = eventOf(lead, fetch, fetch.send, history, ctx.realNow());
    const engaged = { sendId, linkId, machine: event.machine, atMs: event.occurredAtMs };
    if (isWaitedFor(lead, event) || storedWithinHour(history, engaged) < STORED_AN_HOUR) events.push(event);
    else repeated.push({ leadId, sendId, linkId, machine: event.machine, count: 1 });
    history.push(engaged);
  }
  const { ringIds } = await ingest(tx, ctx.rules.current(), leads, events, ctx.realNow());
  await addRepeats(tx, repeated);
  return ringIds;
}

function eventOf(lead: Lead, fetch: DueFetch, send: DueSend, history: readonly Engaged[], realNowMs: number): NewEvent {
  const atMs = leadNow(lead, fetch.at.getTime());
  const others = history.filter(
    ({ sendId, linkId, atMs: otherMs }) =>
      sendId === fetch.sendId && linkId !== null && linkId !== fetch.linkId && Math.abs(otherMs - atMs) < AT_ONCE_MS,
  );
  const actor = classifyEngagement({
    kind: fetch.linkId === null ? 'open' : 'click',
    method: fetch.method,
    agent: fetch.agent,
    sinceSentMs: sinceSentMs(send, atMs, leadNow(lead, realNowMs)),
    otherLinksWithinSecond: new Set(others.map(({ linkId }) => linkId)).size,
  });
  return {
    id: fetch.id,
    leadId: lead.id,
    type: fetch.linkId === null ? 'email.opened' : 'email.clicked',
    properties: propertiesOf(fetch, send, actor),
    machine: actor === 'machine',
    sendId: fetch.sendId,
    occurredAtMs: atMs,
  };
}

/**
 * Milliseconds from the sending to the fetch; 0 while the message is being handed over, when a gateway has it and nobody else.
 * All times are on the lead's clock, so that a forwarded lead reads its mail days later, not at once.
 */
function sinceSentMs(send: DueSend, atMs: number, nowMs: number): number {
  const sentAtMs = (send.sentAt ?? send.occurredAt).getTime();
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
function propertiesOf(fetch: DueFetch, send: DueSend, actor: string): Record<string, unknown> {
  return {
    sendId: fetch.sendId,
    template: send.templateKey,
    actor,
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
