/** How many leads are where, and what would become of each group of them. */
import type { Cadence } from '../domain/cadence.ts';
import { type Whereabouts, zoneOfLead } from '../domain/lead-zone.ts';
import { LEADS_OWN } from '../domain/playbook.ts';
import { timetableOf } from '../domain/timetable.ts';
import { entryStep } from '../steps/next-step.ts';
import { placeAnew } from '../steps/place-anew.ts';
import { templatesToCome } from '../steps/to-come.ts';
import {
  type AtStep,
  leadsByStep,
  revisionsThatDiffer,
  standersByHour,
  type Standers,
} from '../store/bulk/in-steps.ts';
import type { Db } from '../store/db.ts';
import { type ReadRevision, readRevision } from '../store/process/revisions.ts';
import type { LeadsFollow, ToPublish } from '../store/rules/publish-revision.ts';
import { amendedBy } from './amend.ts';

const HOUR_MS = 3_600_000;

/** pinned: they stay in their revision. */
export type PlanMode = 'pinned' | LeadsFollow;

/** Leads before one step of one revision, and what becomes of them. Whether a new wait is over is told by the hour. */
export interface PlanGroup {
  revision: number;
  stepId: string | null;
  leads: number;
  /** same, later, earlier, at-once, date-anew, next-step, ended, restarted, amended, unamended, pinned. */
  became: string;
  /** The step that they stand before afterwards; null at the end. */
  to: string | null;
}

type Became = Pick<PlanGroup, 'became' | 'to'>;

/** Of one cadence: leads in other revisions than the one that would be in force, and these revisions. */
export interface PlannedGroups {
  groups: PlanGroup[];
  revisions: ReadRevision[];
}

/** By cadence; one that nobody is in, or that stays, is left out. Only a migration asks how long leads have stood there, and in which zone. */
export async function plannedGroups(
  db: Db,
  input: ToPublish,
  modeOf: (cadence: string) => PlanMode,
  nowMs: number,
): Promise<Map<string, PlannedGroups>> {
  const hashes = new Map(input.cadences.map(({ cadence, hash }) => [cadence.cadence, hash]));
  const differing = await revisionsThatDiffer(db, hashes);
  const { moved = [], others = [] } = Object.groupBy(differing, ({ cadence }) =>
    modeOf(cadence) === 'migrate' ? 'moved' : 'others',
  );
  const count = new Count(db, input);
  const migrates = migration(input, nowMs);
  for (const place of await standersByHour(db, moved.map(idOf))) await count.add(place, migrates);
  for (const place of await leadsByStep(db, others.map(idOf)))
    await count.add(place, (from, to) => withoutMoving(place, from, to, modeOf(from.cadence), input));
  return count.result();
}

function idOf({ id }: { id: string }): string {
  return id;
}

class Count {
  readonly #db: Db;
  readonly #planned: ReadonlyMap<string, Cadence>;
  readonly #revisions = new Map<string, ReadRevision>();
  readonly #groups = new Map<string, PlanGroup & { cadence: string }>();

  constructor(db: Db, { cadences }: ToPublish) {
    this.#db = db;
    this.#planned = new Map(cadences.map(({ cadence }) => [cadence.cadence, cadence]));
  }

  async add<Place extends AtStep>(
    place: Place,
    becomes: (from: ReadRevision, to: Cadence, place: Place) => Became,
  ): Promise<void> {
    const { revisionId, stepId, leads } = place;
    const from = this.#revisions.get(revisionId) ?? (await readRevision(this.#db, this.#db, revisionId));
    this.#revisions.set(revisionId, from);
    const planned = this.#planned.get(from.cadence);
    if (planned === undefined) return;
    const { became, to } = becomes(from, planned, place);
    const key = [revisionId, stepId, became, to].join(':');
    const { cadence, number: revision } = from;
    const group = this.#groups.get(key) ?? { cadence, revision, stepId, leads: 0, became, to };
    this.#groups.set(key, { ...group, leads: group.leads + leads });
  }

