import type { Wants } from '../domain/choose-rep.ts';
import type { Team } from '../domain/routing.ts';
import { addWorkingTime, holidaysOf } from '../domain/schedule.ts';
import { announce } from '../store/outbox.ts';
import type { Turn } from './turn.ts';

/** The first of a queue looks this often by itself: an absence ends and a limit passes without anybody ringing. */
const FIRST_AGAIN_AFTER_MS = 10 * 60_000;
/** Those behind it are rung in their turn, and look for the case that a ring was in vain. */
const OTHERS_AGAIN_AFTER_MS = 60 * 60_000;
/** After an error it looks often at first: a roll-out is over in minutes. */
const ERROR_AGAIN_AFTER_MS = 60_000;

export type WaitsFor = 'room' | 'hours' | 'error';

interface Waiting {
  /** Null: the rules name no team that there is. */
  team: Team | null;
  kind: WaitsFor;
  /** In a sentence, without names of people. */
  why: string;
  tryAgainMs: number;
  wants?: Wants;
}

/**
 * The lead waits until a rep of the team has room. `older`: the lead that has waited for longer and goes first. It is rung, as it may not
 * know yet that there is room.
 */
export function waitForRoom(turn: Turn, team: Team, wants: Wants, older: string | null): void {
  const why = `Every rep of team ‘${team.name}’ who could get it is away or has no room; it is offered as soon as one has.`;
  const tryAgainMs = turn.atMs + (older === null ? FIRST_AGAIN_AFTER_MS : OTHERS_AGAIN_AFTER_MS);
  wait(turn, { team, kind: 'room', why, tryAgainMs, wants });
  if (older !== null) turn.send(announce(turn.tx, [{ leadId: older, reason: 'room', refs: {} }]));
}

/** The lead waits until a rep of the team is at work. */
export function waitUntilAtWork(turn: Turn, team: Team, wants: Wants, opensAtMs: number): void {
  const why = `Nobody of team ‘${team.name}’ who could get it is at work; it is offered at ${turn.words(opensAtMs)}.`;
  wait(turn, { team, kind: 'hours', why, tryAgainMs: opensAtMs, wants });
}

/** The rules or the reps leave the lead no way. A manager sees why; it is offered as soon as there is a way. */
export function waitForRouting(turn: Turn, team: Team | null, because: string): void {
  const since = turn.picture.need?.waitingFor === 'error' ? turn.picture.need.waitingSince : null;
  // Of a lead that was forwarded it is longer than it was, and the lead looks less often.
  const longMs = since === null ? 0 : turn.atMs - since.getTime();
  const afterMs = Math.min(Math.max(longMs / 2, ERROR_AGAIN_AFTER_MS), FIRST_AGAIN_AFTER_MS);
  wait(turn, { team, kind: 'error', why: because, tryAgainMs: turn.atMs + afterMs });
}

function wait(turn: Turn, { team, kind, why, tryAgainMs, wants }: Waiting): void {
  const { need } = turn.picture;
  if (need === null) return;
  const key = team?.team ?? null;
  const isNew = need.waitingFor === null || need.waitingTeam !== key;
  const overflowAt = isNew ? overflowsAt(turn, team) : need.overflowAt;
  const overflowMs = overflowAt === null || overflowAt <= turn.at ? Infinity : overflowAt.getTime();
  const isAnother = isNew || need.waitingFor !== kind;
  turn.changeNeed({
    waitingTeam: key,
    waitingFor: kind,
    waitingWhy: why,
    waitingSkills: [...(wants?.skills ?? [])],
    waitingLanguage: wants?.language ?? null,
    overflowAt,
    // Real time: the order of the queue is shared by leads whose own clocks may differ.
    ...(isNew && { waitingSince: new Date() }),
    tryAgainAt: new Date(Math.min(tryAgainMs, overflowMs)),
  });
  turn.changeLead({ ownerId: null });
  turn.changeStage('qualified', why);
  if (isAnother)
    turn.note({ action: 'assignment.waits', data: { for: kind, why, ...(key !== null && { team: key }) } });
}

function overflowsAt(turn: Turn, team: Team | null): Date | null {
  if (team?.overflow === undefined) return null;
  const isHoliday = holidaysOf(turn.playbook.calendars, team.calendar);
  return new Date(addWorkingTime(turn.atMs, team.overflow.after, team.workingHours, team.timeZone, isHoliday));
}
