import type { ValuePath } from '../language/problems.ts';
import type { CadenceFile } from './cadence-file.ts';
import { waysOut } from './cadence-graph.ts';

/** A way from one cadence into another that takes no time. */
interface Way {
  from: CadenceFile;
  /** Where the file of `from` names the other. */
  path: ValuePath;
  /** "step ‘on’", "whenDone" */
  place: string;
  to: string;
}

/**
 * Reports cadences that lead back to themselves through other cadences without a step that takes time. Such cadences would mail a
 * lead without end. A circle is told once, at the first of its cadences by the alphabet, with its way.
 */
export function checkCircles(read: readonly CadenceFile[]): void {
  const ways = new Map(read.map((one) => [one.cadence.cadence, waysFrom(one)]));
  for (const name of ways.keys()) {
    for (let circle = circleFrom(name, ways); circle !== null; circle = circleFrom(name, ways)) {
      const [first] = circle;
      first.from.file.report(
        first.path,
        `"${name}" leads back to itself without a wait on the way: ${inWords(circle)}; put a wait before ${circle.length === 1 ? 'it' : 'one of these moves'}`,
      );
      // Other circles are told besides: those that do not go this way.
      ways.set(name, ways.get(name)?.filter((way) => way !== first) ?? []);
    }
  }
}

function waysFrom(from: CadenceFile): Way[] {
  const out = waysOut(from.cadence);
  return from.leadsTo.flatMap(({ path, cadence: to, stepId }) =>
    out.some((way) => way.cadence === to && way.stepId === stepId)
      ? [{ from, path, to, place: stepId === null ? 'whenDone' : `step ‘${stepId}’` }]
      : [],
  );
}

/** The shortest way from a cadence back to itself; null when there is none. */
function circleFrom(name: string, ways: ReadonlyMap<string, readonly Way[]>): [Way, ...Way[]] | null {
  const seen = new Set<string>();
  let reached: [Way, ...Way[]][] = (ways.get(name) ?? []).map((way) => [way]);
  while (reached.length > 0) {
    const back = reached.find((circle) => circle.at(-1)?.to === name);
    if (back !== undefined) return back;
    reached = reached.flatMap((circle) => {
      const at = circle.at(-1)?.to ?? name;
      if (seen.has(at)) return [];
      seen.add(at);
      return (ways.get(at) ?? []).map((way): [Way, ...Way[]] => [...circle, way]);
    });
  }
  return null;
}

/** "aa, step ‘on’ → bb, whenDone → aa" */
function inWords(circle: readonly Way[]): string {
  const parts = circle.map(({ from, place }) => `${from.cadence.cadence}, ${place}`);
  return [...parts, circle.at(-1)?.to].join(' → ');
}