  result(): Map<string, PlannedGroups> {
    const revisions = Map.groupBy(this.#revisions.values(), ({ cadence }) => cadence);
    const ordered = [...this.#groups.values()].toSorted((a, b) => a.revision - b.revision || b.leads - a.leads);
    const byCadence = Map.groupBy(ordered, ({ cadence }) => cadence);
    return new Map(
      [...byCadence].map(([cadence, groups]) => [
        cadence,
        { groups: groups.map(({ cadence: _cadence, ...group }) => group), revisions: revisions.get(cadence) ?? [] },
      ]),
    );
  }
}

function withoutMoving({ stepId }: AtStep, from: ReadRevision, to: Cadence, mode: PlanMode, input: ToPublish): Became {
  if (mode === 'restart') return { became: 'restarted', to: entryStep(to) };
  if (mode === 'amend') return { became: hasWordsToCome(stepId, from, input) ? 'amended' : 'unamended', to: stepId };
  return { became: 'pinned', to: stepId };
}

/** Whether a template that they may still get has other words. */
function hasWordsToCome(stepId: string | null, from: ReadRevision, input: ToPublish): boolean {
  const toCome = templatesToCome(from.definition, stepId);
  return (amendedBy(from, input)?.changed ?? []).some((key) => toCome.has(key));
}

/** Zones, holidays and windows take the time of a plan: many places differ by nothing that these ask about, and are asked about once. */
function migration(input: ToPublish, nowMs: number): (from: ReadRevision, to: Cadence, place: Standers) => Became {
  const known = new Map<string, Became>();
  return (from, to, place) => {
    const alike = alikeAs(place, [from.definition, to], input, nowMs);
    const became = known.get(alike) ?? migrated(place, from.definition, to, input, nowMs);
    known.set(alike, became);
    return became;
  };
}

/** By what a place is told from others: the hour of its waiting time, and where the clock and the holidays of its lead are those of others. */
function alikeAs(one: Standers, cadences: readonly Cadence[], { playbook }: ToPublish, nowMs: number): string {
  const { revisionId, stepId, waitingFrom, isTriedAgain, dueAt, waitingSince } = one;
  const zone = zoneOfLead(whereaboutsOf(one), playbook.defaultTimeZone);
  const asksWhere = cadences.some(({ calendar }) => calendar === LEADS_OWN);
  const where = asksWhere ? [zone, one.country, one.region] : [zone];
  const hours = [waitingSince, dueAt].map((at) => at && Math.floor(at.getTime() / HOUR_MS));
  const isDue = dueAt !== null && dueAt.getTime() <= nowMs;
  return JSON.stringify([revisionId, stepId, waitingFrom, isTriedAgain, isDue, ...hours, ...where]);
}

function whereaboutsOf({ timeZone, country, region }: Pick<Standers, 'timeZone' | 'country' | 'region'>): Whereabouts {
  return { timeZone, country, attributes: { region: region ?? undefined } };
}

function migrated(
  { stepId, dueAt, waitingFrom, waitingSince, isTriedAgain, ...where }: Standers,
  from: Cadence,
  to: Cadence,
  { playbook }: ToPublish,
  nowMs: number,
): Became {
  if (stepId === null || dueAt === null) return { became: 'same', to: stepId };
  // One for all of the group: what is spread lead by lead is not told apart.
  const whereabouts = { id: 'group', ...whereaboutsOf(where) };
  const attempts = isTriedAgain ? 1 : 0;
  const { became, position } = placeAnew(
    { stepId, dueAtMs: dueAt.getTime(), waitingFrom, waitingSinceMs: waitingSince.getTime(), attempts },
    from,
    to,
    { nowMs, tableOf: (cadence) => timetableOf(playbook, cadence, whereabouts) },
  );
  return { became, to: position?.stepId ?? null };
}
