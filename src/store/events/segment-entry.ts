/** Entry into a segment: what it ends of a lead's waits, and which cadence it takes a lead in the pool into. */
import type { Cadence } from '../../domain/cadence.ts';
import { type Condition, holds, type LeadFacts } from '../../domain/condition.ts';
import { namedBy } from '../../domain/segment.ts';
import type { Lead, Prisma } from '../generated/client.ts';
import type { OutboxEntry } from '../outbox.ts';
import { awaitedOf } from './awaited.ts';
import { MOST_TRIGGERS, triggersOf, type Trigger } from './triggers.ts';

/** A nurture cadence whose `enroll` names a segment: a lead in the pool without a cadence is enrolled when it enters. */
export interface EntryCadence {
  cadence: string;
  when: Condition;
}

/** The highest priority first. */
export function entryCadences(cadences: readonly Cadence[]): EntryCadence[] {
  return cadences
    .filter(namesSegment)
    .toSorted((a, b) => b.priority - a.priority)
    .flatMap(({ cadence, enroll }) => (enroll === undefined ? [] : [{ cadence, when: enroll.when }]));
}

export function namesSegment({ enroll, purpose, kind }: Cadence): boolean {
  return enroll !== undefined && purpose === 'nurture' && kind !== 'reminder' && namedBy(enroll.when).length > 0;
}

/** In the pool, without a cadence. */
export function canEnter({ stage }: Pick<Lead, 'stage'>): boolean {
  return stage === 'dormant';
}

/** The segments that a lead waits for, each once. */
export function segmentsAwaited(lead: Pick<Lead, 'awaiting'>): string[] {
  return [...new Set(awaitedOf(lead).flatMap(({ segment, metBy }) => (metBy === undefined ? (segment ?? []) : [])))];
}

/** What must be known of a lead to tell what it enters: nothing for the most. */
export function entryConditions(lead: Lead, cadences: readonly EntryCadence[]): Condition[] {
  const waits = segmentsAwaited(lead).map((segment): Condition => ({ segment }));
  return canEnter(lead) ? [...waits, ...cadences.map(({ when }) => when)] : waits;
}

/** When it enters, and the event that brought it there; without one it is time. */
export interface Cause {
  atMs: number;
  event?: { id: string; type: string };
}

/** What a condition is known by, in a sweep that has asked it of many leads before. */
export const nameOf = {
  segment: (segment: string): string => `segment ${segment}`,
  cadence: (cadence: string): string => `cadence ${cadence}`,
};

/**
 * The lead after what it entered, and whom to ring; the same lead where nothing has changed. `isIn`: whether a condition holds, by its
 * name. `cadences`: those that were asked.
 */
export function entered(
  lead: Lead,
  cadences: readonly EntryCadence[],
  isIn: (name: string, when: Condition) => boolean,
  cause: Cause,
): { lead: Lead; rings: OutboxEntry[] } {
  const waited = endSegmentWaits(lead, isIn, cause);
  const moved = enterCadences(waited.lead, cadences, isIn, cause);
  return { lead: moved.lead, rings: [...waited.rings, ...moved.rings] };
}

/** `isIn` by the facts of one lead. */
export function byFacts(facts: LeadFacts): (name: string, when: Condition) => boolean {
  return (_name, when) => holds(when, facts);
}

type Changed = { lead: Lead; rings: OutboxEntry[] };

function endSegmentWaits(lead: Lead, isIn: (name: string, when: Condition) => boolean, { atMs }: Cause): Changed {
  const met = new Set(segmentsAwaited(lead).filter((segment) => isIn(nameOf.segment(segment), { segment })));
  if (met.size === 0) return { lead, rings: [] };
  const rings: OutboxEntry[] = [];
  const awaiting = awaitedOf(lead).map((entry) => {
    const { segment, metBy, enrollmentId, stepId } = entry;
    if (segment === undefined || metBy !== undefined || !met.has(segment)) return entry;
    rings.push({ leadId: lead.id, reason: 'awaited', refs: { enrollmentId, stepId, segment } });
    return { ...entry, metBy: segment, metAt: new Date(atMs).toISOString() };
  });
  return { lead: { ...lead, awaiting: awaiting as unknown as Prisma.JsonValue }, rings };
}

/** Who is found in is told once, and again only after it was found out. */
function enterCadences(
  lead: Lead,
  cadences: readonly EntryCadence[],
  isIn: (name: string, when: Condition) => boolean,
  { atMs, event }: Cause,
): Changed {
  if (!canEnter(lead)) return { lead, rings: [] };
  const asked = cadences.map(({ cadence }) => cadence);
  const now = cadences.filter(({ cadence, when }) => isIn(nameOf.cadence(cadence), when)).map(({ cadence }) => cadence);
  const fresh = now.filter((cadence) => !lead.entered.includes(cadence));
  const stays = lead.entered.filter((cadence) => now.includes(cadence) || !asked.includes(cadence));
  if (fresh.length === 0 && stays.length === lead.entered.length) return { lead, rings: [] };
  const at = new Date(atMs).toISOString();
  const more = fresh.map((cadence): Trigger => ({
    cadence,
    does: 'enter',
    key: null,
    at,
    ...(event && { eventId: event.id, event: event.type }),
  }));
  const kept = triggersOf(lead);
  const triggers = [...kept, ...more].slice(0, Math.max(kept.length, MOST_TRIGGERS));
  return {
    lead: {
      ...lead,
      entered: [...stays, ...fresh],
      ...(fresh.length > 0 && { triggers: triggers as unknown as Prisma.JsonValue }),
    },
    rings: fresh.map((cadence) => ({
      leadId: lead.id,
      reason: 'triggered',
      refs: { cadence, ...(event && { eventId: event.id }) },
    })),
  };
}
