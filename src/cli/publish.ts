/** Publishing from the command line. */
import type { Config } from '../runtime/config.ts';
import { DEFAULT_RATE } from '../domain/bulk-run.ts';
import { AppError } from '../domain/errors.ts';
import { changesBetween } from '../domain/playbook-changes.ts';
import { type Crossing, DEFAULT_PER_HOUR } from '../domain/rescoring.ts';
import { type RescoreChoice, rescoreLeads } from '../playbook/rescore.ts';
import { amendLeads } from '../playbook/amend.ts';
import { endCanary } from '../playbook/end-canary.ts';
import { type Move, moveLeads } from '../playbook/follow.ts';
import { includeFinished } from '../playbook/include-finished.ts';
import { publishRead, takenOverInWords } from '../playbook/publish.ts';
import { contentOfRevision } from '../playbook/roll-back.ts';
import { checkFolders, readFolders } from '../playbook/read-folders.ts';
import { closeDb, createDb, type Db } from '../store/db.ts';
import { migrate } from '../store/migrations/migrate.ts';
import {
  type Follow,
  type LeadsFollow,
  type Publication,
  type Publisher,
  publishRevision,
} from '../store/rules/publish-revision.ts';
import { newestRevision } from '../store/rules/read-rules.ts';
import { answersAt } from './at-hand.ts';
import type { Answer } from './command.ts';
import { rememberPublished } from './last-published.ts';
import { userName } from './user-name.ts';

/** @throws AppError PLAYBOOK_INVALID, PLAYBOOK_OUTDATED, PLAYBOOK_EARLIER, STORED_BY_NEWER, UNAVAILABLE */
export async function publishFolders(config: Config, publisher: Publisher): Promise<Publication> {
  const read = await readFolders(config);
  const publication = await withPublishDb(config, (db) => publishRead(read, db, publisher));
  // In development `npm start` must not take what was published by hand for a change of the folders.
  if (config.env !== 'production') await rememberPublished(config, read);
  return publication;
}

export interface PublishChoice {
  author?: string;
  note?: string;
  base?: number;
  again?: boolean;
  migrate?: boolean;
  restart?: boolean;
  amend?: boolean;
  /** Who finished a cadence gets the steps that were appended to it. */
  includeFinished?: boolean;
  /** Percent of new enrollments that get the changed cadences. */
  canary?: number;
  promote?: boolean;
  /** Why the canary is halted. */
  halt?: string;
  cadence?: string;
  rate?: number;
  /** Scores are made anew; what becomes of leads that are ready by them. */
  rescore?: Crossing;
  perHour?: number;
  /** The playbook revision whose content is published again, instead of the folders. */
  revision?: number;
}

/** The command `publish`. It migrates the database first, because it may be the first command of an installation. */
export async function publishCommand(
  config: Config,
  {
    author = userName(),
    migrate: isMigrating,
    restart,
    amend,
    includeFinished: includesFinished = false,
    canary,
    promote,
    halt,
    cadence,
    rate = DEFAULT_RATE,
    revision,
    rescore,
    perHour,
    ...rest
  }: PublishChoice,
): Promise<Answer> {
  if (config.env === 'development' && !(await answersAt(config.databaseUrl)))
    throw new AppError(
      'UNAVAILABLE',
      'Publishing needs the database, and none answers. Start the stack with `npm start`, or set DATABASE_URL.',
    );
  await migrate(config.databaseUrl);
  const kind = isMigrating === true ? 'migrate' : restart === true ? 'restart' : amend === true ? 'amend' : null;
  if (promote === true || halt !== undefined) {
    const end = { haltedBecause: halt ?? null, cadence, migrateRate: kind === 'migrate' ? rate : null };
    const { note } = rest;
    const publication = await withPublishDb(config, (db) =>
      endCanary(db, end, { author, ...(note === undefined ? {} : { note }) }),
    );
    return { data: publication, text: ofCanary(publication, halt) };
  }
  if (kind === null && !includesFinished && canary === undefined && cadence !== undefined)
    throw new AppError(
      'VALIDATION_FAILED',
      '--cadence says whose leads it is about: give --migrate, --restart, --amend, --include-finished or --canary with it.',
    );
  if (perHour !== undefined && rescore !== 'hand-off')
    throw new AppError(
      'VALIDATION_FAILED',
      '--per-hour says how fast leads are handed over: give --rescore hand-off with it.',
    );
  const move = { cadence, rate, by: author, includesFinished };
  const rescoring = rescore && { crossing: rescore, perHour: perHour ?? DEFAULT_PER_HOUR, rate, by: author };
  const follow = followBy(kind, move, rescoring);
  const publisher: Publisher = {
    author,
    ...rest,
    ...(canary === undefined ? {} : { canary: { percent: canary, cadence } }),
    ...(follow === undefined ? {} : { follow }),
    ...(kind === null ? {} : { leadsFollow: kind }),
  };
  const publication =
    revision === undefined ? await publishFolders(config, publisher) : await rollBack(config, revision, publisher);
  const differing = revision === undefined ? null : await filesThatDiffer(config);
  const text = [
    describe(publication, rescoring),
    ...takenOverInWords(publication.takenOver).map((sentence) => `${sentence}.`),
    ...noteInWords(publication, publisher.note),
    ...(differing === null ? [] : differingInWords(differing, config)),
  ];
  return { data: differing === null ? publication : { ...publication, differing }, text: text.join('\n') };
}

