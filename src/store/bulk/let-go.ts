/** Leads that stand still for a pause, or for a receiver that refused us, and their being let go. */
import { NOT_ACCEPTED } from '../../domain/effect.ts';
import { RECEIVER_REFUSES } from '../../domain/refusals.ts';
import { auditAll } from '../audit.ts';
import type { Tx } from '../db.ts';
import { Prisma } from '../generated/client.ts';
import { isAtReceiver } from '../mail-refusals.ts';

/** What was lifted: the pause of a cadence (its key), or of all sending (null); or a receiver refuses us no more. */
export type Lifted = { cadence: string | null } | { receiver: string };

/** On the clock of lead `l`. */
const NOW = Prisma.sql`(now() + l.clock_offset_ms * interval '1 millisecond')`;

/** Ids of the next leads after `after` that were let go, in their order. */
export async function leadsToLetGo(
  tx: Tx,
  lifted: Lifted,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM (${waiting(lifted)}) w WHERE id > ${after ?? ''} ORDER BY id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** How many they are. */
export async function countToLetGo(tx: Tx, lifted: Lifted): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM (${waiting(lifted)}) w`;
  return row?.count ?? 0;
}

function waiting(lifted: Lifted): Prisma.Sql {
  return 'receiver' in lifted ? refusedBy(lifted.receiver) : paused(lifted.cadence);
}

/** Held because the mail server took no mail of theirs, however often it was tried. */
const triedInVain = Prisma.sql`starts_with(l.held_reason, ${NOT_ACCEPTED})`;

/**
 * A step is due, or what they listened for has come. Of all sending: also an attempt that failed before, or so often that the lead is held, and
 * a mail that is owed.
 */
function paused(cadence: string | null): Prisma.Sql {
  const goesOn = Prisma.sql`l.paused_at IS NULL AND (l.held_at IS NULL OR (${cadence}::text IS NULL AND ${triedInVain}))`;
  return Prisma.sql`
    SELECT e.lead_id AS id FROM enrollments e JOIN leads l ON l.id = e.lead_id
    WHERE e.status = 'active' AND (${cadence}::text IS NULL OR e.cadence = ${cadence}) AND ${goesOn}
      AND (l.next_due_at IS NULL OR e.due_at <= ${NOW} OR (${cadence}::text IS NULL AND e.attempts > 0))
    UNION
    SELECT l.id FROM leads l WHERE ${cadence}::text IS NULL AND l.answer_due_at IS NOT NULL AND ${goesOn}`;
}

/** A mail of a cadence, one that is owed, or one to their rep waits for the receiver. */
function refusedBy(receiver: string): Prisma.Sql {
  return Prisma.sql`
    SELECT e.lead_id AS id FROM enrollments e JOIN leads l ON l.id = e.lead_id WHERE ${stepWaits(receiver)}
    UNION
    SELECT a.lead_id FROM answers a JOIN leads l ON l.id = a.lead_id WHERE ${answerWaits(receiver)}
    UNION
    SELECT a.lead_id FROM assignments a JOIN reps r ON r.id = a.rep_id JOIN leads l ON l.id = a.lead_id
    WHERE ${briefWaits(receiver)}`;
}

const stepWaits = (receiver: string): Prisma.Sql => Prisma.sql`
  e.status = 'active' AND e.due_because = ${RECEIVER_REFUSES} AND e.due_at > ${NOW}
  AND ${isAtReceiver(Prisma.sql`l.email`, receiver)}`;
const answerWaits = (receiver: string): Prisma.Sql => Prisma.sql`
  a.due_at > ${NOW} AND ${isAtReceiver(Prisma.sql`l.email`, receiver)}`;
const briefWaits = (receiver: string): Prisma.Sql => Prisma.sql`
  a.status IN ('offered', 'accepted') AND a.brief_attempts > 0 AND greatest(a.brief_due_at, a.requests_due_at) > ${NOW}
  AND ${isAtReceiver(Prisma.sql`r.email`, receiver)}`;

/** What waits because of a refusal, or after a failed attempt before all sending was paused, is due now. The leads are locked. */
export async function makeDue(tx: Tx, lifted: Lifted, leadIds: readonly string[]): Promise<void> {
  const ids = [...leadIds];
  if ('receiver' in lifted) {
    const { receiver } = lifted;
    await makeRowsDue(tx, ids, stepWaits(receiver), answerWaits(receiver));
    await tx.$executeRaw`
      UPDATE assignments a SET brief_due_at = least(brief_due_at, ${NOW}), requests_due_at = least(requests_due_at, ${NOW})
      FROM leads l, reps r
      WHERE l.id = a.lead_id AND r.id = a.rep_id AND l.id = ANY(${ids}) AND ${briefWaits(receiver)}`;
  } else if (lifted.cadence === null) {
    const step = Prisma.sql`e.status = 'active' AND e.attempts > 0 AND e.due_at > ${NOW}`;
    await makeRowsDue(tx, ids, step, Prisma.sql`a.attempts > 0 AND a.due_at > ${NOW}`);
    await releaseHeld(tx, ids);
  }
}

async function releaseHeld(tx: Tx, ids: string[]): Promise<void> {
  const released = await tx.$queryRaw<{ leadId: string; at: Date }[]>`
    UPDATE leads l SET held_at = NULL, held_reason = NULL WHERE l.id = ANY(${ids}) AND ${triedInVain}
    RETURNING l.id AS "leadId", ${NOW} AS at`;
  await auditAll(
    tx,
    released.map(({ leadId, at }) => ({ leadId, actor: 'system', at, action: 'lead.released', data: {} })),
  );
}

async function makeRowsDue(tx: Tx, ids: string[], step: Prisma.Sql, answer: Prisma.Sql): Promise<void> {
  await tx.$executeRaw`
    UPDATE enrollments e SET due_at = ${NOW} FROM leads l WHERE l.id = e.lead_id AND l.id = ANY(${ids}) AND ${step}`;
  await tx.$executeRaw`
    UPDATE answers a SET due_at = ${NOW} FROM leads l WHERE l.id = a.lead_id AND l.id = ANY(${ids}) AND ${answer}`;
  await tx.$executeRaw`
    UPDATE leads l SET answer_due_at = a.due_at
    FROM (SELECT lead_id, min(due_at) AS due_at FROM answers WHERE lead_id = ANY(${ids}) GROUP BY lead_id) a
    WHERE l.id = a.lead_id AND l.answer_due_at > a.due_at`;
}

/**
 * The same for recipients of broadcasts that are not over, who were put off and whose own time has come. The broadcasts are locked, in
 * their order: what another transaction is about to put off is among it. Answers with the running ones: their processes are to be told.
 */
export async function makeRecipientsDue(tx: Tx, lifted: { receiver: string } | 'all'): Promise<string[]> {
  const broadcasts = await tx.$queryRaw<{ id: string; status: string }[]>`
    SELECT id, status FROM broadcasts WHERE status IN ('running', 'paused') ORDER BY id FOR UPDATE`;
  const ids = broadcasts.map(({ id }) => id);
  const waits = lifted === 'all' ? Prisma.sql`r.attempts > 0` : isAtReceiver(Prisma.sql`l.email`, lifted.receiver);
  await tx.$executeRaw`
    UPDATE broadcast_recipients r SET due_at = now() FROM leads l
    WHERE r.broadcast_id = ANY(${ids}) AND l.id = r.lead_id AND r.due_at > now() AND r.first_due_at < now() AND ${waits}`;
  // Should nobody get to tell them, those who look for broadcasts that stand still find them.
  await tx.$executeRaw`UPDATE broadcasts SET next_at = NULL WHERE id = ANY(${ids}) AND status = 'running'`;
  return broadcasts.filter(({ status }) => status === 'running').map(({ id }) => id);
}
