import type { Hours } from '../../domain/cadence.ts';
import { isHours } from '../../domain/window.ts';
import type { Db, Tx } from '../db.ts';
import type { Rep } from '../generated/client.ts';
import { ACTIVE_REP, isActiveRep } from '../process/reps.ts';
import { countHeld, type Held, readHeld } from './held.ts';

export interface ListedRep extends Pick<
  Rep,
  'id' | 'key' | 'name' | 'timeZone' | 'teams' | 'manager' | 'inPlaybook' | 'skills' | 'languages'
> {
  /** True when the rep takes leads: neither the playbook nor a person has switched the rep off. */
  active: boolean;
  weight: number;
  maxOpen: number | null;
  maxPerDay: number | null;
  maxPerHour: number | null;
  /** The rep's own; null: those of the team. */
  workingHours: Hours | null;
  /** The absence that is planned or under way, in whole days of the rep's zone; `deputy`: key. */
  away: { from: string; until: string | null; deputy: string | null } | null;
  /** Gets the list of the day by mail. */
  dailyDigest: boolean;
}

export interface RepWithLeads extends ListedRep {
  /** Leads that wait for their decision. */
  offered: number;
  /** Leads that they have, those that wait for their decision among them. */
  open: number;
}

/** By name; those who have left the playbook too. */
export async function listReps(db: Db): Promise<ListedRep[]> {
  const reps = await db.rep.findMany({ orderBy: [{ name: 'asc' }, { id: 'asc' }] });
  return reps.map(({ id, key, name, teams, manager, ...rep }) => ({
    id,
    key,
    name,
    timeZone: rep.timeZone,
    teams,
    manager,
    active: isActiveRep(rep),
    inPlaybook: rep.inPlaybook,
    weight: rep.weight,
    maxOpen: rep.maxOpen,
    maxPerDay: rep.maxPerDay,
    maxPerHour: rep.maxPerHour,
    skills: rep.skills,
    languages: rep.languages,
    workingHours: isHours(rep.workingHours) ? rep.workingHours : null,
    away:
      rep.awayFrom === null || isAbsenceOver(rep.awayUntil, Date.now())
        ? null
        : {
            from: rep.awayFrom.toISOString(),
            until: rep.awayUntil?.toISOString() ?? null,
            deputy: reps.find((one) => one.id === rep.deputyId)?.key ?? null,
          },
    dailyDigest: rep.digestSince !== null,
  }));
}

/** What is over is told of no more, though it is stored until the next one. */
function isAbsenceOver(awayUntil: Date | null, nowMs: number): boolean {
  return awayUntil !== null && awayUntil.getTime() <= nowMs;
}

/** The same with their leads, which are counted. `held`: those, where they were read already. */
export async function listRepsWithLeads(db: Db, held?: readonly Held[]): Promise<RepWithLeads[]> {
  const [reps, leads] = await Promise.all([listReps(db), held ?? readHeld(db)]);
  const byRep = Map.groupBy(leads, ({ repId }) => repId);
  return reps.map((rep) => {
    const its = byRep.get(rep.id) ?? [];
    return { ...rep, offered: countHeld(its.filter(({ status }) => status === 'offered')), open: countHeld(its) };
  });
}

/** By id: what reps sign in with. For operators at the database; no list of the API has it. */
export async function readRepAddresses(db: Db): Promise<ReadonlyMap<string, string>> {
  const rows = await db.rep.findMany({ select: { id: true, email: true } });
  return new Map(rows.map(({ id, email }) => [id, email]));
}

/** By id or key; null when there is no such rep. */
export async function repIdOf(db: Db, idOrKey: string): Promise<string | null> {
  const rep = await db.rep.findFirst({ where: { OR: [{ id: idOrKey }, { key: idOrKey }] }, select: { id: true } });
  return rep?.id ?? null;
}

/** By id; null when there is no such rep. */
export async function readRepKey(db: Tx, id: string): Promise<string | null> {
  return (await db.rep.findUnique({ where: { id }, select: { key: true } }))?.key ?? null;
}

/** By id; null when there is no such rep. */
export async function readAbsence(
  db: Db,
  id: string,
): Promise<Pick<Rep, 'timeZone' | 'awayFrom' | 'awayUntil'> | null> {
  return db.rep.findUnique({ where: { id }, select: { timeZone: true, awayFrom: true, awayUntil: true } });
}

/** Since when the rep gets the list of the day by mail; null: not at all. */
export async function readDigestSince(db: Db, id: string): Promise<Date | null> {
  return (await db.rep.findUnique({ where: { id }, select: { digestSince: true } }))?.digestSince ?? null;
}

/** The id of an active rep, by id or key. */
export async function activeRepIdOf(db: Db, idOrKey: string): Promise<string | null> {
  const where = { OR: [{ id: idOrKey }, { key: idOrKey }], ...ACTIVE_REP };
  return (await db.rep.findFirst({ where, select: { id: true } }))?.id ?? null;
}

/** The rep with this key, if a lead can be handed to them: an active one who is in a team. */
export async function readOfferable(db: Db, key: string): Promise<Pick<Rep, 'id' | 'teams'> | null> {
  return db.rep.findFirst({
    where: { key, ...ACTIVE_REP, teams: { isEmpty: false } },
    select: { id: true, teams: true },
  });
}
