/** Which pieces of runs a list of leads is asked for that went along a way of a cadence's picture. */
import type { Db } from '../store/db.ts';
import { waysTaken } from '../store/lists/cadence-ways.ts';
import { listCadences } from '../store/lists/cadences.ts';
import type { LeadFilter } from '../store/lists/leads.ts';
import { passesAlong } from './conversion.ts';
import { STEP_KINDS } from './kinds.ts';

/** Kinds of steps whose message tells of them. */
export const TOLD_BY_SENDS = STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind);

/** The filter with the pieces that pass along its way, by the revision that the picture is drawn of. `current`: revision ids by key. */
export async function withWays(db: Db, filter: LeadFilter, current: ReadonlyMap<string, string>): Promise<LeadFilter> {
  const way = filter.match?.way;
  if (way === undefined) return filter;
  const found = (await listCadences(db, current)).find(({ revision }) => revision.cadence === way.cadence);
  if (found === undefined) return filter;
  const { ways } = await waysTaken(db, { kind: 'all' }, way.cadence, TOLD_BY_SENDS);
  const pieces = ways.filter((one) => passesAlong(found.revision.definition, one, way));
  return { ...filter, match: { ...filter.match, way: { ...way, recorded: { pieces, told: TOLD_BY_SENDS } } } };
}
