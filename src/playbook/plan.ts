/** What publishing would do, before anything happens: what changes, how many leads are where, and what becomes of them. */
import type { Cadence } from '../domain/cadence.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { diffCadence, type StepChange } from '../domain/cadence-diff.ts';
import { changesBetween, type FileChange } from '../domain/playbook-changes.ts';
import { appendedSteps } from '../steps/appended.ts';
import type { Db } from '../store/db.ts';
import { takenOver } from '../store/campaigns/put-campaign.ts';
import { readWritten } from '../store/campaigns/read-written.ts';
import type { ReadRevision } from '../store/process/revisions.ts';
import type { ToPublish } from '../store/rules/publish-revision.ts';
import { newestRevision, readRules } from '../store/rules/read-rules.ts';
import type { ScoringPlan } from '../domain/scoring-plan.ts';
import { planScoring, type ScoringPlanOptions } from './plan-scoring.ts';
import { requireSameSteps } from './amend.ts';
import { finishedGroups, type FinishedGroup } from './include-finished.ts';
import { type PlanGroup, type PlanMode, plannedGroups } from './plan-groups.ts';
import { plannedWords } from './plan-words.ts';
import type { WordsChange } from './words-diff.ts';

export interface PlannedCadence {
  cadence: string;
  changes: StepChange[];
  /** How the steps of older revisions differ, of leads that would be moved out of them. */
  older: { revision: number; changes: StepChange[] }[];
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
  /** Campaigns that were written through the API, and would be the file's: their keys. */
  takenOver: string[];
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
  const isMeant = (key: string): boolean => cadence === undefined || cadence === key;
  const modeOf = (key: string): PlanMode => (isMeant(key) ? mode : 'pinned');
  const standing = await plannedGroups(db, input, modeOf, options.nowMs);
  const cadences: PlannedCadence[] = [];
  const followed: ReadRevision[] = [];
  for (const planned of input.cadences) {
    const { cadence: key } = planned.cadence;
    const old = before?.playbook.cadences.find((one) => one.cadence === key);
    const changes = old === undefined ? [] : diffCadence(old, planned.cadence);
    const { groups = [], revisions = [] } = standing.get(key) ?? {};
    if (modeOf(key) !== 'pinned') followed.push(...revisions);
    const older = leavesItsSteps(modeOf(key)) ? olderSteps(revisions, planned.cadence, changes) : [];
    const leads = groups.reduce((sum, group) => sum + group.leads, 0);
    const finished = includesFinished && isMeant(key) ? await finishedGroups(db, planned.cadence) : [];
    const [appended = null] = old === undefined || old.kind === 'reminder' ? [] : appendedSteps(old, planned.cadence);
    if (changes.length > 0 || leads > 0 || finished.length > 0)
      cadences.push({ cadence: key, changes, older, leads, groups, appended, finished });
  }
  const words = await plannedWords(db, before, input, followed);
  const scoring = await planScoring(db, before?.playbook ?? null, input.playbook, options);
  const shares = { before: before?.playbook.controlGroup ?? 0, after: input.playbook.controlGroup ?? 0 };
  const controlGroup = shares.before === shares.after ? null : shares;
  const files = changesBetween(before, input);
  const taken = takenOver(input.playbook.campaigns, await readWritten(db));
  return { base, files, words, cadences, scoring, controlGroup, takenOver: taken };
}

function leavesItsSteps(mode: PlanMode): boolean {
  return mode === 'migrate' || mode === 'restart';
}

/** Without revisions that differ from the new steps as what is in force does: that is told already. */
function olderSteps(
  revisions: readonly ReadRevision[],
  now: Cadence,
  told: readonly StepChange[],
): PlannedCadence['older'] {
  return revisions.flatMap(({ number: revision, definition }) => {
    const changes = diffCadence(definition, now);
    return changes.length === 0 || canonicalJson(changes) === canonicalJson(told) ? [] : [{ revision, changes }];
  });
}
