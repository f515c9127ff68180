import { countOf } from './count-of.ts';

/** What a person set for a rep. Null: no limit, not away. */
export interface RepState {
  /** Leads that are offered to the rep or that the rep has, at once. */
  maxOpen: number | null;
  /** Offers in any 24 hours. */
  maxPerDay: number | null;
  /** Offers in any hour. */
  maxPerHour: number | null;
  awayFrom: Date | null;
  awayUntil: Date | null;
}

/** What the rep has, and was offered lately. */
export interface RepLoad {
  open: number;
  lastDay: number;
  lastHour: number;
}

/** Whether there is anything to count for the rep. */
export function hasLimits({ maxOpen, maxPerDay, maxPerHour }: RepState): boolean {
  return maxOpen !== null || maxPerDay !== null || maxPerHour !== null;
}

/** Away from the first instant of the absence up to its end. */
export function isAway({ awayFrom, awayUntil }: Pick<RepState, 'awayFrom' | 'awayUntil'>, atMs: number): boolean {
  return awayFrom !== null && awayFrom.getTime() <= atMs && (awayUntil === null || atMs < awayUntil.getTime());
}

/** Why the rep gets no offer now, in a clause; null when there is room. `when`: an instant in words. */
export function noRoomBecause(
  rep: RepState,
  load: RepLoad | undefined,
  atMs: number,
  when: (at: Date) => string,
): string | null {
  if (isAway(rep, atMs)) return rep.awayUntil === null ? 'is away' : `is away until ${when(rep.awayUntil)}`;
  if (load === undefined) return null;
  if (rep.maxOpen !== null && load.open >= rep.maxOpen)
    return `has ${load.open} of at most ${countOf(rep.maxOpen, 'lead')}`;
  if (rep.maxPerHour !== null && load.lastHour >= rep.maxPerHour)
    return `got ${countOf(load.lastHour, 'offer')} within an hour, of at most ${rep.maxPerHour}`;
  if (rep.maxPerDay !== null && load.lastDay >= rep.maxPerDay)
    return `got ${countOf(load.lastDay, 'offer')} within 24 hours, of at most ${rep.maxPerDay}`;
  return null;
}
