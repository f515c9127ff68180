import { isHighIntent, pointsFor, type EventFacts } from '../../domain/engagement.ts';
import { askedBy, type BehaviorAsk } from '../../domain/fields/asked.ts';
import { ORDER_EVENT, ordersOf, withOrder } from '../../domain/orders.ts';
import { withPoints } from '../../domain/score.ts';
import { tierConditions, valueTierOf } from '../../domain/value-tier.ts';
import type { Part } from '../../domain/fields/field.ts';
import { segmentConditions } from '../../domain/segment.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { Cadence } from '../../domain/cadence.ts';
import { auditAll, type AuditRow } from '../audit.ts';
import { awaitedOf, entriesMet } from './awaited.ts';
import { leadNow } from '../clock.ts';
import type { Tx } from '../db.ts';
import type { DecidingRules } from '../rules/in-force.ts';
import { qualify } from '../scoring/evaluate.ts';
import { factsOf } from '../facts/facts.ts';
import { type LeadContext, loadContexts } from '../facts/load-contexts.ts';
import type { Lead, Prisma } from '../generated/client.ts';
import { insertEvents, type InsertedEvents, type NewEvent } from './new-event.ts';
import { byFacts, entered, entryCadences, type EntryCadence, entryConditions } from './segment-entry.ts';
import { reminders, triggeredBy, triggersOf } from './triggers.ts';
import { noteReplies } from './replies.ts';
import { confirmSuspects } from './suspects.ts';
import { announce, type OutboxEntry } from '../outbox.ts';
import { loadHistory, type BatchHistory } from '../scoring/score-history.ts';
import { insertLedger, updateScored, type LedgerEntry } from '../scoring/score-writes.ts';

export type { NewEvent } from './new-event.ts';

export interface Ingested extends InsertedEvents {
  ringIds: string[];
  /** The leads as they stand now, by id. */
  leads: Map<string, Lead>;
}

/** The writes of one batch, collected event by event. */
interface Batch {
  rules: DecidingRules;
  realNowMs: number;
  contexts: Map<string, LeadContext>;
  history: BatchHistory;
  leads: Map<string, Lead>;
  reminders: readonly Cadence[];
  entries: readonly EntryCadence[];
  changed: Set<string>;
  ledger: LedgerEntry[];
  audits: AuditRow[];
  rings: OutboxEntry[];
}

/**
 * Stores events of locked leads and does what follows from those that are new: points, ledger, waits that they end,
 * qualification. An outbox row is written only for what changes a lead's course. The number of statements does not grow
 * with the number of events. Every lead of `events` must be in `leads` and locked: that is what keeps points from being
 * lost, caps from being passed and a crossing from firing twice.
 */
export async function ingest(
  tx: Tx,
  rules: DecidingRules,
  leads: readonly Lead[],
  events: readonly NewEvent[],
  realNowMs: number,
): Promise<Ingested> {
  const byId = new Map(leads.map((lead) => [lead.id, lead]));
  const incoming = events.filter((event) => !event.machine);
  const confirmed = await confirmSuspects(tx, byId, incoming);
  const human = [...confirmed, ...incoming];
  // Sorted by their own time; events of the same time stay in the order in which they came in.
  human.sort((a, b) => a.occurredAtMs - b.occurredAtMs);
  // Read in one statement, also for events that turn out to be stored already: a second round trip would cost more.
  const [{ inserted, held }, contexts, history] = await Promise.all([
    insertEvents(tx, events),
    contextsFor(tx, rules.playbook, byId, human, realNowMs),
    loadHistory(tx, rules.playbook.scoring, human),
  ]);
  const batch: Batch = {
    rules,
    realNowMs,
    contexts,
    history,
    leads: byId,
    reminders: reminders(rules.playbook.cadences),
    entries: entryCadences(rules.playbook.cadences),
    changed: new Set(),
    ledger: [],
    audits: [],
    rings: [],
  };
  const counts = new Set([...inserted, ...confirmed.map(({ id }) => id)]);
  for (const event of human) if (counts.has(event.id)) take(batch, event);
  const [ringIds] = await Promise.all([
    announce(tx, batch.rings),
    insertLedger(tx, batch.ledger),
    updateScored(
      tx,
      [...batch.changed].flatMap((id) => batch.leads.get(id) ?? []),
    ),
    auditAll(tx, batch.audits),
  ]);
  const replied = await noteReplies(
    tx,
    byId,
    events.filter(({ id }) => inserted.has(id)),
  );
  return { inserted, held, ringIds: [...ringIds, ...replied], leads: batch.leads };
}

function take(batch: Batch, event: NewEvent): void {
  const before = batch.leads.get(event.leadId);
  if (before === undefined) return;
  const facts = factsWith(batch, before, event);
  let lead = score(batch, before, event, facts);
  lead = order(batch, lead, event);
  lead = endWaits(batch, lead, event);
  lead = trigger(batch, lead, event);
  lead = enter(batch, lead, event);
  const nowMs = leadNow(lead, batch.realNowMs);
  const qualified = qualify(batch.rules, lead, nowMs, event.type);
  if (qualified !== null) {
    lead = qualified.lead;
    batch.audits.push(qualified.audit);
    batch.rings.push(qualified.ring);
  }
  if (lead === before) return;
  batch.leads.set(lead.id, lead);
  batch.changed.add(lead.id);
}

