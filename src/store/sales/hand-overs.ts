/** Leads that a person hands over at once: the row is there before the first of them moves. */
import type { Db } from '../db.ts';
import { Prisma } from '../generated/client.ts';

/** The time to decide of a lead, before and after it was handed over. */
export interface DecisionClocks {
  /** By when its rep is to decide now; null: no decision is awaited. */
  dueAt: Date | null;
  /** By when the rep was to decide who was asked before; null: nobody was, or it was decided. */
  dueBefore: Date | null;
}

/** `now` and `before` of the lead `l`: one that is over is the one before, whoever gets the lead next. */
const CLOCKS = Prisma.sql`
    LEFT JOIN LATERAL (
      SELECT a.id, a.due_at, a.status, a.created_at FROM assignments a WHERE a.need_id = l.need_id ORDER BY a.created_at DESC, a.id DESC LIMIT 1
    ) latest ON TRUE
    LEFT JOIN LATERAL (SELECT latest.due_at WHERE latest.status = 'offered') now ON TRUE
    LEFT JOIN LATERAL (
      SELECT CASE WHEN b.offer_decided_at IS NULL THEN b.due_at END AS due_at FROM assignments b
      WHERE b.need_id = l.need_id AND b.created_at <= latest.created_at AND (b.id <> latest.id OR latest.status NOT IN ('offered', 'accepted'))
      ORDER BY b.created_at DESC, b.id DESC LIMIT 1
    ) before ON TRUE`;

/** Of one lead that was handed over a moment ago. */
export async function readDecisionClocks(db: Db, leadId: string): Promise<DecisionClocks> {
  const [clocks] = await db.$queryRaw<DecisionClocks[]>`
    SELECT now.due_at AS "dueAt", before.due_at AS "dueBefore" FROM leads l ${CLOCKS} WHERE l.id = ${leadId}`;
  return clocks ?? { dueAt: null, dueBefore: null };
}

/** Null problem: it was handed over. */
export interface HandedOver extends DecisionClocks {
  leadId: string;
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  stage: string;
  /** Who has it now; null: nobody yet. */
  ownerId: string | null;
  ownerName: string | null;
  /** What it waits for while nobody has it; null, all of them: it does not wait. */
  waitingBecause: string | null;
  waitingFor: string | null;
  waitingWhy: string | null;
  tryAgainAt: Date | null;
  problem: string | null;
}

export async function beginHandOver(db: Db, id: string, by: string): Promise<void> {
  await db.handOver.createMany({ data: [{ id, by }], skipDuplicates: true });
}

/** So long a further lead of a hand-over that comes one by one is waited for, in seconds. */
export const NEXT_LEAD_WITHIN_S = 30;

/** One more lead of a hand-over whose end nobody says: it is over once no other one has come for long. After that it begins anew. */
export async function goOnHandingOver(db: Db, id: string, by: string): Promise<void> {
  await db.$executeRaw`
    INSERT INTO hand_overs (id, by, finished_at) VALUES (${id}, ${by}, now() + ${NEXT_LEAD_WITHIN_S} * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET finished_at = greatest(hand_overs.finished_at, EXCLUDED.finished_at),
      begun_at = CASE WHEN hand_overs.finished_at <= now() THEN now() ELSE hand_overs.begun_at END`;
}

/** What became of a lead of it. Of a hand-over that is sent twice the last word stands. A lead that was erased meanwhile is left out. */
export async function noteHandedOver(
  db: Db,
  { handOverId, leadId, problem }: { handOverId: string; leadId: string; problem: string | null },
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO hand_over_leads (hand_over_id, lead_id, problem) SELECT ${handOverId}, id, ${problem} FROM leads WHERE id = ${leadId}
    ON CONFLICT (hand_over_id, lead_id) DO UPDATE SET problem = EXCLUDED.problem`;
}

/** Those who got leads are told from now on. */
export async function finishHandOver(db: Db, id: string): Promise<void> {
  await db.$executeRaw`UPDATE hand_overs SET finished_at = coalesce(finished_at, now()) WHERE id = ${id}`;
}

/** Of which lead each of these assignments is; ids of none are left out. */
export async function readLeadsOf(db: Db, assignmentIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.$queryRaw<{ id: string; leadId: string }[]>`
    SELECT id, lead_id AS "leadId" FROM assignments WHERE id = ANY(${[...assignmentIds]})`;
  return new Map(rows.map(({ id, leadId }) => [leadId, id]));
}

/**
 * Who moved a lead on since an assignment was made: the last who handed it on or sent it back, as an actor handle; null: nobody, or nobody
 * who is known.
 * @param since Null: since any time
 */
export async function readMovedBy(
  db: Db,
  leadId: string,
  since: string | null,
): Promise<{ by: string; status: 'rerouted' | 'rejected'; ownerId: string | null } | null> {
  const [moved] = await db.$queryRaw<{ by: string; status: 'rerouted' | 'rejected'; ownerId: string | null }[]>`
    SELECT a.decided_by AS by, a.status, l.owner_id AS "ownerId" FROM assignments a JOIN leads l ON l.id = a.lead_id AND l.need_id = a.need_id
    WHERE a.lead_id = ${leadId} AND a.status IN ('rerouted', 'rejected') AND a.decided_by IS NOT NULL
      AND (${since}::text IS NULL OR a.offered_at >= (SELECT s.offered_at FROM assignments s WHERE s.id = ${since}))
    ORDER BY a.decided_at DESC, a.id DESC LIMIT 1`;
  return moved ?? null;
}

/** The leads of a hand-over of this person, those with a problem first; null: there is no such hand-over. */
export async function readHandOver(db: Db, id: string, by: string): Promise<HandedOver[] | null> {
  const found = await db.handOver.findFirst({ where: { id, by }, select: { id: true } });
  if (found === null) return null;
  return db.$queryRaw<HandedOver[]>`
    SELECT l.id AS "leadId", l.first_name AS "firstName", l.last_name AS "lastName", l.company, l.stage, l.owner_id AS "ownerId", r.name AS "ownerName", g.problem,
      now.due_at AS "dueAt", before.due_at AS "dueBefore",
      n.waiting_because AS "waitingBecause", n.waiting_for AS "waitingFor", n.waiting_why AS "waitingWhy", n.try_again_at AS "tryAgainAt"
    FROM hand_over_leads g JOIN leads l ON l.id = g.lead_id LEFT JOIN reps r ON r.id = l.owner_id LEFT JOIN needs n ON n.id = l.need_id ${CLOCKS}
    WHERE g.hand_over_id = ${id} ORDER BY g.problem IS NULL, l.id`;
}
