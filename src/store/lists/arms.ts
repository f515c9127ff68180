import type { Tx } from '../db.ts';
import type { SplitArm } from '../generated/client.ts';

/** The arms that splits gave a lead, the newest first; as many as anybody looks at. */
export async function armsOf(
  tx: Tx,
  leadId: string,
): Promise<Pick<SplitArm, 'cadence' | 'stepId' | 'arm' | 'occurredAt'>[]> {
  return tx.splitArm.findMany({
    where: { leadId },
    orderBy: [{ occurredAt: 'desc' }, { enrollmentId: 'desc' }, { stepId: 'desc' }],
    take: 50,
    select: { cadence: true, stepId: true, arm: true, occurredAt: true },
  });
}
