import type { Cadence } from '../../domain/cadence.ts';
import { holds } from '../../domain/condition.ts';
import type { EventFacts } from '../../domain/engagement.ts';
import { leadNow } from '../clock.ts';
import type { Tx } from '../db.ts';
import type { Lead, Prisma } from '../generated/client.ts';
import { updateRow } from '../rows.ts';
import type { NewEvent } from './new-event.ts';

/** What begins or cancels a reminder, takes a lead in the pool into a cadence whose segment it has entered, or puts one that finished a cadence before steps that were appended to it, as kept in `Lead.triggers` until the lead's process has taken it in. */
export interface Trigger {
  cadence: string;
  does: 'begin' | 'cancel' | 'enter' | 'append';
  /** Of `append`: the step, and the revision of the cadence that has it. */
  step?: string;
  revisionId?: string;
  /** What the reminder is about; null: it says nothing. */
  key: string | null;
  /** Without it: no event did, but time. */
  eventId?: string;
  event?: string;
  /** ISO 8601, on the lead's clock. */
  at: string;
}

/** So many are kept for a lead that is paused or held; what comes after them is not taken in. */
export const MOST_TRIGGERS = 50;
/** Characters of a key. */
const LONGEST_KEY = 200;

export function triggersOf(lead: { triggers: Prisma.JsonValue }): Trigger[] {
  return Array.isArray(lead.triggers) ? (lead.triggers as unknown as Trigger[]) : [];
}

/** Keeps one more for a lead, which is locked. */
export async function addTrigger(tx: Tx, lead: Lead, nowMs: number, trigger: Omit<Trigger, 'at'>): Promise<void> {
  const at = new Date(leadNow(lead, nowMs)).toISOString();
  const triggers = [...triggersOf(lead), { ...trigger, at }] as unknown as Prisma.JsonArray;
  await updateRow(tx, 'leads', lead.id, { triggers });
}

/** The reminders of a playbook that events begin or cancel. */
export function reminders(cadences: readonly Cadence[]): Cadence[] {
  return cadences.filter(({ kind, on, cancel }) => kind === 'reminder' && (on !== undefined || cancel !== undefined));
}

/** What this event begins and cancels, beside what is kept already. */
export function triggeredBy(
  cadences: readonly Cadence[],
  kept: readonly Trigger[],
  event: NewEvent,
  facts: EventFacts,
): Trigger[] {
  const at = new Date(event.occurredAtMs).toISOString();
  const found = cadences.flatMap((cadence) =>
    (['begin', 'cancel'] as const).flatMap((does): Trigger[] => {
      const trigger = does === 'begin' ? cadence.on : cadence.cancel;
      if (trigger?.event !== event.type || (trigger.when !== undefined && !holds(trigger.when, facts))) return [];
      const key = keyIn(event, cadence.key);
      // An event that does not say what it is about begins no reminder of it.
      if (cadence.key !== undefined && key === null) return [];
      return [{ cadence: cadence.cadence, does, key, eventId: event.id, event: event.type, at }];
    }),
  );
  return found.slice(0, Math.max(0, MOST_TRIGGERS - kept.length));
}

function keyIn({ properties }: NewEvent, name: string | undefined): string | null {
  const value = name === undefined ? undefined : properties[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, LONGEST_KEY) : null;
}
