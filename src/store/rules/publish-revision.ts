/** Publishing: a playbook becomes the newest revision, in one transaction. Nothing else writes what it writes. */
import { AppError, isAppError } from '../../domain/errors.ts';
import { changesBetween, type FileChange } from '../../domain/playbook-changes.ts';
import type { Playbook } from '../../domain/playbook.ts';
import type { TemplateSource } from '../../domain/template.ts';
import { reached } from '../../runtime/race-points.ts';
import { audit } from '../audit.ts';
import { markWithoutRevision } from '../bulk/without-revision.ts';
import { transact, type Db, type Tx } from '../db.ts';
import { PLAYBOOK_VERSION, storedPlaybook } from '../stored/playbook.ts';
import { storedTemplate } from '../stored/template.ts';
import { asFiled, cadencesInForce, canariesFor, type NewCanary } from './canaries.ts';
import { RULES_CHANNEL } from './channel.ts';
import { contentHash } from './content-hash.ts';
import { earlierWith, publishedBy } from './earlier-revision.ts';
import type { Canary, PublishedRules } from './in-force.ts';
import { newestRevision, readRules } from './read-rules.ts';
import { type CadenceToPublish, publishCadence } from './publish-cadence.ts';
import { publishFiled } from '../campaigns/publish-filed.ts';
import { lockPublishing } from './publish-lock.ts';
import { type NewslettersOf, publishNewsletters } from './publish-newsletters.ts';
import { publishReps } from './publish-reps.ts';

export interface ToPublish {
  playbook: Playbook;
  templates: ReadonlyMap<string, TemplateSource>;
  cadences: readonly CadenceToPublish[];
}

export interface Publisher {
  author: string;
  note?: string | undefined;
  /** Number of the revision that the author began with: refused when it is not the newest any more. */
  base?: number | undefined;
  /** Content of an earlier revision is meant to be in force again. Whoever names the newest as `base` means it too. */
  again?: boolean | undefined;
  /**
   * Called in the transaction, with the revision of each cadence that is to be in force (ids by key), also when nothing has changed. Makes
   * the bulk runs that leads follow by, and answers with their ids. What it throws, undoes the publishing.
   */
  follow?: Follow | undefined;
  /** What `follow` does with leads on the way, for the list of revisions. */
  leadsFollow?: LeadsFollow | undefined;
  /** Changed cadences are for a share of new enrollments; all else is in force at once. */
  canary?: NewCanary | undefined;
  /** Cadences whose canary ends: what `input` says of them is for everybody. */
  ended?: ReadonlySet<string> | undefined;
  /** Why it ends, when it is halted. */
  haltedBecause?: string | undefined;
}

/** What leads on the way do when a revision is published, unless they stay where they are. */
export type LeadsFollow = 'migrate' | 'restart' | 'amend';

export type Follow = (tx: Tx, cadences: ReadonlyMap<string, string>, published: Published) => Promise<string[]>;

/** `before`: what was in force; null when nothing was, or what it says cannot be read. */
export interface Published {
  before: PublishedRules | null;
  input: ToPublish;
}

/** `revision`: the newest now. Without changes nothing was published. */
export interface Publication {
  revision: number;
  changes: FileChange[];
  /** Bulk runs that began with it. Their processes are to be started. */
  runs: string[];
  /** Campaigns that were written through the API, and are the file's now: their keys. */
  takenOver?: readonly string[];
}

/**
 * Makes it the newest playbook revision, unless the newest says the same already. Writes the revisions of cadences and templates
 * that are new, and the reps; every process learns of it as the transaction commits.
 *
 * @throws AppError PLAYBOOK_OUTDATED when `base` is not the newest, PLAYBOOK_EARLIER when an earlier revision says the same and neither
 *   `again` nor `base` says that this is meant, STORED_BY_NEWER when a newer version of the engine wrote the newest
 */
export async function publishRevision(db: Db, input: ToPublish, publisher: Publisher): Promise<Publication> {
  return transact(db, async (tx) => {
    await lockPublishing(tx);
    await reached('publish.locked', publisher.author);
    const newest = await newestRevision(tx);
    if (publisher.base !== undefined && publisher.base !== newest) throw outdated(publisher.base, newest);
    const before = newest === 0 ? null : await readForComparison(tx, newest);
    const canaries = await canariesFor(tx, before, input.cadences, publisher);
    const changes = await changesOf(tx, before, input);
    const follow = async (cadences: ReadonlyMap<string, string>): Promise<string[]> =>
      (await publisher.follow?.(tx, cadences, { before, input })) ?? [];
    if (changes.length === 0 && hasSameShares(before, canaries)) {
      const runs = await follow(before?.cadences ?? new Map());
      await markWithoutRevision(tx, runs);
      return { revision: newest, changes, runs };
    }
    if (changes.length > 0 && publisher.again !== true && publisher.base === undefined)
      await refuseEarlier(tx, newest, input);
    const { cadences, takenOver } = await writeRevision(tx, newest + 1, { input, before, canaries }, publisher);
    const runs = await follow(cadences);
    return { revision: newest + 1, changes, runs, ...(takenOver.length === 0 ? {} : { takenOver }) };
  });
}

