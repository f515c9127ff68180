import type { Standing } from '../domain/standing.ts';
import type { Claimed } from '../effects/claim.ts';
import { reached } from '../runtime/race-points.ts';
import { behindMs } from '../store/clock.ts';
import { triggersOf } from '../store/events/triggers.ts';
import { awaitedOf } from '../store/events/awaited.ts';
import { inTransaction, type Picture, readPicture, refreshPicture } from '../store/process/picture.ts';
import type { PublishedRules } from '../store/rules/in-force.ts';
import type { At } from '../workflows/activities.ts';
import type { ActivityDeps } from './deps.ts';
import { standingOf } from './standing-of.ts';
import { Turn } from './turn.ts';

/** The result of a turn. */
export interface TurnResult {
  standing: Standing;
  claimed: Claimed<Turn> | null;
  isUnfinished: boolean;
  picture: Picture;
  rules: PublishedRules;
  /** By how many milliseconds the process's time was behind the lead's clock. */
  behind: number;
  /** Milliseconds that the turn adds to the process's time, because it follows from something that came in since. */
  afterMs: number;
}

/**
 * Runs `work` under the lead's lock, deletes the outbox rows of heard bells, and writes where the lead stands afterwards. `before`: the
 * turn right before this one. Only what others may have written is read again; its time and its rules continue. `causeMs`: when what the turn
 * follows from was written, on the lead's clock, where its rows do not say it.
 */
export async function inTurn(
  deps: ActivityDeps,
  at: At,
  work: (turn: Turn) => Promise<void>,
  before: Partial<Pick<TurnResult, 'picture' | 'behind' | 'afterMs' | 'rules'>> & { causeMs?: number } = {},
): Promise<TurnResult> {
  const { rules = deps.rules.current() } = before;
  await reached('turn.begins', at.leadId);
  return inTransaction(deps.db, async (tx) => {
    const { db } = deps;
    const picture = await (before.picture === undefined
      ? readPicture(db, tx, at.leadId)
      : refreshPicture(db, tx, before.picture));
    await reached('turn.locked', at.leadId);
    const behind = before.behind ?? lateness(picture.lead, at);
    const { lead } = picture;
    const isOnOtherClock = lead.clockOffsetMs !== 0n;
    const causeMs = Math.max(latestCauseMs(picture), before.causeMs ?? -Infinity);
    const afterMs = before.afterMs ?? Math.max(0, causeMs + 1 - (at.atMs + behind));
    const turn = new Turn(tx, deps, { atMs: at.atMs + behind + afterMs, picture, rules });
    if (at.heard.length > 0) turn.send(tx.$executeRaw`DELETE FROM outbox WHERE id = ANY(${[...at.heard]})`);
    keepClock(turn);
    // During a fast-forward the process is about to be on the lead's clock.
    const staysBehind = isOnOtherClock && lead.clockMovingSince === null;
    const standing = onProcessClock(await completeTurn(turn, work), staysBehind ? behind : 0);
    return { standing, claimed: turn.claimed, isUnfinished: turn.isUnfinished, picture, rules, behind, afterMs };
  });
}

/**
 * The time of the latest cause of the turn. A click may come a few milliseconds after the process was woken, and the turn finds it under
 * the lock. With the process's own time the timeline would show the hand-off before the click, or, at the same millisecond, the click in
 * the stage that it brought about: the turn comes a millisecond after its cause.
 */
function latestCauseMs({ lead, unhandled }: Picture): number {
  return Math.max(
    lead.qualifiedAt?.getTime() ?? -Infinity,
    ...awaitedOf(lead).map(({ metAt }) => (metAt === undefined ? -Infinity : Date.parse(metAt))),
    ...triggersOf(lead).map(({ at }) => Date.parse(at)),
    ...unhandled.map(({ occurredAt }) => occurredAt.getTime()),
  );
}

/**
 * An activity that was retried for hours works as of now. During a fast-forward the process runs ahead, but one that was behind the lead's
 * clock may wake on its way there: nothing happens to the lead before the fast-forward began.
 */
function lateness(lead: Picture['lead'], at: At): number {
  return behindMs(lead, at.atMs, lead.clockMovingSince?.getTime() ?? Date.now());
}

async function completeTurn(turn: Turn, work: (turn: Turn) => Promise<void>): Promise<Standing> {
  try {
    await work(turn);
    const standing = standingOf(turn);
    await turn.write(standing.next);
    return standing;
  } catch (error) {
    throw turn.failure ?? error;
  }
}

/** A process waits by its own clock, while the rows use the lead's clock. */
function onProcessClock(standing: Standing, behind: number): Standing {
  const { next } = standing;
  if (behind === 0 || !('dueAtMs' in next)) return standing;
  return { ...standing, next: { ...next, dueAtMs: next.dueAtMs - behind } };
}

/**
 * During a fast-forward the process's time runs ahead of real time, and stays ahead. An event after a turn must not get an earlier
 * time than the turn: a click on the mail just sent would count as a click on the mail before.
 */
function keepClock(turn: Turn): void {
  if (turn.lead.clockMovingSince === null && turn.lead.clockOffsetMs === 0n) return;
  const offset = BigInt(Math.max(0, turn.atMs - Date.now()));
  if (offset > turn.lead.clockOffsetMs) turn.changeLead({ clockOffsetMs: offset });
}
