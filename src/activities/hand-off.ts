import { isLive, isTold } from '../domain/assignment.ts';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { matchRule, nextRep } from '../domain/route.ts';
import type { Team } from '../domain/routing.ts';
import { addWorkingTime, holidaysOf } from '../domain/schedule.ts';
import { isWithSales } from '../domain/stage.ts';
import type { SendOutcome } from '../email/transport.ts';
import type { Assignment, Rep } from '../store/generated/client.ts';
import { insertRow, updateRow } from '../store/rows.ts';
import { lockReps, refusersSince, tookTurn } from '../store/process/reps.ts';
import { doubt, findSend } from '../store/process/sends.ts';
import { settle } from './deliver.ts';
import type { Delivery } from './delivery.ts';
import { claimRepMail } from './rep-mail.ts';
import { holdFor } from './hold.ts';
import type { Turn } from './turn.ts';

/** Waits between attempts to mail a brief, in minutes; then the attention list says that the rep was not told. */
const BRIEF_AGAIN_AFTER = [1, 2, 5, 15, 60, 240] as const;

/** Does what the hand-off needs now: an offer, the brief, a reminder, or the next rep. At most one mail a turn. */
export async function pressOn(turn: Turn): Promise<void> {
  const { need } = turn.picture;
  if (turn.stage === 'qualified' && need !== null && need.waitingBecause === null) {
    await offer(turn);
    // The brief follows when the team's reps are free for the next lead's offer.
    turn.isUnfinished = turn.picture.assignment?.status === 'offered';
    return;
  }
  const { assignment } = turn.picture;
  if (assignment === null) return;
  if (assignment.status === 'accepted' && isDue(turn, assignment.briefDueAt)) await brief(turn, assignment);
  if (turn.stage !== 'assigned' || assignment.status !== 'offered') return;
  const runs = isTold(assignment);
  if (runs && isDue(turn, assignment.dueAt)) await passOn(turn, assignment);
  else if (isDue(turn, assignment.briefDueAt)) await brief(turn, assignment);
  else if (runs && assignment.remindedAt === null && isDue(turn, assignment.remindAt)) await remind(turn, assignment);
}

function isDue(turn: Turn, at: Date | null): boolean {
  return at !== null && at.getTime() <= turn.atMs;
}

/** Routes the lead: back to the rep who knows it, else by the first matching rule to its team and the rep whose turn it is. */
export async function offer(turn: Turn): Promise<void> {
  const { routing } = turn.playbook;
  const rule = matchRule(routing, await turn.facts(routing.rules.map(({ when }) => when)));
  const keeper = await keeperOf(turn);
  const team = keeper === null || keeper.teams.includes(rule.team) ? rule.team : keeper.teams[0];
  if (keeper === null || team === undefined) await offerToTeam(turn, rule.team, rule.rule);
  else await offerToTeam(turn, team, 'the rep who knows the lead', keeper);
}

/** The rep who had the need before, if it may go back there: not refused or missed in this turn of its life. */
async function keeperOf(turn: Turn): Promise<Rep | null> {
  const { need } = turn.picture;
  if (need === null || need.ownerId === null) return null;
  const keeper = await turn.tx.rep.findUnique({ where: { id: need.ownerId, active: true } });
  if (keeper === null) return null;
  const refusers = await refusersSince(turn.tx, need.id, turn.lead.armedAt);
  return refusers.includes(keeper.id) ? null : keeper;
}

