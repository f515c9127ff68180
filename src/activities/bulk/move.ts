import type { AuditRow } from '../../store/audit.ts';
import { auditAll } from '../../store/audit.ts';
import {
  forgetAwaited,
  leadsToMove,
  type MovedEnrollment,
  positionsToMove,
  writePositions,
} from '../../store/bulk/positions.ts';
import { isOvertaken } from '../../store/bulk/runs.ts';
import { leadNow } from '../../store/clock.ts';
import type { Enrollment, Lead } from '../../store/generated/client.ts';
import { lockLeads } from '../../store/lock.ts';
import { announce } from '../../store/outbox.ts';
import { type ReadRevision, readRevision } from '../../store/process/revisions.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { Cadence } from '../../domain/cadence.ts';
import { timetableOf } from '../../domain/timetable.ts';
import { stableShare } from '../../domain/stable-share.ts';
import { kindOf } from '../../steps/kinds.ts';
import { entryStep, reach } from '../../steps/next-step.ts';
import { dueWhenLetGo, type LeadTimes, placeAnew } from '../../steps/place-anew.ts';
import { reached } from '../../runtime/race-points.ts';
import { param, type Piece, type PieceWork } from './piece.ts';

/** Where one enrollment stands after the move. */
interface Moved {
  row: MovedEnrollment;
  became: string;
}

/** One enrollment on its way to another revision. */
interface Move {
  lead: Lead;
  enrollment: Enrollment;
  from: ReadRevision;
  to: ReadRevision;
  times: LeadTimes;
  /** A later instant than now for a lead that would go at once, so that not all do. */
  letGoMs: number;
}

/** Moves the next leads to the same place in the other revision. */
export function migratePiece(work: PieceWork): Promise<Piece | null> {
  return movePiece(work, migrate);
}

/** Moves the next leads to the beginning of the other revision. */
export function restartPiece(work: PieceWork): Promise<Piece | null> {
  return movePiece(work, restart);
}

async function movePiece(work: PieceWork, move: (one: Move) => Moved): Promise<Piece | null> {
  const { db, tx, run, rules, nowMs } = work;
  // Two runs that look for who is not in their revision would send the same leads to and fro.
  if (await isOvertaken(tx, run)) return null;
  const ids = await nextLeads(work);
  const after = ids.at(-1);
  if (after === undefined) return null;
  const target = { cadence: param(run, 'cadence'), to: param(run, 'to') };
  const leads = new Map((await lockLeads(tx, ids)).map((lead) => [lead.id, lead]));
  await reached('bulk.locked', run.id);
  const to = await readRevision(db, tx, target.to);
  const moved: { one: Move; to: Moved }[] = [];
  for (const enrollment of await positionsToMove(tx, ids, target)) {
    const lead = leads.get(enrollment.leadId);
    if (lead === undefined) continue;
    const from = await readRevision(db, tx, enrollment.revisionId);
    // For one that stands still behind another cadence no time passes.
    const leadNowMs = enrollment.suspendedAt?.getTime() ?? leadNow(lead, nowMs);
    const spreadMs = Number(run.params['spreadMs'] ?? 0);
    const times = {
      nowMs: leadNowMs,
      tableOf: (cadence: Cadence) => timetableOf(rules.playbook, cadence, lead),
    };
    const letGoMs = leadNowMs + Math.floor(stableShare(run.id, lead.id) * spreadMs);
    const one = { lead, enrollment, from, to, times, letGoMs };
    moved.push({ one, to: move(one) });
  }
  await writePositions(
    tx,
    moved.map((each) => each.to.row),
  );
  const relisten = moved.filter(({ one, to: place }) => listensAnew(one, place));
  await forgetAwaited(
    tx,
    relisten.map(({ one }) => one.enrollment.id),
    relisten.map(({ one }) => one.lead.id),
  );
  await auditAll(
    tx,
    moved.map(({ one, to: place }) => entryOf(one, place, run.id)),
  );
  // A process whose lead stands where it stood waits for the right time already. One that is stopped looks when it is resumed.
  const rung = moved.filter(
    ({ one, to: place }) => !isStopped(one) && (hasOtherTime(one, place) || listensAnew(one, place)),
  );
  await announce(
    tx,
    [...new Set(rung.map(({ one }) => one.lead.id))].map((leadId) => ({
      leadId,
      reason: 'moved' as const,
      refs: { runId: run.id },
    })),
  );
  return { became: moved.map((each) => each.to.became), after, rung: rung.length };
}

