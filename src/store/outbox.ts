import { newId } from '../domain/ids.ts';
import type { Stage } from '../domain/stage.ts';
import type { Tx } from './db.ts';
import { insertRows } from './rows.ts';

/** Why a lead's process is rung, with the ids of the rows it is about. */
export type OutboxEntry =
  | { leadId: string; reason: 'submitted'; refs: { touchId: string; foretold?: Foretold } }
  | { leadId: string; reason: 'qualified'; refs: { by: string } }
  | { leadId: string; reason: 'awaited'; refs: Awaited }
  /** What begins or cancels a reminder, or takes the lead into a cadence whose segment it has entered. */
  | { leadId: string; reason: 'triggered'; refs: { cadence: string; eventId?: string } }
  | { leadId: string; reason: 'unsubscribed'; refs: { sendId?: string } }
  /** A send that was in doubt certainly did not leave: it can be tried again. */
  | { leadId: string; reason: 'released'; refs: { sendId: string } }
  /** A mail is owed to the lead: a person had one in doubt sent once more. */
  | { leadId: string; reason: 'owed'; refs: { sendId?: string } }
  /** A bulk run changed what the lead has before it. */
  | { leadId: string; reason: 'moved' | 'resumed'; refs: { runId: string } }
  /** The dates of a campaign that the lead waits for are others. */
  | { leadId: string; reason: 'campaign-moved'; refs: { campaign: string } }
  /** A rep may have room for the lead. */
  /** A rep did something for the lead, or the lead has replied to its rep. */
  | { leadId: string; reason: 'activity' | 'replied'; refs: Record<string, never> }
  | { leadId: string; reason: 'room'; refs: Record<string, never> }
  | { leadId: string; reason: 'overdue' | 'restored' | 'erased'; refs: Record<string, never> };

/** What a wait was ended by: an event, a task that was closed, a field of the profile that changed, a segment. */
type Awaited = { enrollmentId: string; stepId: string } & (
  | { eventId: string }
  | { taskId: string }
  | { field: string }
  | { segment: string }
);

/** Where the process of a new lead will find it at its first look, unless something comes first. */
export type Foretold = {
  stage: Stage;
  cadence: string | null;
};

/** Writes outbox rows in the transaction that writes what they announce. Returns their ids, for the relay after the commit. */
export async function announce(tx: Tx, entries: readonly OutboxEntry[]): Promise<string[]> {
  if (entries.length === 0) return [];
  const rows = entries.map((entry) => ({ id: newId('outbox'), ...entry }));
  await insertRows(tx, 'outbox', rows);
  return rows.map(({ id }) => id);
}