/** Offers the lead to a rep of a team who has not refused or missed it in this turn of its life. */
export async function offerToTeam(turn: Turn, teamKey: string, rule: string, onlyRep?: Rep): Promise<void> {
  const { need } = turn.picture;
  const team = teamOf(turn, teamKey);
  if (need === null) return;
  const reps = await lockReps(turn.tx, teamKey);
  if (reps.length === 0 && onlyRep === undefined) throw teamIsElsewhere(team);
  const refusers = await refusersSince(turn.tx, need.id, turn.lead.armedAt);
  const candidates = reps.map((rep) => ({ ...rep, lastOfferedAtMs: rep.lastOfferedAt?.getTime() ?? null }));
  const rep = onlyRep ?? nextRep(candidates, refusers);
  if (rep === null) {
    const because = `Everybody of team ‘${team.name}’ refused it or let it pass: a manager decides who gets it.`;
    turn.changeNeed({ waitingBecause: because });
    turn.changeLead({ ownerId: null });
    turn.changeStage('qualified', because);
    turn.note({ action: 'assignment.unassignable', data: { because } });
    return;
  }
  await createAssignment(turn, team, rep, rule);
}

/** A playbook gives each team somebody: another process has already read one without this team. */
function teamIsElsewhere(team: Team): AppError {
  return new AppError(
    'UNAVAILABLE',
    `Team ‘${team.name}’ has no active rep in the database: a newer routing.yaml is in use elsewhere. Restart every worker with it.`,
  );
}

async function createAssignment(turn: Turn, team: Team, rep: Pick<Rep, 'id'>, rule: string): Promise<void> {
  const { need } = turn.picture;
  if (need === null) return;
  const assignment = await insertRow(turn.tx, 'assignments', {
    id: newId('assignment'),
    leadId: turn.lead.id,
    needId: need.id,
    repId: rep.id,
    team: team.team,
    rule,
    offeredAt: turn.at,
    briefDueAt: turn.at,
    ...clocksFrom(turn, team),
  });
  turn.send(tookTurn(turn.tx, rep.id));
  turn.picture.assignment = assignment;
  turn.changeNeed({ waitingBecause: null });
  turn.changeLead({ ownerId: rep.id });
  turn.changeStage('assigned', `offered to ${rep.id} by rule ‘${rule}’`);
  turn.note({
    action: 'assignment.offered',
    data: { assignmentId: assignment.id, repId: rep.id, team: team.team, rule },
  });
}

/** When the rep is reminded and when the lead goes on to the next, counted from now in the team's working hours. */
function clocksFrom(turn: Turn, team: Team): { remindAt: Date; dueAt: Date } {
  const isHoliday = holidaysOf(turn.playbook.calendars, team.calendar);
  const inWorkingTime = (span: Team['sla']['accept']): Date =>
    new Date(addWorkingTime(turn.atMs, span, team.workingHours, team.timeZone, isHoliday));
  return { remindAt: inWorkingTime(team.sla.remindAfter), dueAt: inWorkingTime(team.sla.accept) };
}

/**
 * After a pause or hold, or once the brief could be mailed at last, the rep has its time anew: else what passed meanwhile would
 * count against who could not be told. Of a team that the playbook has no more, the clocks stand as they are.
 */
export function restartClocks(turn: Turn): void {
  const { assignment } = turn.picture;
  if (assignment === null || assignment.status !== 'offered') return;
  const team = findTeam(turn, assignment.team);
  if (team !== undefined) changeAssignment(turn, assignment, clocksFrom(turn, team));
}

function findTeam(turn: Turn, key: string): Team | undefined {
  return turn.playbook.routing.teams.find((one) => one.team === key);
}

/** @throws AppError PLAYBOOK_INVALID */
export function teamOf(turn: Turn, key: string): Team {
  const team = findTeam(turn, key);
  if (team === undefined) throw new AppError('PLAYBOOK_INVALID', `routing.yaml has no team ‘${key}’ any more.`);
  return team;
}

/** Changes the assignment row, both the stored and the one at hand. */
export function changeAssignment(turn: Turn, assignment: Assignment, patch: Partial<Assignment>): void {
  turn.send(updateRow(turn.tx, 'assignments', assignment.id, patch));
  Object.assign(assignment, patch);
}

