import type { SuppressionReason } from '../../domain/suppression.ts';
import { audit } from '../audit.ts';
import type { Tx } from '../db.ts';

/**
 * Notes that an address must not be mailed, and why: the address a message went to, or was to go to. A reason that was noted before
 * keeps its source and time; another one stands beside it. It is on the timeline of its lead, where nothing else tells of it.
 * `leadId`: null where nobody is known by the address. `actor`: handle of the person of ours who says so.
 */
export async function suppressAddress(
  tx: Tx,
  suppression: {
    address: string;
    reason: SuppressionReason;
    source: string;
    leadId: string | null;
    occurredAt: Date;
    actor?: string;
  },
): Promise<void> {
  const { address, actor = 'system', ...rest } = suppression;
  const { count } = await tx.suppression.createMany({
    data: [{ email: address.toLowerCase(), ...rest }],
    skipDuplicates: true,
  });
  const { leadId, reason, occurredAt: at } = rest;
  // Who unsubscribed has an entry of its own.
  if (count > 0 && leadId !== null && reason !== 'unsubscribed')
    await audit(tx, { leadId, actor, at }, { action: 'suppression.added', data: { reason } });
}