/** A note belongs to a revision. */
function noteInWords({ revision, changes }: Publication, note: string | undefined): string[] {
  return note !== undefined && changes.length === 0
    ? [`The note was not kept, as it made no revision: revision ${revision} has its own.`]
    : [];
}

/** Files of the folders that say something else than what is in force; 'unreadable': they have mistakes. */
async function filesThatDiffer(config: Config): Promise<string[] | 'unreadable'> {
  const { content } = await checkFolders(config);
  if (content === null) return 'unreadable';
  const inForce = await withPublishDb(config, async (db) => contentOfRevision(db, await newestRevision(db)));
  return changesBetween(inForce, content).map(({ file }) => file);
}

function differingInWords(files: string[] | 'unreadable', { env, publishOnSave }: Config): string[] {
  if (files === 'unreadable')
    return ['The files in the folders have mistakes, and say something else: `npx nurture validate` shows them.'];
  if (files.length === 0) return [];
  const saving =
    env === 'production' || !publishOnSave
      ? ''
      : ' Under `npm start` each of them stays rolled back until it is changed.';
  return [
    'These files say something else than what is in force now:',
    ...files.map((file) => `  ${file}`),
    `Nothing writes them for you: take the earlier ones over from your version control, or change them; \`npx nurture plan\` shows what differs.${saving}`,
  ];
}

function ofCanary({ revision, runs }: Publication, halt: string | undefined): string {
  const head =
    halt === undefined
      ? `The canary is promoted by playbook revision ${revision}: every new enrollment gets its revision.`
      : `The canary is halted by playbook revision ${revision}: no new enrollment gets its revision any more.`;
  return [head, ...followInWords(runs)].join('\n');
}

function followInWords(runs: readonly string[]): string[] {
  return runs.map((run) => `Leads follow by ${run}. To see how many and how far: npx nurture runs watch ${run}`);
}

/** What leads on the way do, and then the rescoring: its run is the last. */
function followBy(
  kind: LeadsFollow | null,
  { includesFinished, ...move }: Omit<Move, 'kind'> & { includesFinished: boolean },
  rescoring: RescoreChoice | undefined,
): Follow | undefined {
  if (kind === null && rescoring === undefined && !includesFinished) return undefined;
  return async (tx, cadences, published) => {
    const runs =
      kind === null
        ? []
        : kind === 'amend'
          ? await amendLeads(tx, published, move)
          : await moveLeads(tx, cadences, { kind, ...move });
    if (includesFinished) runs.push(...(await includeFinished(tx, cadences, published, move)));
    return rescoring === undefined ? runs : [...runs, await rescoreLeads(tx, rescoring)];
  };
}

/** The folders stay as they are, and `npm start` does not take them for changed. */
function rollBack(config: Config, revision: number, publisher: Publisher): Promise<Publication> {
  const note = publisher.note ?? `Back to revision ${revision}`;
  return withPublishDb(config, async (db) =>
    publishRevision(db, await contentOfRevision(db, revision), { ...publisher, note, again: true }),
  );
}

function describe({ revision, changes, runs }: Publication, rescoring: RescoreChoice | undefined): string {
  const moving =
    rescoring === undefined
      ? [...followInWords(runs), ...hintOfScores(changes)]
      : [...followInWords(runs.slice(0, -1)), rescoringInWords(rescoring, runs.at(-1) ?? '')];
  if (changes.length === 0)
    return [`Nothing changed: playbook revision ${revision} says the same already.`, ...moving].join('\n');
  const lines = changes.map(({ file, change }) => `  ${change.padEnd(8)} ${file}`);
  return [`Published playbook revision ${revision}:`, ...lines, ...moving].join('\n');
}

function rescoringInWords({ crossing, perHour }: RescoreChoice, run: string): string {
  const then =
    crossing === 'mark'
      ? 'Leads that are ready by them are marked, and handed over with their next engagement.'
      : `Leads that are ready by them are handed over, the readiest first, ${perHour} in an hour at most.`;
  return `Scores and grades are made anew by ${run}. ${then} To see how far: npx nurture runs watch ${run}`;
}

function hintOfScores(changes: Publication['changes']): string[] {
  return changes.some(({ file, change }) => file === 'scoring.yaml' && change === 'changed')
    ? ['Points that were given stay as they are. To make scores anew: npx nurture publish --rescore mark']
    : [];
}

/** One connection: what is published is a transaction. */
export async function withPublishDb<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(config.databaseUrl, { max: 1 });
  try {
    return await work(db);
  } finally {
    await closeDb(db);
  }
}
