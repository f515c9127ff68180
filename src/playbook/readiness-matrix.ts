import { z } from 'zod';
import { COLD, READINESS, type Rating, type Readiness, readyFrom, type ScoreBand } from '../domain/readiness.ts';
import { GRADES, type Grade } from '../domain/stage.ts';
import { key, mapping, readBy } from '../language/schemas.ts';
import type { YamlFile } from '../language/yaml-file.ts';

const threshold = readBy<number | null>((value, report) => {
  if (value === 'never') return null;
  return typeof value === 'number' && value > 0
    ? value
    : (report([], 'expected a score above 0, or "never"') ?? undefined);
});

const row = z.record(z.string(), z.enum(READINESS, `expected one of ${READINESS.join(', ')}`));

/** The keys of scoring.yaml that say from which score a lead is ready: `ready`, or `bands` and `readiness`. */
export const readinessKeys = {
  ready: mapping({ A: threshold, B: threshold, C: threshold, D: threshold }).optional(),
  bands: z.record(key, z.number().positive('expected a number above 0')).optional(),
  readiness: mapping({ A: row, B: row, C: row, D: row }).optional(),
};

interface Read {
  ready?: Record<Grade, number | null> | undefined;
  bands?: Record<string, number> | undefined;
  readiness?: Record<Grade, Record<string, Readiness>> | undefined;
}

type Ready = Pick<Rating, 'bands' | 'readiness'> & Required<Pick<Rating, 'ready'>>;

/** Reports what does not go together. Null: it is not said from which score a lead is ready. */
export function readReadiness(file: YamlFile, { ready, bands, readiness }: Read): Ready | null {
  const sorted = bands === undefined ? undefined : bandsOf(file, bands);
  if (readiness === undefined) {
    if (ready !== undefined) return { ready, ...(sorted !== undefined && { bands: sorted }) };
    file.report(['ready'], 'expected "ready" with a score for each grade, or "readiness" by grade and band');
    return null;
  }
  if (ready !== undefined) file.report(['ready'], '"readiness" says it already: leave one of the two out', 'key');
  if (sorted === undefined) {
    file.report(['readiness'], 'expected "bands" beside it, such as { hot: 60, warm: 30 }', 'key');
    return null;
  }
  for (const grade of GRADES) checkRow(file, grade, sorted, readiness[grade]);
  return {
    ready: Object.fromEntries(GRADES.map((grade) => [grade, readyFrom(sorted, readiness[grade])])) as Ready['ready'],
    bands: sorted,
    readiness,
  };
}

/** The highest first. */
function bandsOf(file: YamlFile, bands: Record<string, number>): ScoreBand[] {
  if (Object.hasOwn(bands, COLD))
    file.report(['bands', COLD], `"${COLD}" is what is below all bands: give it no score`, 'key');
  const sorted = Object.entries(bands)
    .filter(([band]) => band !== COLD)
    .map(([band, from]) => ({ band, from }))
    .toSorted((a, b) => b.from - a.from);
  for (const [i, { band, from }] of sorted.entries()) {
    if (sorted[i + 1]?.from === from) file.report(['bands', band], `another band begins at ${from} too`);
  }
  return sorted;
}

/** Every band has a cell, and who does more is not less ready. */
function checkRow(file: YamlFile, grade: Grade, bands: readonly ScoreBand[], row: Record<string, Readiness>): void {
  const names = [...bands.map(({ band }) => band), COLD];
  for (const name of Object.keys(row))
    if (!names.includes(name))
      file.report(['readiness', grade, name], `unknown band "${name}"; known: ${names.join(', ')}`, 'key');
  let before = 0;
  for (const name of names) {
    const is = row[name];
    if (is === undefined) {
      file.report(['readiness', grade], `expected a readiness for "${name}" too: ${READINESS.join(', ')}`);
      continue;
    }
    const rank = READINESS.indexOf(is);
    if (rank < before) file.report(['readiness', grade, name], 'a lower band cannot be readier than a higher one');
    before = Math.max(before, rank);
  }
  if (row[COLD] === 'ready')
    file.report(
      ['readiness', grade, COLD],
      'a lead that did nothing is never ready; begin a band at the score that it needs',
    );
}

/** The names of the bands, mistakes or not; undefined when the file cannot be read. */
export function bandNames(file: YamlFile | null): ReadonlySet<string> | undefined {
  if (file === null) return undefined;
  const bands = file.at(['bands']);
  return new Set(typeof bands === 'object' && bands !== null ? [...Object.keys(bands), COLD] : []);
}
