import type { AuditEntry } from '../domain/audit.ts';
import { newId } from '../domain/ids.ts';
import type { Tx } from './db.ts';

/** Who, for whom and when: `at` is on the lead's clock; `recordedAt` is the database's unless given. */
export interface AuditHeader {
  leadId: string | null;
  /** Handle of who did it: system, lead, a rep's or a key's id. */
  actor: string;
  at: Date;
  recordedAt?: Date;
}

export type AuditRow = AuditHeader & AuditEntry;

/** Writes one entry of the timeline. */
export async function audit(tx: Tx, header: AuditHeader, entry: AuditEntry): Promise<void> {
  await auditAll(tx, [{ ...header, ...entry }]);
}

/** Writes many in one statement, in the order given (ids rise with it). */
export async function auditAll(tx: Tx, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.audit.createMany({
    data: rows.map((row) => ({
      id: newId('audit'),
      leadId: row.leadId,
      actor: row.actor,
      action: row.action,
      data: row.data,
      occurredAt: row.at,
      ...(row.recordedAt === undefined ? {} : { recordedAt: row.recordedAt }),
    })),
  });
}
