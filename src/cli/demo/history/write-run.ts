/** The rows of a lead's way through its cadence. */
import { newId } from '../../../domain/ids.ts';
import { PAUSE, READERS_CADENCE, type PastRun, WORDS } from './cadence-runs.ts';
import type { PastLife } from './past-life.ts';
import { eventRow, type PastEvent } from './event-row.ts';
import type { Writing } from './writing.ts';
import { stoodAt } from './stood-at.ts';
import { REACTED_AFTER } from './write-words.ts';

/** Id of the revision of each cadence; null: it is not published. */
export type Revisions = Readonly<Record<NonNullable<PastRun['cadence']>, string | null>>;

interface RunWriting extends Writing {
  life: PastLife;
  needId: string;
  revisions: Revisions;
}

export function addRun({ add, at, happened, life, leadId, needId, revisions }: RunWriting): void {
  const { cadence, arm, mails, pause, left, done } = life;
  const revisionId = cadence === null ? null : revisions[cadence];
  if (cadence === null || revisionId === null) return;
  const enrollmentId = newId('enrollment');
  // A life that goes on has a step that is due after the end of the history: its process, once somebody wakes it, goes on from there.
  const due = happened(done) ? null : (mails.find(({ afterDays }) => !happened(afterDays)) ?? left);
  const stands = due?.step ?? left?.step ?? mails.at(-1)?.step ?? null;
  const isOver = due === null;
  add('enrollments', {
    id: enrollmentId,
    lead_id: leadId,
    need_id: needId,
    cadence,
    revision_id: revisionId,
    status: !isOver ? 'active' : left === null ? 'completed' : 'ended',
    kind: 'main',
    via: 'trigger',
    pass: 1,
    first_pass: 1,
    step_id: isOver ? null : stands,
    stepped_at: at(0),
    due_at: isOver ? null : at(due.afterDays),
    attempts: 0,
    started_at: at(0),
    waiting_from: isOver && left !== null ? stoodAt(life, left) : stands,
    ended_at: isOver ? at(happened(done) ? done : (mails.at(-1)?.afterDays ?? 0)) : null,
    end_reason: isOver ? (left?.reason ?? null) : null,
  });
  const cameToSplit = (stepId: string, given: string, afterDays: number): void =>
    add('split_arms', {
      enrollment_id: enrollmentId,
      step_id: stepId,
      lead_id: leadId,
      cadence,
      arm: given,
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
    });
  if (arm !== null) cameToSplit(WORDS, arm, 0.005);
  if (pause !== null && happened(pause.afterDays)) cameToSplit(PAUSE, pause.arm, pause.afterDays);
  const performed = (stepId: string, kind: string, result: string, afterDays: number): void =>
    add('audit', {
      id: newId('audit'),
      lead_id: leadId,
      actor: 'system',
      action: 'step.performed',
      data: { enrollmentId, cadence, stepId, kind, result },
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
    });
  for (const mail of mails) {
    const { afterDays, step, template, clicked, unsubscribed, complained, bounced, skipped } = mail;
    if (!happened(afterDays)) break;
    const sendId = newId('send');
    add('sends', {
      id: sendId,
      key: `past:${leadId}:${step}`,
      lead_id: leadId,
      enrollment_id: enrollmentId,
      step_id: step,
      pass: 1,
      channel: 'email',
      audience: 'lead',
      topic: 'marketing',
      template_key: template,
      status: skipped ? 'skipped' : 'sent',
      reason: skipped ? 'suppressed:hard-bounce' : null,
      attempt: 'history',
      occurred_at: at(afterDays),
      recorded_at: at(afterDays),
      sent_at: skipped ? null : at(afterDays),
      delivery: bounced ? 'bounced' : complained ? 'complained' : null,
      delivery_at: bounced || complained ? at(afterDays) : null,
    });
    const reactedAt = afterDays + REACTED_AFTER;
    if (!happened(reactedAt)) break;
    const event = (type: string, more: Partial<PastEvent> = {}): void =>
      add('events', eventRow({ leadId, type, sendId, at: at(reactedAt), ...more }));
    if (clicked === 'person') event('email.clicked');
    else if (clicked !== 'nobody') event('email.clicked', { machine: true, properties: { verdict: clicked } });
    if (bounced) event('email.bounced', { properties: { verdict: mail.hard ? 'hard' : 'soft' } });
    if (complained) event('email.bounced', { properties: { verdict: 'complaint' } });
    if (unsubscribed) event('unsubscribed', { properties: { source: complained ? 'complaint' : 'link' } });
    const isIn = (days: number) => happened(days) && (left === null || days < left.afterDays);
    if (cadence === READERS_CADENCE && step === 'checklist' && clicked === 'person' && isIn(reactedAt)) {
      performed('checklist-clicked', 'waitFor', 'came: email.clicked', reactedAt);
      if (isIn(reactedAt + 1)) performed('how-interested', 'branch', 'to case-study (else)', reactedAt + 1);
    }
  }
}
