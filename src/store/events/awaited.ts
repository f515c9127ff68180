import { holds, type Condition } from '../../domain/condition.ts';
import type { EventFacts } from '../../domain/engagement.ts';
import type { Prisma } from '../generated/client.ts';

/** What a lead waits for at a step, as kept in `Lead.awaiting`: an event, or a task that is closed. */
export interface Awaited {
  enrollmentId: string;
  stepId: string;
  /** Type of the event. */
  event?: string;
  /** Id of the task. */
  task?: string;
  when?: Condition;
  /** Events from this time on end the wait (ISO 8601, on the lead's clock). */
  since: string;
  /** Id of the event or task that ended it, and its time (ISO 8601); written by ingestion, read by the lead's process. */
  metBy?: string;
  metAt?: string;
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
