/** What the benchmarks of steps have in common: their floor, and how the history of a process is read. */
import type { Bench } from './bench.ts';
import type { FloorWorker } from './floor.ts';
import { historyOf, type History } from './footprint.ts';
import { inTime } from './in-time.ts';
import { median } from './measure.ts';

export interface Size {
  steps: number;
  /** More milliseconds than putting one lead to sleep ever takes. */
  perStart: number;
  spareMs: number;
}

/** Steps per second of bare workflows that fall due at one instant. */
export function timeFloor(
  bench: Bench,
  floor: FloorWorker,
  tag: string,
  { steps, perStart, spareMs }: Size,
): Promise<number> {
  return inTime(bench, perStart * steps + spareMs / 2, async (dueAt, attempt) => {
    const done = floor.done();
    await floor.start('floorStep', `${tag}-${attempt}`, steps, [dueAt]);
    const isAhead = Date.now() < dueAt;
    const lastAt = await floor.reaches(done + steps, dueAt);
    return isAhead ? rate(steps, dueAt, lastAt) : null;
  });
}

export function rate(count: number, sinceMs: number, untilMs: number): number {
  return (count * 1000) / (untilMs - sinceMs);
}

/** The last workflow task of a step comes after its row is written, so histories are read once they have stopped growing. */
export async function settledHistory(bench: Bench, ids: readonly string[]): Promise<History[]> {
  const eventsOf = (histories: readonly History[]): number => histories.reduce((sum, { events }) => sum + events, 0);
  for (let before = await historyOf(bench.temporal, ids); ;) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const now = await historyOf(bench.temporal, ids);
    if (eventsOf(now) === eventsOf(before)) return now;
    before = now;
  }
}

/** The median size of a process's history. */
export function sizeOf(histories: readonly History[]): History {
  return growthOf([], histories);
}

/** The median growth of a process's history. */
export function growthOf(before: readonly History[], after: readonly History[]): History {
  const of = (field: keyof History): number => median(after.map((now, n) => now[field] - (before[n]?.[field] ?? 0)));
  return { events: of('events'), transitions: of('transitions'), bytes: of('bytes') };
}
