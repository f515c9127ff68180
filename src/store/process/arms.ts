import type { Tx } from '../db.ts';
import type { SplitArm } from '../generated/client.ts';
import { Prisma } from '../generated/client.ts';

type Place = Pick<SplitArm, 'leadId' | 'cadence' | 'stepId'>;

/** The arm that a lead was given last at a split of a cadence, in any run through it; null: it was never there. */
export async function armBefore(tx: Tx, { leadId, cadence, stepId }: Place): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ arm: string }[]>`
    SELECT arm FROM split_arms WHERE lead_id = ${leadId} AND cadence = ${cadence} AND step_id = ${stepId}
    ORDER BY occurred_at DESC, enrollment_id DESC LIMIT 1`;
  return row?.arm ?? null;
}

/** One row an enrollment and split: another pass keeps the row, unless its arm is no more. */
export async function keepArm(
  tx: Tx,
  { leadId, cadence, stepId, enrollmentId, arm, occurredAt }: Omit<SplitArm, 'recordedAt'>,
): Promise<void> {
  await tx.$executeRaw(Prisma.sql`
    INSERT INTO split_arms (enrollment_id, step_id, lead_id, cadence, arm, occurred_at)
    VALUES (${enrollmentId}, ${stepId}, ${leadId}, ${cadence}, ${arm}, ${occurredAt})
    ON CONFLICT (enrollment_id, step_id) DO UPDATE SET arm = excluded.arm, occurred_at = excluded.occurred_at
    WHERE split_arms.arm <> excluded.arm`);
}
