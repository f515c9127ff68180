import type { AuditEntry } from '../../domain/audit.ts';
import { audit } from '../audit.ts';
import type { Tx } from '../db.ts';
import type { Writer } from './change-campaigns.ts';

/** A row of `campaign_writes`, and its entry in the audit. */
export async function writeRow(
  tx: Tx,
  { id, key, kind, data }: { id: string; key: string; kind: string; data: object },
  { by, at }: Writer,
  entry: AuditEntry,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO campaign_writes (id, key, kind, data, by, at) VALUES (${id}, ${key}, ${kind}, ${JSON.stringify(data)}::jsonb, ${by}, ${at})`;
  await audit(tx, { leadId: null, actor: by, at }, entry);
}

/** The definition of a campaign holds no more. */
export async function endDefinition(tx: Tx, key: string, at: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE campaign_writes SET over_at = ${at} WHERE lower(key) = lower(${key}) AND kind = 'definition' AND over_at IS NULL`;
}
