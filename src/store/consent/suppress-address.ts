import type { Tx } from '../db.ts';

/** Notes that an address (lower case) must not be mailed, and why; what was noted before stays. */
export async function suppressAddress(
  tx: Tx,
  suppression: {
    email: string;
    reason: 'hard-bounce' | 'complaint' | 'manual';
    source: string;
    leadId: string;
    occurredAt: Date;
  },
): Promise<void> {
  await tx.suppression.createMany({ data: [suppression], skipDuplicates: true });
}
