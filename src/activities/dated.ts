import type { Step } from '../domain/cadence.ts';
import { type DatePoint, datePointOf } from '../domain/moment.ts';
import { campaignOf } from '../effects/lead-mail.ts';
import { afterGroup } from '../steps/dated-group.ts';
import { timeOf } from '../steps/kinds.ts';
import type { DateRef } from '../steps/wait/position.ts';
import { campaignDates } from '../store/process/campaigns.ts';
import type { ActiveEnrollment } from '../store/process/picture.ts';
import { updateRow } from '../store/rows.ts';
import { goTo } from './position.ts';
import type { Turn } from './turn.ts';

/** The date that a step refers to, as it is now, and the campaign it is of. */
export async function dateOf(
  turn: Turn,
  enrollment: ActiveEnrollment,
  ref: DateRef,
): Promise<{ date: DatePoint | null; campaign: string | null }> {
  if ('attribute' in ref) {
    const attributes = (turn.lead.attributes ?? {}) as Record<string, unknown>;
    const value = Object.hasOwn(attributes, ref.attribute) ? attributes[ref.attribute] : null;
    return { date: datePointOf(value, turn.zone), campaign: null };
  }
  const campaign = campaignOf(turn, enrollment);
  const dates = campaign === null ? null : await campaignDates(turn.tx, campaign.campaign);
  const at = dates?.[ref.campaign] ?? null;
  return { date: at === null ? null : { kind: 'instant', atMs: at.getTime() }, campaign: dates?.key ?? null };
}

/** Stays at a wait until a moment. Nothing is written when that is what the row says already. */
export function stayUntil(turn: Turn, enrollment: ActiveEnrollment, momentMs: number, campaign: string | null): void {
  const { dueAt, waitsOn, reachedAt } = enrollment;
  if (reachedAt !== null && dueAt?.getTime() === momentMs && waitsOn === campaign) return;
  const place = { dueAt: new Date(momentMs), waitsOn: campaign, reachedAt: reachedAt ?? turn.at };
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, place));
  Object.assign(enrollment, place);
}

export function bind(turn: Turn, enrollment: ActiveEnrollment, expiresAtMs: number | null): void {
  const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs);
  if (expiresAt?.getTime() === enrollment.expiresAt?.getTime()) return;
  turn.send(updateRow(turn.tx, 'enrollments', enrollment.id, { expiresAt }));
  enrollment.expiresAt = expiresAt;
}

/**
 * Whether the date that the lead's step is bound to has passed, or will have passed when the step is due: a reminder must not come after
 * what it reminds of.
 */
export function isOver(turn: Turn, { expiresAt, dueAt }: ActiveEnrollment, step: Step): boolean {
  const time = timeOf(step);
  if (expiresAt === null || time === 'stays') return false;
  return expiresAt <= turn.at || (time === 'none' && dueAt !== null && dueAt >= expiresAt);
}

/** Passes over the rest of the steps that are bound to the same date. */
export async function skipGroup(turn: Turn, enrollment: ActiveEnrollment, because: string): Promise<void> {
  const { id: enrollmentId, cadence, cadenceAsPinned } = enrollment;
  const stepId = enrollment.stepId ?? '';
  turn.note({ action: 'steps.skipped', data: { enrollmentId, cadence, stepId, because } });
  bind(turn, enrollment, null);
  await goTo(turn, enrollment, afterGroup(cadenceAsPinned, stepId));
}
