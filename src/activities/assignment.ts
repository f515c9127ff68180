import { isLive } from '../domain/assignment.ts';
import type { Team } from '../domain/routing.ts';
import { addWorkingTime, holidaysOf } from '../domain/schedule.ts';
import type { Span } from '../domain/cadence.ts';
import { hoursOfRep } from '../domain/choose-rep.ts';
import type { Assignment, Rep } from '../store/generated/client.ts';
import { ringLongestWaiting } from '../store/process/waiting.ts';
import { updateRow } from '../store/rows.ts';
import type { Turn } from './turn.ts';

/** When the rep is reminded, and when the lead goes to the next rep: from now, in the rep's working hours, or else the team's. */
export function clocksFrom(
  turn: Turn,
  team: Team,
  rep: Pick<Rep, 'workingHours' | 'timeZone'>,
): { remindAt: Date; dueAt: Date } {
  const isHoliday = holidaysOf(turn.playbook.calendars, team.calendar);
  const { hours, zone } = hoursOfRep(rep, team);
  const inWorkingTime = (span: Team['sla']['accept']): Date =>
    new Date(addWorkingTime(turn.atMs, span, hours, zone, isHoliday));
  return { remindAt: inWorkingTime(team.sla.remindAfter), dueAt: inWorkingTime(team.sla.accept) };
}

/** The clocks of a lead that its rep accepts now: the time to the first contact, and to the day on which silence stands out. */
export async function clocksOnceAccepted(turn: Turn, assignment: Assignment): Promise<Partial<Assignment>> {
  const { firstContactAt, repId, team: key } = assignment;
  const team = findTeam(turn, key);
  const contact = firstContactAt === null ? team?.sla.contact : undefined;
  const contactDueAt =
    team === undefined || contact === undefined ? null : await inTimeOf(turn, team, repId, turn.at, contact);
  return { contactDueAt, lastActivityAt: turn.at, ...(await idleClock(turn, assignment, turn.at)) };
}

/** When silence that began at an instant is pointed out, and ends with the lead taken back. */
export async function idleClock(
  turn: Turn,
  { team: key, repId }: Assignment,
  from: Date,
): Promise<Partial<Assignment>> {
  const team = findTeam(turn, key);
  if (team?.idle === undefined) return {};
  const { warn, takeBack } = team.idle;
  const idleAt = await inTimeOf(turn, team, repId, from, warn);
  const takeBackAt = takeBack === undefined ? null : await inTimeOf(turn, team, repId, from, takeBack);
  return { idleFrom: from, idleAt, takeBackAt, stuckAt: null };
}

/** The instant by which so much working time of the rep has passed. */
export async function inTimeOf(turn: Turn, team: Team, repId: string, from: Date, span: Span): Promise<Date> {
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: repId } });
  const { hours, zone } = hoursOfRep(rep, team);
  return new Date(
    addWorkingTime(from.getTime(), span, hours, zone, holidaysOf(turn.playbook.calendars, team.calendar)),
  );
}

/**
 * After a pause or hold, or once the brief could be mailed, the rep's time starts again: otherwise time would run against a rep who
 * could not be told. If the playbook no longer has the team, the clocks stay as they are.
 */
export async function restartClocks(turn: Turn): Promise<void> {
  const { assignment } = turn.picture;
  if (assignment === null || assignment.status !== 'offered') return;
  const team = findTeam(turn, assignment.team);
  if (team === undefined) return;
  const rep = await turn.tx.rep.findUniqueOrThrow({ where: { id: assignment.repId } });
  changeAssignment(turn, assignment, clocksFrom(turn, team, rep));
}

/** Undefined when routing.yaml does not have the team any more. */
export function findTeam(turn: Turn, key: string): Team | undefined {
  return turn.playbook.routing.teams.find((one) => one.team === key);
}

/** Changes the assignment row, in the database and in memory. */
export function changeAssignment(turn: Turn, assignment: Assignment, patch: Partial<Assignment>): void {
  turn.send(updateRow(turn.tx, 'assignments', assignment.id, patch));
  if (patch.status !== undefined && !isLive(patch.status))
    turn.send(ringLongestWaiting(turn.tx, assignment.repId, assignment.needId));
  Object.assign(assignment, patch);
}
