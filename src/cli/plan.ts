/** The command `plan`: what publishing would do, and the command that does it. */
import type { StepChange } from '../domain/cadence-diff.ts';
import { type Plan, planPublish } from '../playbook/plan.ts';
import type { PlanGroup, PlanMode } from '../playbook/plan-groups.ts';
import type { FinishedGroup } from '../playbook/include-finished.ts';
import { takenOverInWords, toPublish } from '../playbook/publish.ts';
import { readFolders } from '../playbook/read-folders.ts';
import { contentOfRevision } from '../playbook/roll-back.ts';
import { AppError } from '../domain/errors.ts';
import type { Config } from '../runtime/config.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { answersAt } from './at-hand.ts';
import type { Answer } from './command.ts';
import { countOf } from '../domain/count-of.ts';
import { scoringPlanInWords } from './scoring-plan-words.ts';
import { wordsDiffText } from './words-diff.ts';

interface PlanChoice {
  mode: PlanMode;
  cadence?: string | undefined;
  /** Who finished a cadence gets the steps that were appended to it. */
  includeFinished?: boolean | undefined;
  /** The playbook revision whose content is to be published again, instead of the folders. */
  revision?: number | undefined;
  /** Every lead, where the scoring rules change and past events are counted anew. */
  all?: boolean | undefined;
}

/** @throws AppError PLAYBOOK_INVALID, STORED_BY_NEWER, UNAVAILABLE; NOT_FOUND for an unknown `revision` */
export async function planCommand(
  config: Config,
  { mode, cadence, revision, all, includeFinished: includesFinished = false }: PlanChoice,
): Promise<Answer> {
  const ofFolders = revision === undefined ? toPublish(await readFolders(config)) : null;
  if (config.env === 'development' && !(await answersAt(config.databaseUrl)))
    throw new AppError(
      'UNAVAILABLE',
      'A plan needs the database, and none answers. Start the stack with `npm start`, or set DATABASE_URL.',
    );
  const plan = await withPlanDb(config, async (db) => {
    const input = ofFolders ?? (await contentOfRevision(db, revision ?? 0));
    return planPublish(db, input, {
      mode,
      cadence,
      includesFinished,
      nowMs: Date.now(),
      all,
      progress: progressOn(process.stderr),
    });
  });
  const source = revision === undefined ? '' : ` --revision ${revision}`;
  const command = `npx nurture publish --base ${plan.base}${source}${mode === 'pinned' ? '' : ` --${mode}`}${includesFinished ? ' --include-finished' : ''}${cadence === undefined ? '' : ` --cadence ${cadence}`}`;
  return { data: { ...plan, mode, command }, text: describe(plan, { mode, includesFinished }, command) };
}

/** Reads of a large database are slow, and several are under way at once. */
async function withPlanDb<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(config.databaseUrl, { max: 3, queryTimeoutMs: 120_000 });
  try {
    return await work(db);
  } finally {
    await closeDb(db);
  }
}

/** On a terminal only: a plan of many leads takes up to a minute. */
function progressOn(out: NodeJS.WriteStream): ((leads: number) => void) | undefined {
  return out.isTTY ? (leads) => void out.write(`\r\u001B[2K${countOf(leads, 'lead')} …\r`) : undefined;
}

function describe(
  { base, files, words, cadences, scoring, controlGroup, takenOver }: Plan,
  { mode, includesFinished }: { mode: PlanMode; includesFinished: boolean },
  command: string,
): string {
  const changed = files.map(({ file, change }) => `  ${change.padEnd(8)} ${file}`);
  const head = base === 0 ? 'Nothing is published yet.' : `Compared with playbook revision ${base}:`;
  const parts = cadences.flatMap(({ cadence, changes, older, leads, groups, appended, finished }) => [
    '',
    `${cadence}: ${countOf(leads, 'lead')} in another revision of the cadence than the one to be published`,
    ...changes.map((change) => `  ${stepInWords(change)}`),
    ...older.flatMap(({ revision, changes: of }) => [
      `  for leads in revision ${revision}:`,
      ...of.map((change) => `    ${stepInWords(change)}`),
    ]),
    ...groups.map((group) => `  ${groupInWords(group)}`),
    ...finished.flatMap(finishedInWords),
    ...(appended === null || includesFinished
      ? []
      : [`  who has finished it gets nothing of ‘${appended}’; to include them: --include-finished`]),
  ]);
  const amended = cadences.flatMap(({ groups }) => groups).filter(({ became }) => became === 'amended');
  const reached = amended.reduce((sum, { leads }) => sum + leads, 0);
  const reach = mode === 'amend' ? ['', wordsReach(reached)] : [];
  const movesNobody = mode === 'pinned' || parts.length === 0 || (mode === 'amend' && reached === 0);
  return [
    head,
    ...(changed.length === 0
      ? [`  nothing changes${base === 0 ? '' : ': the files are in force as they are'}`]
      : changed),
    ...(changed.length === 0 && mode === 'pinned' && parts.length > 0 ? ['', STANDING] : []),
    ...(words.length === 0 ? [] : ['', 'What changes in the words of mails:', ...wordsDiffText(words)]),
    ...parts,
    ...reach,
    ...takenOverInWords(takenOver).flatMap((sentence) => ['', `${sentence}.`]),
    ...(controlGroup === null ? [] : ['', controlGroupInWords(controlGroup)]),
    ...(scoring === null ? [] : ['', ...scoringPlanInWords(scoring)]),
    ...(changed.length === 0 && movesNobody && !includesFinished ? [] : ['', `To do it: ${command}`]),
  ].join('\n');
}

