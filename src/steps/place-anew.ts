/** Where a lead that runs through one revision of a cadence stands in another: steps are matched by their ids. Pure. */
import type { Cadence } from '../domain/cadence.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import type { Timetable } from '../domain/timetable.ts';
import { kindOf, timeOf } from './kinds.ts';
import { following, reach, stepById, waysFrom } from './next-step.ts';

/** Where a lead stands. Times are epoch milliseconds on its clock. */
export interface Position {
  stepId: string;
  dueAtMs: number;
  /** The step that it was sent to, often a wait before `stepId`, and when. Null: not known; the waits right before `stepId` are taken. */
  waitingFrom: string | null;
  waitingSinceMs: number;
  /** Failed attempts at the step. */
  attempts: number;
}

/**
 * What becomes of a lead.
 * same: step and due time stay. later, earlier: the step stays, its time changes. at-once: its new wait is over already.
 * date-anew: the step stays and waits for another date, or another time before or after it; which one, is read as the step is done.
 * next-step: its step is gone, and it goes to the next one that is left. ended: none is left, the cadence is out of content.
 */
export type Became = 'same' | 'later' | 'earlier' | 'at-once' | 'date-anew' | 'next-step' | 'ended';

/** `hasPassed`: the time of the place was over before the move, so that leads are let go one after the other. */
export type PlacedAnew = { became: Became; hasPassed: boolean; position: Position | null };

/** The lead's clock, and when a revision of its cadence may do something for it. */
export interface LeadTimes {
  nowMs: number;
  tableOf(cadence: Cadence): Timetable;
}

/**
 * The place in `to` of a lead that stands in `from`: as if it had come the same way through the new revision, at the same time. What it
 * has behind it is not done again.
 */
export function placeAnew(position: Position, from: Cadence, to: Cadence, times: LeadTimes): PlacedAnew {
  const survivor = survivorOf(position.stepId, from, to);
  if (survivor === null) return { became: 'ended', hasPassed: false, position: null };
  const entry = entryIn(to, survivor, position, from);
  const { waitingSinceMs } = position;
  const place = reach(to, entry, waitingSinceMs, times.tableOf(to));
  if (place === null) return { became: 'ended', hasPassed: false, position: null };
  const hasPassed = place.dueAtMs <= times.nowMs;
  const moved = { stepId: place.stepId, dueAtMs: place.dueAtMs, waitingFrom: entry, waitingSinceMs, attempts: 0 };
  if (place.stepId !== position.stepId) return { became: 'next-step', hasPassed, position: moved };
  const isLeft = position.attempts === 0 && position.dueAtMs > times.nowMs;
  if (isLeft && waitsForAnotherDate(position.stepId, from, to))
    return { became: 'date-anew', hasPassed, position: moved };
  const before = reach(from, entryIn(from, position.stepId, position, from), waitingSinceMs, times.tableOf(from));
  // Nothing about its time has changed, or it is due already, or it is being tried again: what was decided of it stays.
  const stays = before?.dueAtMs === place.dueAtMs || !isLeft;
  if (stays) return { became: 'same', hasPassed: false, position: { ...position, waitingFrom: entry } };
  if (hasPassed) return { became: 'at-once', hasPassed, position: moved };
  return { became: place.dueAtMs > position.dueAtMs ? 'later' : 'earlier', hasPassed, position: moved };
}

function waitsForAnotherDate(stepId: string, from: Cadence, to: Cadence): boolean {
  const [before, now] = [stepById(from, stepId), stepById(to, stepId)];
  return (
    timeOf(now) === 'stays' && kindOf(now).position.time === 'passes' && canonicalJson(before) !== canonicalJson(now)
  );
}

/** When a lead that is let go at an instant is due at a step: then, or when the window is open. */
export function dueWhenLetGo(cadence: Cadence, stepId: string, atMs: number, times: LeadTimes): number {
  const { position } = kindOf(stepById(cadence, stepId));
  if (position.time !== 'none') return atMs;
  return reach(cadence, stepId, atMs, times.tableOf(cadence))?.dueAtMs ?? atMs;
}

/** Id of the step, or of the first after it that the other revision has too; null when none is left. */
export function survivorOf(stepId: string, from: Cadence, to: Cadence): string | null {
  const kept = new Set(to.steps.map(({ id }) => id));
  const seen = new Set<string>();
  for (let id: string | null = stepId; id !== null && !seen.has(id); id = stepAfter(from, id)) {
    if (kept.has(id)) return id;
    seen.add(id);
  }
  return null;
}

/** A step that chooses its way itself is followed by the one after it in the file. */
function stepAfter(cadence: Cadence, stepId: string): string | null {
  const step = stepById(cadence, stepId);
  if (waysFrom(cadence, step).some(({ go }) => go === 'on')) return following(cadence, stepId);
  return cadence.steps[cadence.steps.indexOf(step) + 1]?.id ?? null;
}

/** The step of a revision that the waiting time of a lead begins with, if it is to end at `stepId`. */
function entryIn(cadence: Cadence, stepId: string, { waitingFrom, stepId: oldId }: Position, from: Cadence): string {
  const isAllTheWay = waitingFrom === null || waitingFrom === firstWaitBefore(from, oldId);
  const first = firstWaitBefore(cadence, stepId);
  if (isAllTheWay) return first;
  // It was sent into the middle of the waits, past some of them.
  return leadsTo(cadence, first, waitingFrom, stepId) ? waitingFrom : stepId;
}

/** The first of the waits that stand in a row right before a step; the step itself when none does. */
export function firstWaitBefore(cadence: Cadence, stepId: string): string {
  let first = cadence.steps.findIndex(({ id }) => id === stepId);
  for (; first > 0; first -= 1) {
    const before = cadence.steps[first - 1];
    const here = cadence.steps[first];
    if (before === undefined || kindOf(before).position.time !== 'passes') break;
    if (following(cadence, before.id) !== here?.id) break;
  }
  return cadence.steps[first]?.id ?? stepId;
}

/** Whether a step is among the waits from `first` to `last`. */
function leadsTo(cadence: Cadence, first: string, stepId: string, last: string): boolean {
  for (let id: string | null = first; id !== null; id = following(cadence, id)) {
    if (id === stepId) return true;
    if (id === last) return false;
  }
  return false;
}
