import { holds, type Condition } from '../../domain/condition.ts';
import type { EventFacts } from '../../domain/engagement.ts';
import { readFields } from '../../domain/fields/facts.ts';
import type { Lead, Prisma } from '../generated/client.ts';

/** What a lead waits for at a step, as kept in `Lead.awaiting`: an event, a task that is closed, a change of its profile, or a segment. */
export interface Awaited {
  enrollmentId: string;
  stepId: string;
  /** Type of the event. */
  event?: string;
  /** Id of the task. */
  task?: string;
  /** A field of the profile, and what it must be then. */
  change?: AwaitedChange;
  /** A segment that the lead is to be in. */
  segment?: string;
  /** What makes the step's message wait is over with it: the message is looked at again. */
  pause?: true;
  when?: Condition;
  /** Events from this time on end the wait (ISO 8601, on the lead's clock). */
  since: string;
  /** Id of the event or task that ended it, or the field or segment, and its time (ISO 8601); written by ingestion, read by the lead's process. */
  metBy?: string;
  metAt?: string;
}

export interface AwaitedChange {
  field: string;
  is?: Condition;
}

/** Whether the field is what it must be, if that is said. */
export function isChangeMet({ is }: AwaitedChange, lead: Lead): boolean {
  if (is === undefined) return true;
  const { attributes } = lead;
  const own = typeof attributes === 'object' && !Array.isArray(attributes) ? (attributes ?? {}) : {};
  // Fields of the profile ask about no moment.
  const facts = readFields({ lead }, { atMs: 0, fading: { halfLifeMs: 1 }, freeMail: new Set() });
  return holds(is, { ...facts, attributes: own });
}

/** The list after fields of the profile have changed, with the waits that this ends; null: it ends none. `lead`: as it is now. */
export function awaitingAfterChange(lead: Lead, fields: readonly string[], at: Date): Prisma.JsonValue | null {
  const awaiting = awaitedOf(lead);
  const met = awaiting.filter(
    ({ change, metBy }) =>
      metBy === undefined && change !== undefined && fields.includes(change.field) && isChangeMet(change, lead),
  );
  if (met.length === 0) return null;
  return awaiting.map((entry) =>
    met.includes(entry) ? { ...entry, metBy: entry.change?.field, metAt: at.toISOString() } : entry,
  ) as unknown as Prisma.JsonValue;
}

/** The list in the row; empty for null or anything that is not a list. */
export function awaitedOf(lead: { awaiting: Prisma.JsonValue }): Awaited[] {
  return Array.isArray(lead.awaiting) ? (lead.awaiting as unknown as Awaited[]) : [];
}

/** Entries that this event ends and that no earlier event has ended. */
export function entriesMet(
  awaiting: readonly Awaited[],
  event: { type: string; occurredAtMs: number },
  facts: EventFacts,
): Awaited[] {
  return awaiting.filter(
    (entry) =>
      entry.metBy === undefined &&
      entry.event === event.type &&
      event.occurredAtMs >= Date.parse(entry.since) &&
      (entry.when === undefined || holds(entry.when, facts)),
  );
}

/** The list with what one enrollment waits for now, or without it. The waits of other enrollments stay. */
export function awaitingWith(
  lead: { awaiting: Prisma.JsonValue },
  enrollmentId: string,
  entries: readonly Awaited[],
): Prisma.JsonValue {
  const others = awaitedOf(lead).filter((one) => one.enrollmentId !== enrollmentId);
  return [...others, ...entries] as unknown as Prisma.JsonValue;
}
