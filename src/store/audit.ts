import type { AuditEntry } from '../domain/audit.ts';
import { newId } from '../domain/ids.ts';
import type { Tx } from './db.ts';
import { insertRows } from './rows.ts';

/** The actor, the lead and the time of an entry. `at` is on the lead's clock. */
export interface AuditHeader {
  leadId: string | null;
  /** The actor's handle: system, lead, or the id of a rep or key. */
  actor: string;
  at: Date;
}

export type AuditRow = AuditHeader & AuditEntry;

/** Writes one entry of the timeline. */
export async function audit(tx: Tx, header: AuditHeader, entry: AuditEntry): Promise<void> {
  await auditAll(tx, [{ ...header, ...entry }]);
}

/** Writes many in one statement, in the order given (ids rise with it). */
export async function auditAll(tx: Tx, rows: readonly AuditRow[]): Promise<void> {
  await insertRows(
    tx,
    'audit',
    rows.map(({ leadId, actor, at, action, data }) => ({
      id: newId('audit'),
      leadId,
      actor,
      action,
      data,
      occurredAt: at,
    })),
  );
}
