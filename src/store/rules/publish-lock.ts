import type { Tx } from '../db.ts';

/** "playbook" as a lock. */
const PUBLISH_LOCK = 0x706c6179;

/** Who publishes at the same time, or writes campaigns, does so one after the other: until the end of the transaction. */
export async function lockPublishing(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${PUBLISH_LOCK}::bigint)`;
}
