import { dueAtOf } from '../../src/domain/standing.ts';
import type { Evidence, LeadRow } from './evidence.ts';
import { clockOf, groupBy, isStopped, type Invariant } from './invariant.ts';

/** Longer than the reconciler's grace plus its pause between two passes. */
const LATE_MS = 90_000;

export const everyLeadThere: Invariant = {
  holds: 'every lead is where its history says, or stopped with a reason',
  check({ leads, needs, audit, enrollments }) {
    const offenders: string[] = [];
    const needById = new Map(needs.map((need) => [need.id, need]));
    const stageIs = new Map<string, string>();
    for (const { leadId, action, data } of audit) if (action === 'stage.changed') stageIs.set(leadId, data['to'] ?? '');
    const active = groupBy(
      enrollments.filter(({ status, kind }) => status === 'active' && kind !== 'reminder'),
      ({ leadId }) => leadId,
    );
    for (const lead of leads) {
      const say = (what: string): void => void offenders.push(`${lead.id} (${lead.email}): ${what}`);
      const need = needById.get(lead.needId ?? '');
      if (lead.heldAt !== null && (lead.heldReason ?? '') === '') say('held without a reason');
      if (need === undefined && !isStopped(lead)) say(`no need, in stage ${lead.stage}`);
      if (need !== undefined && need.stage !== lead.stage) say(`stage ${lead.stage}, its need ${need.stage}`);
      if ((stageIs.get(lead.id) ?? 'new') !== lead.stage)
        say(`stage ${lead.stage}, its history ends in ${stageIs.get(lead.id)}`);
      const enrolled = active.get(lead.id) ?? [];
      if (enrolled.length > 1) say(`${enrolled.length} cadences at once`);
      if (lead.stage === 'nurturing' && enrolled.length === 0 && !isStopped(lead)) say('nurturing without a cadence');
      if (
        ['assigned', 'accepted', 'opportunity', 'no-need', 'disqualified'].includes(lead.stage) &&
        enrolled.length > 0
      )
        say(`${lead.stage}, and in ${enrolled[0]?.cadence}`);
      if (lead.stage === 'qualified' && !isStopped(lead) && (need?.waitingBecause ?? null) === null)
        say('qualified and not offered to anybody');
    }
    return { checked: leads.length, offenders };
  },
};

export const nothingOverdue: Invariant = {
  holds: 'nothing is overdue and no bell is unheard',
  check({ leads, outbox, at }) {
    const late = leads.filter(
      (lead) => !isStopped(lead) && lead.nextDueAt !== null && lead.nextDueAt.getTime() < clockOf(lead, at) - LATE_MS,
    );
    return {
      checked: leads.length,
      offenders: [
        ...late.map(
          ({ id, nextSummary, clockMovingSince }) =>
            `${id}: ${nextSummary}${clockMovingSince === null ? '' : ' (its clock is moving)'}`,
        ),
        ...outbox.map(
          ({ leadId, reason, deliveredAt, lastError }) =>
            `bell ‘${reason}’ for ${leadId}, ${deliveredAt === null ? `not rung ${lastError ?? ''}` : 'rung'}`,
        ),
      ],
    };
  },
};

/** True when something is scheduled for the lead. */
function isScheduled(lead: LeadRow): boolean {
  return lead.nextDueAt !== null && !isStopped(lead);
}

export const processWhereScheduled: Invariant = {
  holds: 'a process runs for every lead that has something scheduled, and for no lead that has not',
  check({ leads, processes, at }) {
    const offenders: string[] = [];
    for (const lead of leads) {
      const { status } = processes.get(lead.id) ?? { status: 'NONE' };
      // A terminated process is noticed when it is overdue, or when something comes in.
      const isAwaited = status === 'TERMINATED' && (lead.nextDueAt?.getTime() ?? 0) > clockOf(lead, at) - LATE_MS;
      if (isScheduled(lead) && status !== 'RUNNING' && !isAwaited)
        offenders.push(`${lead.id}: ‘${lead.nextSummary}’ and no process`);
      if (status === 'RUNNING' && hasNoReason(lead))
        offenders.push(`${lead.id}: a process runs, and ‘${lead.nextSummary}’`);
    }
    return { checked: leads.length, offenders };
  },
};

