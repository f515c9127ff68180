/** Who of a team gets a lead: the pure choice, with what it needs from the rows. */
import { chooseRep, type Wants } from '../domain/choose-rep.ts';
import type { Team } from '../domain/routing.ts';
import { holidaysOf } from '../domain/schedule.ts';
import type { Rep } from '../store/generated/client.ts';
import { lockWithLoads } from '../store/process/rep-loads.ts';
import type { Turn } from './turn.ts';

/** The reps of the team are locked from here on. */
export async function chooseIn(turn: Turn, team: Team, wants: Wants, refusers: ReadonlyMap<string, string>) {
  const { reps: locked, loads } = await lockWithLoads(turn.tx, team.team, turn.at);
  const reps = locked.map(asCandidate);
  const isHoliday = holidaysOf(turn.playbook.calendars, team.calendar);
  const choice = chooseRep({ team, reps, wants, loads, refusers, isHoliday, atMs: turn.atMs });
  return { ...choice, hasLimits: loads.size > 0 };
}

export function asCandidate(rep: Rep): Rep & { lastOfferedAtMs: number | null } {
  return { ...rep, lastOfferedAtMs: rep.lastOfferedAt?.getTime() ?? null };
}
