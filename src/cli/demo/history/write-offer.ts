/** The rows of a past lead's hand-off: the offer, and the next step that its rep planned. */
import { newId } from '../../../domain/ids.ts';
import type { PastLife } from './past-life.ts';
import type { Writing } from './writing.ts';

/** That a rep has for an offer of the history: the slowest one is late with some. */
export const HOURS_TO_DECIDE = 21;

interface OfferWriting extends Writing {
  /** The instant so many days after the end of the history. */
  inDays: (days: number) => string;
  needId: string;
  rep: { id: string; teams: readonly string[] };
  handed: NonNullable<PastLife['handed']>;
  /** Days after the lead came in at which its rep decided; null: it is undecided. */
  decidedAt: number | null;
  /** What is planned next; null: nothing. */
  planned: PastLife['nextStep'];
  /** When the need was closed; null: it is open. */
  closedAt: string | null;
  playbook: number | null;
}

export function addOffer(writing: OfferWriting): void {
  const { add, at, inDays, happened, leadId, needId, rep, handed, decidedAt, planned, closedAt, playbook } = writing;
  const accepted = decidedAt !== null && handed.accepted;
  const team = rep.teams[0] ?? 'sales';
  add('assignments', {
    id: newId('assignment'),
    lead_id: leadId,
    need_id: needId,
    rep_id: rep.id,
    team,
    rule: 'history',
    playbook_revision: playbook,
    status: decidedAt === null ? 'offered' : accepted ? 'accepted' : 'rejected',
    offered_at: at(handed.afterDays),
    told_at: at(handed.afterDays),
    due_at: at(handed.afterDays + HOURS_TO_DECIDE / 24),
    decided_at: decidedAt === null ? null : at(decidedAt),
    offer_decided_at: decidedAt === null ? null : at(decidedAt),
    first_contact_at: accepted && happened(decidedAt + 0.1) ? at(decidedAt + 0.1) : null,
    reason: decidedAt !== null && !accepted ? handed.reason : null,
    closed_at: accepted ? closedAt : null,
    next_step_at: planned === null ? null : inDays(planned.inDays),
    brief_attempts: 0,
    attempts: 0,
    created_at: at(handed.afterDays),
  });
  if (planned === null) return;
  add('tasks', {
    id: newId('task'),
    key: `past:${leadId}:next-step`,
    lead_id: leadId,
    need_id: needId,
    rep_id: rep.id,
    team,
    kind: 'next-step',
    body: planned.words,
    status: 'open',
    due_at: inDays(planned.inDays),
    tell_at: inDays(planned.inDays),
    told_by: 'history',
    occurred_at: at(decidedAt ?? 0),
    recorded_at: at(decidedAt ?? 0),
  });
}