/** The process of a forwarded lead stays because of its clock; that of a lead that waits for a person listens. */
function hasNoReason(lead: LeadRow): boolean {
  const forwarded = lead.clockOffsetMs !== 0 || lead.clockMovingSince !== null;
  return (
    !isStopped(lead) &&
    lead.nextDueAt === null &&
    !forwarded &&
    !['qualified', 'qualifying', 'assigned'].includes(lead.stage)
  );
}

export const processKnowsTheRow: Invariant = {
  holds: 'a process answers, and what it answers is what the rows say',
  check(evidence: Evidence) {
    const offenders: string[] = [];
    let checked = 0;
    for (const lead of evidence.leads) {
      const process = evidence.processes.get(lead.id);
      if (process?.status !== 'RUNNING') continue;
      checked += 1;
      const { standing, error } = process;
      if (standing === undefined || standing === null) {
        offenders.push(`${lead.id}: ${error ?? 'it has not looked yet'}`);
        continue;
      }
      const due = standing.next.kind === 'offer' ? lead.nextDueAt?.getTime() : (dueAtOf(standing.next) ?? undefined);
      if (standing.stage !== lead.stage)
        offenders.push(`${lead.id}: the process says ${standing.stage}, the row ${lead.stage}`);
      else if (!isSameInstant(lead, due))
        offenders.push(
          `${lead.id}: due ${String(due)} and ${String(lead.nextDueAt?.getTime())}: ‘${standing.next.summary}’ and ‘${lead.nextSummary}’`,
        );
      else if (standing.held !== (lead.heldAt !== null) || standing.paused !== (lead.pausedAt !== null))
        offenders.push(`${lead.id}: held or paused in one and not in the other`);
    }
    return { checked, offenders };
  },
};

/**
 * The times must agree to the millisecond, with one exception. A terminated process of a forwarded lead is followed by one in real
 * time. Its due time is earlier than the row's by as much as the lead's clock is ahead, give or take the time of the look.
 */
function isSameInstant({ nextDueAt, clockOffsetMs }: LeadRow, processDueMs: number | undefined): boolean {
  if (processDueMs === nextDueAt?.getTime()) return true;
  if (processDueMs === undefined || nextDueAt === null || clockOffsetMs === 0) return false;
  return Math.abs(nextDueAt.getTime() - clockOffsetMs - processDueMs) < LATE_MS;
}

/** Outages are retried until they end. A lead may be held only for a reason that cannot get better by itself. */
export const heldForCause: Invariant = {
  holds: 'no lead is held but for its template or its mail',
  check({ leads }) {
    const held = leads.filter(({ heldAt }) => heldAt !== null);
    return {
      checked: held.length,
      offenders: held
        .filter(({ heldReason }) => !/^(TEMPLATE_BROKEN|SMTP)/.test(heldReason ?? ''))
        .map(({ id, heldReason }) => `${id}: ${heldReason ?? 'no reason'}`),
    };
  },
};

export const poisonIsHeld: Invariant = {
  holds: 'a lead whose template throws is held, and says why',
  check({ leads, plan, needs }) {
    const poisoned = new Set(plan.lives.filter(({ source }) => source === 'poison').map(({ email }) => email));
    const known = leads.filter(({ email }) => poisoned.has(email));
    // A lead that qualified early never got to that mail.
    const wrong = known.filter(({ id, stage, heldReason, pausedAt }) => {
      const moved = stage !== 'nurturing' && stage !== 'new' && needs.some(({ leadId }) => leadId === id);
      return !moved && pausedAt === null && !(heldReason ?? '').includes('TEMPLATE_BROKEN');
    });
    return {
      checked: known.length,
      offenders: wrong.map(({ id, stage, heldReason }) => `${id} in ${stage}: ${heldReason ?? 'not held'}`),
    };
  },
};
