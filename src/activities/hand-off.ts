import { isTold } from '../domain/assignment.ts';
import { AppError } from '../domain/errors.ts';
import { newId } from '../domain/ids.ts';
import { matchRule, nextRep } from '../domain/route.ts';
import type { Team } from '../domain/routing.ts';
import { isAway, noRoomBecause } from '../domain/room.ts';
import { lookBack } from '../effects/claim.ts';
import type { Assignment, Rep } from '../store/generated/client.ts';
import { insertRow } from '../store/rows.ts';
import { ACTIVE_REP, loadsOf, lockReps, refusersSince, recordOffer } from '../store/process/reps.ts';
import { olderWaiting, ringLongestWaiting } from '../store/process/waiting.ts';
import { changeAssignment, clocksFrom, teamOf } from './assignment.ts';
import { claimRepMail } from './rep-mail.ts';
import { tellOfRequests } from './tell-of-requests.ts';
import { briefSettler, reminderSettler, told } from './tell-rep.ts';
import type { Turn } from './turn.ts';
import { waitForRoom } from './wait-for-room.ts';

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
  await goOnWith(turn, assignment);
  if (turn.claimed === null) await tellOfRequests(turn);
}

/** Does what is due for the latest assignment: the brief, the reminder, or the next rep. */
async function goOnWith(turn: Turn, assignment: Assignment): Promise<void> {
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

/** Routes the lead: back to the rep who knows it, else by the first matching rule to its team and the rep of that team who comes next. */
export async function offer(turn: Turn): Promise<void> {
  const { routing } = turn.playbook;
  const rule = matchRule(routing, await turn.facts(routing.rules.map(({ when }) => when)));
  const keeper = await keeperOf(turn);
  const team = keeper === null || keeper.teams.includes(rule.team) ? rule.team : keeper.teams[0];
  if (keeper === null || team === undefined) await offerToTeam(turn, rule.team, rule.rule);
  else await offerToTeam(turn, team, 'the rep who knows the lead', keeper);
}

/** The rep who had the need before. Null when that rep has refused or missed it since it was last recycled, or is not active. */
async function keeperOf(turn: Turn): Promise<Rep | null> {
  const { need } = turn.picture;
  if (need === null || need.ownerId === null) return null;
  const keeper = await turn.tx.rep.findUnique({ where: { id: need.ownerId, ...ACTIVE_REP } });
  if (keeper === null) return null;
  const refusers = await refusersSince(turn.tx, need.id, turn.lead.armedAt);
  const rep = isAway(keeper, turn.atMs) ? await deputyOf(turn, keeper) : keeper;
  return rep === null || refusers.includes(rep.id) ? null : rep;
}

/** Who stands in for a rep who is away; null when nobody does, or the deputy is away too. */
async function deputyOf(turn: Turn, { deputyId }: Rep): Promise<Rep | null> {
  if (deputyId === null) return null;
  const deputy = await turn.tx.rep.findUnique({ where: { id: deputyId, ...ACTIVE_REP } });
  return deputy === null || isAway(deputy, turn.atMs) ? null : deputy;
}

/**
 * Offers the lead to a rep of the team who has room, and has not refused or missed it since it was last recycled. Without one it waits:
 * for room, or, where everybody passed on it, for a manager. `onlyRep` gets it whatever their limits say: a person chose them, or they
 * know the lead.
 */
export async function offerToTeam(turn: Turn, teamKey: string, rule: string, onlyRep?: Rep): Promise<void> {
  const { need } = turn.picture;
  const team = teamOf(turn, teamKey);
  if (need === null) return;
  const reps = await lockReps(turn.tx, teamKey);
  if (reps.length === 0 && onlyRep === undefined) throw teamIsElsewhere(team);
  const refusers = await refusersSince(turn.tx, need.id, turn.lead.armedAt);
  const loads = await loadsOf(turn.tx, reps);
  const free = reps.filter((one) => noRoomBecause(one, loads.get(one.id), turn.atMs) === null);
  const rep = onlyRep ?? nextRep(free.map(inTurnOrder), refusers);
  const mayHaveToWait = free.length < reps.length || loads.size > 0;
  if (rep === null && reps.some(({ id }) => !refusers.includes(id))) return waitForRoom(turn, team, null);
  if (rep === null) {
    const because = `Every rep of team ‘${team.name}’ rejected it or did not answer: a manager decides who gets it.`;
    turn.changeNeed({ waitingBecause: because, waitingTeam: null, waitingSince: null, tryAgainAt: null });
    turn.changeLead({ ownerId: null });
    turn.changeStage('qualified', because);
    turn.note({ action: 'assignment.unassignable', data: { because } });
    return;
  }
  if (onlyRep === undefined && mayHaveToWait) {
    const { id: needId, waitingSince: since } = need;
    const older = await olderWaiting(turn.tx, { team: teamKey, needId, since, repId: rep.id });
    if (older !== null) return waitForRoom(turn, team, older);
    turn.send(ringLongestWaiting(turn.tx, rep.id, need.id));
  }
  await createAssignment(turn, team, rep, rule);
  turn.send(recordOffer(turn.tx, { rep, free, team: reps }));
}

function inTurnOrder(rep: Rep): Rep & { lastOfferedAtMs: number | null } {
  return { ...rep, lastOfferedAtMs: rep.lastOfferedAt?.getTime() ?? null };
}

/** The team has no active rep: a newer playbook was published meanwhile, or a person switched the reps off. */
function teamIsElsewhere(team: Team): AppError {
  return new AppError(
    'UNAVAILABLE',
    `Team ‘${team.name}’ has no active rep: a newer playbook revision has changed the team, or all of its reps are switched off. It is tried again until there is one.`,
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
    playbookRevision: turn.rules.revision,
    ...clocksFrom(turn, team),
  });
  turn.picture.assignment = assignment;
  turn.changeNeed({ waitingBecause: null });
  turn.changeLead({ ownerId: rep.id });
  turn.changeStage('assigned', `offered to ${rep.id} by rule ‘${rule}’`);
  turn.note({
    action: 'assignment.offered',
    data: { assignmentId: assignment.id, repId: rep.id, team: team.team, rule, playbook: turn.rules.revision },
  });
}

async function brief(turn: Turn, assignment: Assignment): Promise<void> {
  const key = `assignment:${assignment.id}:brief`;
  if ((await lookBack(turn, key)) !== null) return told(turn, assignment);
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  await claimRepMail(turn, {
    template: 'rep-brief',
    key,
    assignment,
    rep,
    settler: briefSettler(assignment.id),
  });
}

async function remind(turn: Turn, assignment: Assignment): Promise<void> {
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  changeAssignment(turn, assignment, { remindedAt: turn.at });
  turn.note({ action: 'assignment.reminded', data: { assignmentId: assignment.id, repId: rep.id } });
  const key = `assignment:${assignment.id}:reminder`;
  await claimRepMail(turn, { template: 'rep-reminder', key, assignment, rep, settler: reminderSettler(assignment.id) });
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
