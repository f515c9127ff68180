/** What publishing would do, before anything happens: what changes, how many leads are where, and what becomes of them. */
import { diffCadence, type StepChange } from '../domain/cadence-diff.ts';
import { changesBetween, type FileChange } from '../domain/playbook-changes.ts';
import type { Cadence } from '../domain/cadence.ts';
import { type Whereabouts, zoneOfLead } from '../domain/lead-zone.ts';
import { LEADS_OWN } from '../domain/playbook.ts';
import { timetableOf } from '../domain/timetable.ts';
import { appendedSteps } from '../steps/appended.ts';
import { entryStep } from '../steps/next-step.ts';
import { placeAnew } from '../steps/place-anew.ts';
import { templatesToCome } from '../steps/to-come.ts';
import { standersByStep, type Standers } from '../store/bulk/in-steps.ts';
import type { Db } from '../store/db.ts';
import { type ReadRevision, readRevision } from '../store/process/revisions.ts';
import type { CadenceToPublish } from '../store/rules/publish-cadence.ts';
import type { LeadsFollow, ToPublish } from '../store/rules/publish-revision.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';
import type { ScoringPlan } from '../domain/scoring-plan.ts';
import { planScoring, type ScoringPlanOptions } from './plan-scoring.ts';
import { amendedBy, requireSameSteps } from './amend.ts';
import { finishedGroups, type FinishedGroup } from './include-finished.ts';
import { plannedWords } from './plan-words.ts';
import type { WordsChange } from './words-diff.ts';

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

export interface PlannedCadence {
  cadence: string;
  changes: StepChange[];
  leads: number;
  groups: PlanGroup[];
  /** The first new step for who has finished the cadence; null: none. */
  appended: string | null;
  /** Who finished it and gets the new steps, if they are to. */
  finished: FinishedGroup[];
}

export interface Plan {
  /** The newest playbook revision: what is to be published is compared with it. */
  base: number;
  files: FileChange[];
  /** What changes in the words of mails. */
  words: WordsChange[];
  cadences: PlannedCadence[];
  /** Null when the scoring rules do not change. */
  scoring: ScoringPlan | null;
  /** Shares (0 to 1) of the leads that get no marketing; null when that stays. */
  controlGroup: { before: number; after: number } | null;
}

/**
 * @throws AppError STORED_BY_NEWER when a newer version of the engine wrote what is in use; CONFLICT, CADENCE_UNKNOWN for what cannot be
 *   amended, see `amendLeads`, or for who finished, see `includeFinished`
 */
export async function planPublish(
  db: Db,
  input: ToPublish,
  {
    mode,
    cadence,
    includesFinished = false,
    ...options
  }: { mode: PlanMode; cadence?: string | undefined; includesFinished?: boolean } & ScoringPlanOptions,
): Promise<Plan> {
  const base = await newestRevision(db);
  const before = base === 0 ? null : await readRules(db, base);
  if (mode === 'amend') requireSameSteps(before?.playbook.cadences ?? [], input, cadence);
  const { nowMs } = options;
  const standers = await standersByStep(db);
  const cadences: PlannedCadence[] = [];
  const followed = new Map<string, ReadRevision>();
  for (const planned of input.cadences) {
    const { cadence: key } = planned.cadence;
    const old = before?.playbook.cadences.find((one) => one.cadence === key);
    const changes = old === undefined ? [] : diffCadence(old, planned.cadence);
    const modeHere = cadence === undefined || cadence === key ? mode : 'pinned';
    const mine = standers.filter((one) => one.cadence === key);
    const revisions = await revisionsOf(db, mine);
    if (modeHere !== 'pinned') for (const [id, revision] of revisions) followed.set(id, revision);
    const groups = groupsOf(mine, revisions, planned, input, { mode: modeHere, nowMs });
    const leads = groups.reduce((sum, group) => sum + group.leads, 0);
    const finished =
      includesFinished && (cadence === undefined || cadence === key) ? await finishedGroups(db, planned.cadence) : [];
    const [appended = null] = old === undefined || old.kind === 'reminder' ? [] : appendedSteps(old, planned.cadence);
    if (changes.length > 0 || leads > 0 || finished.length > 0)
      cadences.push({ cadence: key, changes, leads, groups, appended, finished });
  }
  const words = await plannedWords(db, before, input, [...followed.values()]);
  const scoring = await planScoring(db, before?.playbook ?? null, input.playbook, options);
  const shares = { before: before?.playbook.controlGroup ?? 0, after: input.playbook.controlGroup ?? 0 };
  const controlGroup = shares.before === shares.after ? null : shares;
  return { base, files: changesBetween(before, input), words, cadences, scoring, controlGroup };
}