const STANDING =
  'Leads on the way stand in older revisions. What moving them would change: npx nurture plan --migrate (or --restart, --amend)';

function wordsReach(leads: number): string {
  return `${countOf(leads, 'lead')} on the way ${leads === 1 ? 'gets' : 'get'} better words.`;
}

function controlGroupInWords({ before, after }: NonNullable<Plan['controlGroup']>): string {
  const percent = (share: number): string => `${Math.round(share * 1_000) / 10}%`;
  const less = after < before ? ' Who leaves it gets marketing again: what was measured ends there.' : '';
  return `The control group changes: ${percent(before)} → ${percent(after)} of the leads get no marketing.${less}`;
}

function stepInWords(change: StepChange): string {
  if (change.change !== 'changed') {
    const line = `${change.change.padEnd(8)} ${change.stepId}`;
    if (change.change !== 'added' || change.was === undefined) return line;
    return `${line} (renamed? keep the id ‘${change.was}’: with another id it is a new step, so its figures begin anew, and leads at ‘${change.was}’ do not go with it)`;
  }
  const what = change.what.map(({ name, before, after }) => `${name}: ${before} → ${after}`).join('; ');
  return `changed  ${change.stepId ?? 'the cadence'}: ${what}`;
}

/** What becomes of one lead of a group, and of several. */
const BECAME: Readonly<Record<string, readonly [one: string, several: string]>> = {
  pinned: ['stays in its revision', 'stay in their revision'],
  same: ['goes with its step, nothing changes for it', 'go with their step, nothing changes for them'],
  later: ['goes with its step, and waits longer', 'go with their step, and wait longer'],
  earlier: ['goes with its step, and waits less', 'go with their step, and wait less'],
  'at-once': [
    'goes with its step at once: its new wait is over',
    'go with their step at once, one after the other: their new wait is over',
  ],
  'date-anew': ['goes with its step, and waits for its new date', 'go with their step, and wait for its new date'],
  'next-step': ['goes to the next step that is left', 'go to the next step that is left'],
  ended: ['has no step left: its cadence ends', 'have no step left: their cadence ends'],
  restarted: ['begins again', 'begin again'],
  amended: [
    'keeps its step, and gets better words in mails to come',
    'keep their step, and get better words in mails to come',
  ],
  unamended: ['keeps its step, no mail to come has other words', 'keep their step, no mail to come has other words'],
};

function finishedInWords({ revision, to, leads, left }: FinishedGroup): string[] {
  const stay = `  ${left} more ${left === 1 ? 'has, and stays as it is' : 'have, and stay as they are'}: in another cadence, with sales or closed, unsubscribed, or sunset`;
  return [
    `  ${leads} ${leads === 1 ? 'has' : 'have'} finished revision ${revision} and ${leads === 1 ? 'goes' : 'go'} before ‘${to}’`,
    ...(left === 0 ? [] : [stay]),
  ];
}

function groupInWords({ revision, stepId, leads, became, to }: PlanGroup): string {
  const where = stepId === null ? 'at the end' : `before ‘${stepId}’`;
  const then = to === null || to === stepId ? '' : ` (‘${to}’)`;
  const [one, several] = BECAME[became] ?? [became, became];
  return `${leads} ${where} of revision ${revision} ${leads === 1 ? one : several}${then}`;
}