async function brief(turn: Turn, assignment: Assignment): Promise<void> {
  const key = `assignment:${assignment.id}:brief`;
  const before = await findSend(turn.tx, key);
  if (before !== null) {
    if (before.status === 'claimed') await doubt(turn.tx, before);
    return told(turn, assignment);
  }
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  await claimRepMail(turn, {
    template: 'rep-brief',
    key,
    assignment,
    rep,
    purpose: { kind: 'brief', assignmentId: assignment.id },
  });
}

/**
 * After the hand-over of a mail to a rep. What SMTP did not take is tried again, a brief by its own clock and word of a new
 * request by the same; a reminder is not.
 */
export async function settleRepMail(turn: Turn, delivery: Delivery, outcome: SendOutcome): Promise<void> {
  const settled = await settle(turn, delivery, outcome);
  const { assignment } = turn.picture;
  const { purpose } = delivery;
  if (settled === 'gone' || assignment === null || assignment.id !== delivery.assignmentId) return;
  if (purpose.kind === 'brief' && settled !== 'released') told(turn, assignment);
  // An offer that nobody reads goes on to the next rep; of an accepted lead nobody would know.
  if (settled === 'failed' && assignment.status === 'accepted' && isWithSales(turn.stage)) {
    const why = 'reason' in outcome ? outcome.reason : settled;
    holdFor(turn, `${assignment.repId} cannot be told by mail, so tell them by hand and resume it: ${why}`);
  }
  if (settled !== 'released' || (purpose.kind === 'notice' && purpose.touchId === undefined)) return;
  // What closed or gave back the lead in the same turn leaves nobody to tell.
  if (!isLive(assignment.status) || !isWithSales(turn.stage)) return;
  if (purpose.kind === 'notice') turn.send(updateRow(turn.tx, 'touches', purpose.touchId ?? '', { handledAt: null }));
  tellLater(turn, assignment);
}

/** The rep has the brief, as far as can be known. Who could not be told at first has the whole time from now on. */
function told(turn: Turn, assignment: Assignment): void {
  const wasLate = assignment.toldAt === null && assignment.briefAttempts > 0;
  changeAssignment(turn, assignment, { briefDueAt: null, briefAttempts: 0, toldAt: assignment.toldAt ?? turn.at });
  if (wasLate) restartClocks(turn);
}

/** Growing waits; after the last the lead is held, and who resumes it has it tried again. */
function tellLater(turn: Turn, assignment: Assignment): void {
  const minutes = BRIEF_AGAIN_AFTER[assignment.briefAttempts];
  if (minutes === undefined) {
    holdFor(turn, `What ${assignment.repId} is to know could not be mailed in ${BRIEF_AGAIN_AFTER.length} attempts.`);
  }
  changeAssignment(turn, assignment, {
    briefDueAt: new Date(turn.atMs + (minutes ?? 0) * 60_000),
    briefAttempts: minutes === undefined ? 0 : assignment.briefAttempts + 1,
  });
}

async function remind(turn: Turn, assignment: Assignment): Promise<void> {
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  changeAssignment(turn, assignment, { remindedAt: turn.at });
  turn.note({ action: 'assignment.reminded', data: { assignmentId: assignment.id, repId: rep.id } });
  const key = `assignment:${assignment.id}:reminder`;
  await claimRepMail(turn, { template: 'rep-reminder', key, assignment, rep, purpose: { kind: 'notice' } });
}

/** The SLA has passed without a decision: to the next rep of the team. */
async function passOn(turn: Turn, assignment: Assignment): Promise<void> {
  changeAssignment(turn, assignment, {
    status: 'expired',
    decidedAt: turn.at,
    decidedBy: 'system',
    briefDueAt: null,
  });
  turn.note({ action: 'assignment.expired', data: { assignmentId: assignment.id, repId: assignment.repId } });
  turn.changeNeed({ ownerId: null });
  await offerToTeam(turn, assignment.team, 'the rep before did not react in time');
  turn.isUnfinished = turn.picture.assignment?.status === 'offered';
}
