import type { Hours } from '../../domain/cadence.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { AppError } from '../../domain/errors.ts';
import type { Denial } from '../../domain/policy.ts';
import { signOutReps } from '../access/sessions.ts';
import { audit } from '../audit.ts';
import { transact, type Db, type Tx } from '../db.ts';
import type { Rep } from '../generated/client.ts';
import { isActiveRep } from '../process/reps.ts';
import { ringLongestWaiting } from '../process/waiting.ts';
import { columnsOf, updateRow } from '../rows.ts';

/** State of a rep that a person sets. What is not named stays. */
export interface RepPatch {
  active?: boolean | undefined;
  weight?: number | undefined;
  /** Limits; null: none. */
  maxOpen?: number | null | undefined;
  maxPerDay?: number | null | undefined;
  maxPerHour?: number | null | undefined;
  /** The rep's own, in the rep's zone; null: those of the team. */
  workingHours?: Hours | null | undefined;
  /** Null: the absence is over. `until`: null for one without a known end. `deputy`: key or id. */
  away?: { from: Date; until: Date | null; deputy: string | null } | null | undefined;
  /** Whether the list of the day comes by mail. */
  dailyDigest?: boolean | undefined;
}

export interface RepChange {
  /** Key or id. */
  rep: string;
  patch: RepPatch;
  /** Handle of the actor. */
  actor: string;
  /** Who it was, where the actor does not say it: from the command line. */
  author?: string;
  at: Date;
  /** Why the actor may not do this with the rep; null when they may. */
  denial(rep: Pick<Rep, 'teams'>): Denial | null;
}

/**
 * Changes the state of a rep. One who is switched off is signed out everywhere at once. Publishing does not change it. The same again changes nothing and is not recorded. Who may have room by it is
 * offered the lead that waits the longest.
 *
 * @throws AppError NOT_FOUND, VALIDATION_FAILED (an absence that ends before it begins or is over already, a deputy who cannot stand in, as one who is away all that time), the denial's, or
 *   CONFLICT when a team would be left without an active rep: its leads could go to nobody
 */
export async function changeRep(
  db: Db,
  { rep: idOrKey, patch, actor, author, at, denial }: RepChange,
): Promise<string> {
  return transact(db, async (tx) => {
    const reps = await lockAllReps(tx);
    const rep = reps.find(({ id, key }) => id === idOrKey || key === idOrKey);
    if (rep === undefined) throw new AppError('NOT_FOUND', 'There is no rep with this key or id, see GET /v1/reps');
    const denied = denial(rep);
    if (denied !== null) throw new AppError(denied.code, denied.message);
    if (patch.active === false && rep.active) refuseEmptyTeam(rep, reps);
    const columns = changedColumns(rep, {
      ...limitsOf(patch),
      ...absenceOf(patch, rep, { reps, at }),
      ...digestOf(patch, rep, at),
    });
    const isSwitched = patch.active !== undefined && patch.active !== rep.active;
    if (!isSwitched && columns.fields.length === 0) return rep.id;
    await updateRow(tx, 'reps', rep.id, { ...columns.patch, ...(isSwitched && { active: patch.active === true }) });
    if (isSwitched && patch.active === false) await signOutReps(tx, [rep.id]);
    const common = { repId: rep.id, ...(author && { author }) };
    const entry = { leadId: null, actor, at };
    if (isSwitched)
      await audit(tx, entry, { action: patch.active ? 'rep.activated' : 'rep.deactivated', data: common });
    if (columns.fields.length > 0)
      await audit(tx, entry, { action: 'rep.changed', data: { ...common, fields: columns.fields } });
    await ringLongestWaiting(tx, rep.id, '');
    return rep.id;
  });
}

type State = Pick<
  Rep,
  | 'weight'
  | 'maxOpen'
  | 'maxPerDay'
  | 'maxPerHour'
  | 'awayFrom'
  | 'awayUntil'
  | 'deputyId'
  | 'workingHours'
  | 'digestSince'
>;

function limitsOf({ weight, maxOpen, maxPerDay, maxPerHour, workingHours }: RepPatch): Partial<State> {
  return {
    ...(weight !== undefined && { weight }),
    ...(maxOpen !== undefined && { maxOpen }),
    ...(maxPerDay !== undefined && { maxPerDay }),
    ...(maxPerHour !== undefined && { maxPerHour }),
    ...(workingHours !== undefined && {
      workingHours: workingHours && { ...workingHours, days: [...workingHours.days] },
    }),
  };
}

function digestOf({ dailyDigest }: RepPatch, rep: Rep, at: Date): Partial<State> {
  if (dailyDigest === undefined) return {};
  return { digestSince: dailyDigest ? (rep.digestSince ?? at) : null };
}

function absenceOf({ away }: RepPatch, rep: Rep, { reps, at }: { reps: readonly Rep[]; at: Date }): Partial<State> {
  if (away === undefined) return {};
  if (away === null) return { awayFrom: null, awayUntil: null, deputyId: null };
  const { from, until, deputy } = away;
  if (until !== null && until <= from) throw wrong('away.until', 'the absence must end after it begins (away.from)');
  if (until !== null && until <= at)
    throw wrong('away.until', 'the absence would be over already: expected a time that is still to come');
  if (deputy === null) return { awayFrom: from, awayUntil: until, deputyId: null };
  const found = reps.find(({ id, key }) => id === deputy || key === deputy);
  if (found === undefined || found.id === rep.id || !isActiveRep(found))
    throw wrong('away.deputy', `expected the key of another rep who takes leads, found “${deputy}”`);
  if (isAwayAllThat(found, from, until))
    throw wrong(
      'away.deputy',
      `${found.name} is away all that time and stands in for nobody: choose another rep, or none`,
    );
  return { awayFrom: from, awayUntil: until, deputyId: found.id };
}

/** So two who stand in for each other cannot be away together without one of them being told. */
function isAwayAllThat({ awayFrom, awayUntil }: Rep, from: Date, until: Date | null): boolean {
  if (awayFrom === null || awayFrom > from) return false;
  return awayUntil === null || (until !== null && awayUntil >= until);
}

function wrong(path: string, message: string): AppError {
  return new AppError('VALIDATION_FAILED', `${path}: ${message}`, { fields: [{ path, message }] });
}

/** What differs, and the names of it. */
function changedColumns(rep: Rep, stated: Partial<State>): { patch: Partial<State>; fields: string[] } {
  const plain = (value: unknown): unknown => (value instanceof Date ? value.getTime() : canonicalJson(value));
  const fields = (Object.keys(stated) as (keyof State)[]).filter((name) => plain(stated[name]) !== plain(rep[name]));
  return { patch: Object.fromEntries(fields.map((name) => [name, stated[name]])), fields };
}

/** All, so that of two that switch off the last two reps of a team the second is refused. In the order in which offers lock them. */
async function lockAllReps(tx: Tx): Promise<Rep[]> {
  return tx.$queryRaw<Rep[]>`
    SELECT ${columnsOf('reps')} FROM reps ORDER BY id FOR NO KEY UPDATE`;
}

function refuseEmptyTeam(rep: Rep, reps: readonly Rep[]): void {
  if (!isActiveRep(rep)) return;
  const others = reps.filter((other) => other.id !== rep.id && isActiveRep(other));
  const empty = rep.teams.find((team) => !others.some(({ teams }) => teams.includes(team)));
  if (empty !== undefined)
    throw new AppError(
      'CONFLICT',
      `Team ‘${empty}’ would have no active rep, and its leads could go to nobody: put another rep into the team in routing.yaml and publish it first`,
    );
}