function score(batch: Batch, before: Lead, event: NewEvent, facts: EventFacts): Lead {
  const { scoring, productLines } = batch.rules.playbook;
  let lead = before;
  for (const given of pointsFor(scoring, facts, batch.history.of(event), event.occurredAtMs, productLines)) {
    const { rule, points, group = null, line = null } = given;
    const { lead: scored, ...change } = withPoints(lead, given, event.occurredAtMs, scoring);
    batch.history.gave(event, rule, points);
    batch.ledger.push({ leadId: lead.id, eventId: event.id, rule, points, group, line, ...change });
    lead = scored;
    if (points > 0) lead = { ...lead, ...engagedBy(lead, event) };
  }
  if (!isHighIntent(scoring, facts)) return lead;
  return {
    ...lead,
    ...engagedBy(lead, event),
    lastHighIntentAt: later(lead.lastHighIntentAt, event.occurredAtMs),
  };
}

/** What was ordered is summed up in the lead's row, and may make it more valuable. */
function order(batch: Batch, lead: Lead, event: NewEvent): Lead {
  if (event.type !== ORDER_EVENT) return lead;
  const orders = withOrder(ordersOf(lead), event.properties, event.occurredAtMs);
  const after = { ...lead, orders: orders as unknown as Prisma.JsonValue };
  return { ...after, valueTier: valueTierOf(batch.rules.playbook.scoring, factsWith(batch, after, event)) };
}

/** Whoever engages is no longer passed over. */
function engagedBy(lead: Lead, { occurredAtMs }: NewEvent): Pick<Lead, 'lastEngagedAt' | 'sunsetAt'> {
  const { sunsetAt } = lead;
  const isLifted = sunsetAt !== null && sunsetAt.getTime() <= occurredAtMs;
  return { lastEngagedAt: later(lead.lastEngagedAt, occurredAtMs), sunsetAt: isLifted ? null : sunsetAt };
}

function endWaits(batch: Batch, lead: Lead, event: NewEvent): Lead {
  const awaiting = awaitedOf(lead);
  if (awaiting.length === 0) return lead;
  const met = entriesMet(awaiting, event, factsWith(batch, lead, event));
  if (met.length === 0) return lead;
  for (const { enrollmentId, stepId } of met) {
    batch.rings.push({ leadId: lead.id, reason: 'awaited', refs: { enrollmentId, stepId, eventId: event.id } });
  }
  const metAt = new Date(event.occurredAtMs).toISOString();
  const written = awaiting.map((entry) => (met.includes(entry) ? { ...entry, metBy: event.id, metAt } : entry));
  return { ...lead, awaiting: written as unknown as Prisma.JsonValue };
}

/** Reminders that the event begins or cancels are for the lead's process, which finds them in the lead's row. */
function trigger(batch: Batch, lead: Lead, event: NewEvent): Lead {
  if (!batch.reminders.some(({ on, cancel }) => on?.event === event.type || cancel?.event === event.type)) return lead;
  const kept = triggersOf(lead);
  const triggered = triggeredBy(batch.reminders, kept, event, factsWith(batch, lead, event));
  if (triggered.length === 0) return lead;
  for (const { cadence } of triggered)
    batch.rings.push({ leadId: lead.id, reason: 'triggered', refs: { cadence, eventId: event.id } });
  return { ...lead, triggers: [...kept, ...triggered] as unknown as Prisma.JsonValue };
}

/** Only what the lead waits for is asked, or what may take it in. */
function enter(batch: Batch, lead: Lead, event: NewEvent): Lead {
  if (entryConditions(lead, batch.entries).length === 0) return lead;
  const cause = { atMs: event.occurredAtMs, event };
  const after = entered(lead, batch.entries, byFacts(factsWith(batch, lead, event)), cause);
  batch.rings.push(...after.rings);
  return after.lead;
}

function factsWith(batch: Batch, lead: Lead, event: NewEvent): EventFacts {
  const context = batch.contexts.get(lead.id) ?? {};
  const facts = factsOf(lead, context, batch.rules.playbook, leadNow(lead, batch.realNowMs));
  return { ...facts, event: { ...event.properties, type: event.type } };
}

/** Reads the context only for leads for which a condition asks about it: most batches need none. */
async function contextsFor(
  tx: Tx,
  playbook: Playbook,
  leads: Map<string, Lead>,
  events: readonly NewEvent[],
  realNowMs: number,
): Promise<Map<string, LeadContext>> {
  const { engagement, highIntent } = playbook.scoring;
  const triggers = reminders(playbook.cadences).flatMap(({ on, cancel }) =>
    [on, cancel].filter((one) => one !== undefined),
  );
  const entries = entryCadences(playbook.cadences);
  const wanted = new Map<string, Lead>();
  const parts = new Set<Part>();
  const behaviors = new Map<string, BehaviorAsk>();
  for (const event of events) {
    const lead = leads.get(event.leadId);
    if (lead === undefined) continue;
    const asking = [...engagement, ...highIntent, ...triggers, ...awaitedOf(lead)].filter(
      (rule) => rule.event === event.type,
    );
    const asked = askedBy(
      [
        ...asking.map(({ when }) => when),
        ...entryConditions(lead, entries),
        ...(event.type === ORDER_EVENT ? tierConditions(playbook.scoring) : []),
      ],
      segmentConditions(playbook.segments),
    );
    const beyond = [...asked.parts].filter((part) => part !== 'lead');
    if (beyond.length + asked.behaviors.size > 0) wanted.set(lead.id, lead);
    beyond.forEach((part) => parts.add(part));
    asked.behaviors.forEach((ask, key) => behaviors.set(key, ask));
  }
  return loadContexts(
    tx,
    [...wanted.values()],
    { parts, behaviors },
    { atMs: realNowMs, clock: 'lead', fading: playbook.scoring },
  );
}

function later(at: Date | null, ms: number): Date {
  return at !== null && at.getTime() >= ms ? at : new Date(ms);
}
