import type { Team } from '../domain/routing.ts';
import { announce } from '../store/outbox.ts';
import type { Turn } from './turn.ts';

/** The first of a queue looks this often by itself: an absence ends and a limit passes without anybody ringing. */
const FIRST_AGAIN_AFTER_MS = 10 * 60_000;
/** Those behind it are rung in their turn, and look for the case that a ring was in vain. */
const OTHERS_AGAIN_AFTER_MS = 60 * 60_000;

/**
 * The lead waits until a rep of the team has room. `older`: the lead that has waited for longer and goes first. It is rung, as it may not
 * know yet that there is room.
 */
export function waitForRoom(turn: Turn, team: Team, older: string | null): void {
  const { need } = turn.picture;
  if (need === null) return;
  const isNew = need.waitingTeam !== team.team;
  turn.changeNeed({
    waitingTeam: team.team,
    // Real time: the order of the queue is shared by leads whose own clocks may differ.
    ...(isNew && { waitingSince: new Date() }),
    tryAgainAt: new Date(turn.atMs + (older === null ? FIRST_AGAIN_AFTER_MS : OTHERS_AGAIN_AFTER_MS)),
  });
  turn.changeLead({ ownerId: null });
  turn.changeStage('qualified', `no rep of team ‘${team.name}’ has room`);
  if (isNew) turn.note({ action: 'assignment.waits', data: { team: team.team } });
  if (older !== null) turn.send(announce(turn.tx, [{ leadId: older, reason: 'room', refs: {} }]));
}