/** Also words that no cadence in force has: those of a canary that was halted. */
async function changesOf(tx: Tx, before: PublishedRules | null, input: ToPublish): Promise<FileChange[]> {
  if (before === null) return changesBetween(null, input);
  const changes = changesBetween(asFiled(before), input);
  const filed = [...before.cadences].map(([key, id]) => before.canaries.get(key)?.revisionId ?? id);
  const words = (await cadencesInForce(tx, filed)).flatMap(({ cadence: { cadence }, templates }) => {
    const now = input.cadences.find((one) => one.cadence.cadence === cadence)?.templates ?? {};
    return Object.keys(templates).filter((key) => now[key] !== undefined && now[key] !== templates[key]);
  });
  const missing = [...new Set(words.map((key) => `templates/${key}.mjml`))].filter(
    (file) => !changes.some((one) => one.file === file),
  );
  return [...changes, ...missing.map((file) => ({ file, change: 'changed' as const }))];
}

function hasSameShares(before: PublishedRules | null, canaries: ReadonlyMap<string, number>): boolean {
  const running = before?.canaries ?? new Map<string, Canary>();
  return (
    running.size === canaries.size && [...canaries].every(([key, percent]) => running.get(key)?.percent === percent)
  );
}

function outdated(base: number, newest: number): AppError {
  return new AppError(
    'PLAYBOOK_OUTDATED',
    `The newest playbook revision is ${newest}, not ${base}: somebody published meanwhile. Take their changes over, and publish with --base ${newest}.`,
  );
}

/** An old checkout publishes what an earlier revision says: it must not set back, without a word, what was published since. */
async function refuseEarlier(tx: Tx, newest: number, input: ToPublish): Promise<void> {
  const earlier = await earlierWith(tx, contentHash(input), newest);
  if (earlier === null) return;
  const last = await publishedBy(tx, newest);
  throw new AppError(
    'PLAYBOOK_EARLIER',
    `These files say what playbook revision ${earlier.number} says (${earlier.words}). The newest is ${newest} (${last}), and publishing would undo what changed since. ` +
      'Take over the newest files; or, if the earlier content is meant, publish with --again.',
  );
}

/** Null for one that cannot be read: then everything counts as changed, which mends it. */
async function readForComparison(tx: Tx, number: number): Promise<PublishedRules | null> {
  try {
    return await readRules(tx, number);
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'PLAYBOOK_INVALID') return null;
    throw new AppError(
      error.code,
      `Playbook revision ${number} was published by a newer version of the engine: publish with that version.`,
      { cause: error },
    );
  }
}

interface Content {
  input: ToPublish;
  before: PublishedRules | null;
  /** Percent by key. */
  canaries: ReadonlyMap<string, number>;
}

async function writeRevision(
  tx: Tx,
  number: number,
  { input, before, canaries }: Content,
  { author, note, leadsFollow, haltedBecause, ended }: Publisher,
): Promise<{ cadences: ReadonlyMap<string, string>; takenOver: readonly string[] }> {
  const templates = [...input.templates.values()];
  await publishReps(tx, input.playbook.routing);
  const takenOver = await publishFiled(tx, input.playbook.campaigns, before?.playbook.campaigns ?? [], {
    revision: number,
    author,
  });
  const newslettersOf = ({ playbook, templates: of }: Pick<ToPublish, 'playbook' | 'templates'>): NewslettersOf => ({
    newsletters: playbook.newsletters ?? [],
    templates: of,
    defaultTimeZone: playbook.defaultTimeZone,
  });
  await publishNewsletters(tx, number, newslettersOf(input), before && newslettersOf(before), author);
  await tx.templateRevision.createMany({
    data: templates.map((source) => ({ key: source.key, hash: source.hash, source: storedTemplate(source) })),
    skipDuplicates: true,
  });
  const cadences: Record<string, string> = {};
  const canary: Record<string, { revision: string; percent: number }> = {};
  for (const entry of input.cadences) {
    const key = entry.cadence.cadence;
    const revision = await publishCadence(tx, entry);
    const percent = canaries.get(key);
    if (percent !== undefined) canary[key] = { revision, percent };
    cadences[key] = percent === undefined ? revision : (before?.cadences.get(key) ?? revision);
  }
  const hashes = Object.fromEntries(templates.map(({ key, hash }) => [key, hash]));
  await tx.playbookRevision.create({
    data: {
      number,
      formatVersion: PLAYBOOK_VERSION,
      hash: contentHash(input),
      rules: storedPlaybook(input.playbook),
      cadences,
      templates: hashes,
      author,
      note: note ?? null,
      leadsFollow: leadsFollow ?? null,
      ...(canaries.size === 0 ? {} : { canary }),
      haltedBecause: haltedBecause ?? null,
    },
  });
  if (ended !== undefined)
    await audit(
      tx,
      { leadId: null, actor: author, at: new Date() },
      haltedBecause === undefined
        ? { action: 'playbook.promoted', data: { revision: number } }
        : { action: 'playbook.halted', data: { revision: number, because: haltedBecause } },
    );
  // Delivered as this transaction commits, never before: who hears it finds the row.
  await tx.$executeRaw`SELECT pg_notify(${RULES_CHANNEL}, ${String(number)})`;
  return { cadences: new Map(Object.entries(cadences)), takenOver };
}
