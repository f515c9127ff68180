import type { SuppressionReason } from '../../domain/suppression.ts';
import type { Tx } from '../db.ts';

/**
 * Notes that an address must not be mailed, and why: the address a message went to, or was to go to. A reason that was noted before
 * keeps its source and time; another one stands beside it.
 */
export async function suppressAddress(
  tx: Tx,
  suppression: { address: string; reason: SuppressionReason; source: string; leadId: string; occurredAt: Date },
): Promise<void> {
  const { address, ...rest } = suppression;
  await tx.suppression.createMany({ data: [{ email: address.toLowerCase(), ...rest }], skipDuplicates: true });
}