/** The revisions that leads are in, by id. */
async function revisionsOf(db: Db, standers: readonly Standers[]): Promise<Map<string, ReadRevision>> {
  const revisions = new Map<string, ReadRevision>();
  for (const { revisionId } of standers) {
    if (!revisions.has(revisionId)) revisions.set(revisionId, await readRevision(db, db, revisionId));
  }
  return revisions;
}

/** Of leads in another revision than the one that would be in force. */
function groupsOf(
  standers: readonly Standers[],
  revisions: ReadonlyMap<string, ReadRevision>,
  planned: CadenceToPublish,
  input: ToPublish,
  options: { mode: PlanMode; nowMs: number },
): PlanGroup[] {
  const groups = new Map<string, PlanGroup>();
  // Zones, holidays and windows take the time of a plan. Many places differ by nothing that these ask about.
  const known = new Map<string, Pick<PlanGroup, 'became' | 'to'>>();
  for (const one of standers) {
    const from = revisions.get(one.revisionId);
    if (from === undefined || from.hash === planned.hash) continue;
    const alike = alikeAs(one, [from.definition, planned.cadence], input, options.nowMs);
    const { became, to } = known.get(alike) ?? becomes(one, from, planned, input, options);
    known.set(alike, { became, to });
    const key = [from.number, one.stepId, became, to].join(':');
    const group = groups.get(key) ?? { revision: from.number, stepId: one.stepId, leads: 0, became, to };
    group.leads += one.leads;
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => a.revision - b.revision || b.leads - a.leads);
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

function whereaboutsOf({ timeZone, country, region }: Standers): Whereabouts {
  return { timeZone, country, attributes: { region: region ?? undefined } };
}

function becomes(
  one: Standers,
  from: ReadRevision,
  { cadence: to }: CadenceToPublish,
  input: ToPublish,
  { mode, nowMs }: { mode: PlanMode; nowMs: number },
): Pick<PlanGroup, 'became' | 'to'> {
  if (mode === 'pinned') return { became: 'pinned', to: one.stepId };
  if (mode === 'amend') return { became: hasWordsToCome(one, from, input) ? 'amended' : 'unamended', to: one.stepId };
  if (mode === 'restart') return { became: 'restarted', to: entryStep(to) };
  if (one.stepId === null || one.dueAt === null) return { became: 'same', to: one.stepId };
  // One for all of the group: what is spread lead by lead is not told apart.
  const whereabouts = { id: 'group', ...whereaboutsOf(one) };
  const placed = placeAnew(
    {
      stepId: one.stepId,
      dueAtMs: one.dueAt.getTime(),
      waitingFrom: one.waitingFrom,
      waitingSinceMs: one.waitingSince.getTime(),
      attempts: one.isTriedAgain ? 1 : 0,
    },
    from.definition,
    to,
    { nowMs, tableOf: (cadence) => timetableOf(input.playbook, cadence, whereabouts) },
  );
  return { became: placed.became, to: placed.position?.stepId ?? null };
}

/** Whether a template that they may still get has other words. */
function hasWordsToCome({ stepId }: Standers, from: ReadRevision, input: ToPublish): boolean {
  const toCome = templatesToCome(from.definition, stepId);
  return (amendedBy(from, input)?.changed ?? []).some((key) => toCome.has(key));
}
