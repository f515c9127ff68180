/** What goes along with hand-offs that a person handed over: whose leads they were, the note, and what was planned. */
import type { Tx } from '../db.ts';

export interface HandedOver {
  assignmentId: string;
  /** Who had the lead before; null: nobody had. */
  from: string | null;
  /** What the person who handed it over wrote for the next rep. */
  note: string | null;
  /** What was planned with the lead, in the words of who planned it; null: nothing is. */
  step: string | null;
  stepAt: Date | null;
}

/** In one statement. Of an assignment that nobody handed over, only what is planned. */
export async function readHandedOver(tx: Tx, assignmentIds: readonly string[]): Promise<HandedOver[]> {
  return tx.$queryRaw<HandedOver[]>`
    SELECT a.id AS "assignmentId", r.name AS "from", n.body AS note, a.next_step_at AS "stepAt",
      CASE WHEN a.next_step_at IS NOT NULL THEN t.body END AS step
    FROM assignments a
    LEFT JOIN LATERAL (
      SELECT b.rep_id, b.note_id, b.status FROM assignments b WHERE b.need_id = a.need_id AND b.id <> a.id AND b.created_at <= a.created_at
      ORDER BY b.created_at DESC, b.id DESC LIMIT 1) b ON b.status = 'rerouted'
    LEFT JOIN reps r ON r.id = b.rep_id LEFT JOIN rep_activities n ON n.id = b.note_id
    LEFT JOIN LATERAL (
      SELECT body FROM tasks WHERE lead_id = a.lead_id AND kind = 'next-step' AND status = 'open' ORDER BY occurred_at DESC LIMIT 1) t ON TRUE
    WHERE a.id = ANY(${[...assignmentIds]})`;
}