/** When the end is reached it looks from the beginning again: for who was enrolled by a turn that had begun with older rules. */
async function nextLeads({ tx, run, limit }: PieceWork): Promise<string[]> {
  const target = { cadence: param(run, 'cadence'), to: param(run, 'to'), limit };
  const ids = await leadsToMove(tx, { ...target, after: run.after });
  return ids.length > 0 || run.after === null ? ids : leadsToMove(tx, { ...target, after: null });
}

function migrate({ enrollment, from, to, times, letGoMs }: Move): Moved {
  const { stepId, dueAt, steppedAt } = enrollment;
  const kept = rowOf(enrollment, to);
  // At the end already: its process is about to end it.
  if (stepId === null || dueAt === null) return { row: kept, became: 'same' };
  const position = {
    stepId,
    dueAtMs: dueAt.getTime(),
    waitingFrom: enrollment.waitingFrom,
    waitingSinceMs: (enrollment.waitingSince ?? steppedAt).getTime(),
    attempts: enrollment.attempts,
  };
  const { became, hasPassed, position: place } = placeAnew(position, from.definition, to.definition, times);
  if (place === null) return { row: { ...kept, stepId: null, dueAt: null, attempts: 0 }, became };
  const dueAtMs = hasPassed ? dueWhenLetGo(to.definition, place.stepId, letGoMs, times) : place.dueAtMs;
  const row = {
    ...kept,
    stepId: place.stepId,
    dueAt: new Date(dueAtMs),
    waitingFrom: place.waitingFrom,
    waitingSince: new Date(place.waitingSinceMs),
    attempts: place.attempts,
  };
  return { row, became };
}

/** Another pass, so that its steps may send again; what it already got is passed over by the step. */
function restart({ enrollment, to, times, letGoMs }: Move): Moved {
  const entry = entryStep(to.definition);
  const place = reach(to.definition, entry, letGoMs, times.tableOf(to.definition));
  const row = {
    ...rowOf(enrollment, to),
    stepId: place?.stepId ?? null,
    dueAt: place === null ? null : new Date(place.dueAtMs),
    waitingFrom: entry,
    waitingSince: new Date(letGoMs),
    steppedAt: new Date(times.nowMs),
    attempts: 0,
    pass: enrollment.pass + 1,
    firstPass: enrollment.pass + 1,
  };
  return { row, became: 'restarted' };
}

function rowOf(enrollment: Enrollment, { id: revisionId }: ReadRevision): MovedEnrollment {
  const { id, stepId, dueAt, waitingFrom, waitingSince, attempts, pass, firstPass, steppedAt } = enrollment;
  return { id, revisionId, stepId, dueAt, waitingFrom, waitingSince, attempts, pass, firstPass, steppedAt };
}

/** The lead has to be told anew what it listens for: it stands at another step, or the step is another. */
function listensAnew({ enrollment, from, to }: Move, { row }: Moved): boolean {
  const before = from.definition.steps.find(({ id }) => id === enrollment.stepId);
  const now = to.definition.steps.find(({ id }) => id === row.stepId);
  const listens = [before, now].some((step) => step !== undefined && kindOf(step).position.time === 'listens');
  return listens && canonicalJson(before ?? null) !== canonicalJson(now ?? null);
}

function hasOtherTime({ enrollment }: Move, { row }: Moved): boolean {
  return enrollment.stepId !== row.stepId || enrollment.dueAt?.getTime() !== row.dueAt?.getTime();
}

function isStopped({ lead: { pausedAt, heldAt }, enrollment: { suspendedAt } }: Move): boolean {
  return pausedAt !== null || heldAt !== null || suspendedAt !== null;
}

function entryOf({ lead, enrollment, to, times }: Move, { row, became }: Moved, runId: string): AuditRow {
  return {
    leadId: lead.id,
    actor: 'system',
    at: new Date(times.nowMs),
    action: 'enrollment.moved',
    data: {
      enrollmentId: enrollment.id,
      cadence: enrollment.cadence,
      revision: to.number,
      runId,
      became,
      ...(row.stepId === null ? {} : { stepId: row.stepId }),
      ...(row.dueAt === null ? {} : { due: row.dueAt.toISOString() }),
    },
  };
}
