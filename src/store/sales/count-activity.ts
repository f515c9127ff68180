import { UNANSWERED } from '../../domain/contact-results.ts';
import { newId } from '../../domain/ids.ts';
import { NEXT_CONTACT, reminderOf } from '../../domain/next-step.ts';
import { auditAll } from '../audit.ts';
import type { Tx } from '../db.ts';
import type { Lead } from '../generated/client.ts';
import { announce } from '../outbox.ts';
import { insertTask } from '../process/tasks.ts';

const CONTACTS: ReadonlySet<string> = new Set(['call', 'email', 'meeting', 'message']);

export interface CountedActivity {
  id: string;
  kind: string;
  body: string | null;
  result: string | null;
  dueAt: Date | null;
  /** On the lead's clock. */
  at: Date;
  by: string;
}

/**
 * Counts what a rep did for the lead it has: the first contact, the answer to a reply, attempts without an answer, the next step. The lead's lock is held, so
 * that its process reads all of it or nothing. Returns ids of bells to ring.
 */
export async function countActivity(tx: Tx, lead: Lead, activity: CountedActivity): Promise<string[]> {
  const { kind, result, dueAt, at } = activity;
  const isContact = CONTACTS.has(kind);
  // A contact may plan the next one: who was not reached is called again.
  const step = kind === 'next-step' || isContact ? dueAt : null;
  const tellAt = step === null ? null : reminderOf(step, at.getTime());
  const isUnanswered = isContact && UNANSWERED.has(result ?? '');
  const isReached = isContact && result === 'reached';
  const [handOff] = await tx.$queryRaw<{ repId: string; team: string }[]>`
    WITH answered AS (
      INSERT INTO reply_answers (assignment_id, replied_at, lead_id, rep_id, team, due_at, answered_at)
      SELECT id, replied_at, lead_id, rep_id, team, answer_due_at, ${at}::timestamptz FROM assignments
      WHERE ${isContact} AND need_id = ${lead.needId} AND status = 'accepted' AND replied_at <= ${at}::timestamptz
      ON CONFLICT (assignment_id, replied_at) DO NOTHING)
    UPDATE assignments SET
      last_activity_at = greatest(last_activity_at, ${at}::timestamptz), stuck_at = NULL,
      first_contact_at = CASE WHEN ${isContact} THEN coalesce(first_contact_at, ${at}::timestamptz) ELSE first_contact_at END,
      replied_at = CASE WHEN ${isContact} THEN NULL ELSE replied_at END,
      answer_due_at = CASE WHEN ${isContact} THEN NULL ELSE answer_due_at END,
      answer_late_at = CASE WHEN ${isContact} THEN NULL ELSE answer_late_at END,
      attempts = CASE WHEN ${isReached} THEN 0 WHEN ${isUnanswered} THEN attempts + 1 ELSE attempts END,
      next_step_at = CASE WHEN ${isContact || step !== null} THEN ${step}::timestamptz ELSE next_step_at END,
      tell_step_at = CASE WHEN ${isContact || step !== null} THEN ${tellAt}::timestamptz ELSE tell_step_at END
    WHERE need_id = ${lead.needId} AND status IN ('offered', 'accepted')
    RETURNING rep_id AS "repId", team`;
  if (handOff === undefined) return [];
  if (isContact || step !== null) await closeSteps(tx, lead.id, activity, isContact ? 'done' : 'cancelled');
  if (step !== null && tellAt !== null) {
    const { id, body } = activity;
    const words = isContact ? NEXT_CONTACT : (body ?? 'Next step');
    const told = { id: newId('task'), key: `activity:${id}`, leadId: lead.id, needId: lead.needId, ...handOff };
    await insertTask(tx, { ...told, kind: 'next-step', body: words, dueAt: step, tellAt, occurredAt: at });
  }
  return announce(tx, [{ leadId: lead.id, reason: 'activity', refs: {} }]);
}

/** A contact is the next step that was planned; a newer plan takes its place, and the timeline says so. */
async function closeSteps(tx: Tx, leadId: string, { at, by }: CountedActivity, status: string): Promise<void> {
  const closed = await tx.$queryRaw<{ id: string; repId: string; dueAt: Date }[]>`
    UPDATE tasks SET status = ${status}::task_status, closed_at = ${at}, closed_by = ${by}
    WHERE lead_id = ${leadId} AND kind = 'next-step' AND status = 'open'
    RETURNING id, rep_id AS "repId", due_at AS "dueAt"`;
  if (status === 'done') return;
  const replaced = closed.map(({ id, repId, dueAt }) => ({ taskId: id, repId, dueAt: dueAt.toISOString() }));
  await auditAll(
    tx,
    replaced.map((data) => ({ leadId, actor: by, at, action: 'next-step.replaced' as const, data })),
  );
}
