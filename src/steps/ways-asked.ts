/** Which recorded ways a list of leads is asked for that went along a way of a cadence's picture. */
import type { Db } from '../store/db.ts';
import { listCadences } from '../store/lists/cadences.ts';
import type { LeadFilter } from '../store/lists/leads.ts';
import { pairsAlong } from './conversion.ts';
import { STEP_KINDS } from './kinds.ts';

/** Kinds of steps whose message tells of them. */
export const TOLD_BY_SENDS = STEP_KINDS.filter(({ position }) => position.toldBy === 'send').map(({ kind }) => kind);

/** The filter with what its way passes along, by the revision that the picture is drawn of. `current`: revision ids by key. */
export async function withWays(db: Db, filter: LeadFilter, current: ReadonlyMap<string, string>): Promise<LeadFilter> {
  const way = filter.match?.way;
  if (way === undefined) return filter;
  const found = (await listCadences(db, current)).find(({ revision }) => revision.cadence === way.cadence);
  if (found === undefined) return filter;
  const recorded = { ways: pairsAlong(found.revision.definition, way), told: TOLD_BY_SENDS };
  return { ...filter, match: { ...filter.match, way: { ...way, recorded } } };
}
