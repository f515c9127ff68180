/** On which days the rep of a lead works. */
import type { DateTime } from 'luxon';
import { isLive } from '../../domain/assignment.ts';
import { hoursOfRep } from '../../domain/choose-rep.ts';
import type { Playbook } from '../../domain/playbook.ts';
import { holidaysOf } from '../../domain/schedule.ts';
import { isOpenDay } from '../../domain/window.ts';
import type { Db } from '../db.ts';

/** By the hours of the rep, or of the team, and its calendar. Of a lead that nobody has, every day is one. */
export async function workingDaysOf(
  db: Db,
  leadId: string,
  { routing, calendars }: Playbook,
): Promise<(day: DateTime<true>) => boolean> {
  const handOff = await db.assignment.findFirst({
    where: { leadId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    select: { team: true, status: true, rep: { select: { workingHours: true, timeZone: true } } },
  });
  const team = routing.teams.find((one) => one.team === handOff?.team);
  if (handOff === null || team === undefined || !isLive(handOff.status)) return () => true;
  const { hours } = hoursOfRep(handOff.rep, team);
  const isHoliday = holidaysOf(calendars, team.calendar);
  return (day) => isOpenDay(day, hours, isHoliday);
}
