import type { Span } from '../domain/cadence.ts';
import { addWorkingTime, holidaysOf } from '../domain/schedule.ts';
import type { World } from './world.ts';

/** When a team has worked that long from then on. */
export function afterWork(world: World, teamKey: string, fromMs: number, span: Span): number {
  const { routing, calendars } = world.store.rules.current().playbook;
  const team = routing.teams.find((one) => one.team === teamKey);
  if (team === undefined) return fromMs;
  return addWorkingTime(fromMs, span, team.workingHours, team.timeZone, holidaysOf(calendars, team.calendar));
}
