import type { CadenceFile } from './cadence-file.ts';
import { waysOut } from './cadence-graph.ts';

/**
 * Reports cadences that lead back to themselves through other cadences without a step that takes time. Such cadences would mail a
 * lead without end.
 */
export function checkCircles(read: readonly CadenceFile[]): void {
  const byName = new Map(read.map((one) => [one.cadence.cadence, one]));
  const ways = new Map(read.map((one) => [one.cadence.cadence, waysOut(one.cadence)]));
  for (const start of read) {
    const name = start.cadence.cadence;
    if (!reaches(name, name, ways)) continue;
    const way = start.leadsTo.find((one) => one.cadence === name || reaches(one.cadence, name, ways));
    if (way === undefined || !byName.has(way.cadence)) continue;
    start.file.report(
      way.path,
      `"${name}" leads back to itself through "${way.cadence}" without a wait on the way; put a wait before this move`,
    );
  }
}

/** Whether a lead that enters `from` can come into `to` in no time. */
function reaches(from: string, to: string, ways: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const walk = (name: string): boolean =>
    (ways.get(name) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return walk(next);
    });
  return walk(from);
}
