/** The rules of a process that runs: the newest playbook revision it can read, taken up while it runs. */
import { AppError, isAppError } from '../../domain/errors.ts';
import type { WrittenCampaigns } from '../../domain/written-campaigns.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Db } from '../db.ts';
import { readWritten, versionOfWritten } from '../campaigns/read-written.ts';
import type { PublishedRules, RulesInForce } from './in-force.ts';
import { listenForRules } from './listen.ts';
import { newestRevision, readRules } from './read-rules.ts';
import { withWritten } from './with-written.ts';

export interface LiveRules extends RulesInForce {
  close(): Promise<void>;
}

export interface LiveRulesOptions {
  db: Db;
  databaseUrl: string;
  log: Logger;
  /**
   * Throws an AppError for rules that this version of the engine can read and yet not work by: a kind of step that it does not
   * have.
   */
  check?: (rules: PublishedRules) => void;
  /** How often it is looked for a revision whose announcement was lost, in milliseconds. */
  lookEveryMs?: number;
}

/** Announcements make processes take up a revision at once; this look is for those that were lost. */
const LOOK_EVERY_MS = 30_000;

/**
 * Reads the newest playbook revision and takes up each newer one as it is published.
 *
 * @throws AppError PLAYBOOK_UNPUBLISHED when there is none, STORED_BY_NEWER when none can be read by this version of the engine
 */
export async function openLiveRules(options: LiveRulesOptions): Promise<LiveRules> {
  const { log, lookEveryMs = LOOK_EVERY_MS } = options;
  let written: WrittenCampaigns = await readWritten(options.db);
  const first = await newestReadable(options, 0);
  if (first === null)
    throw new AppError(
      'PLAYBOOK_UNPUBLISHED',
      'No playbook is published in this database yet: publish one with `npx nurture publish`, then start again.',
    );
  if (first.rules === null) throw first.unreadable;
  /** As published; `rules` has the campaigns of the API as well. */
  let published = first.rules;
  let rules = withWritten(published, written);
  /** The newest revision that was looked at, readable or not. */
  let seen = first.newest;
  let behind = tellUnreadable(first, log);
  log.info({ playbookRevision: rules.revision }, `works by playbook revision ${rules.revision}`);

  async function look(): Promise<void> {
    try {
      // Before the revision: what a file took over from the API is in either, and never in none.
      const newer = await writtenSince(options, written.version);
      const found = await newestReadable(options, seen);
      if (newer === null && found === null) return;
      written = newer ?? written;
      published = found?.rules ?? published;
      rules = withWritten(published, written);
      if (found === null) return;
      seen = found.newest;
      if (found.rules !== null)
        log.info({ playbookRevision: rules.revision }, `takes up playbook revision ${rules.revision}`);
      behind = tellUnreadable({ ...found, rules }, log);
    } catch (error) {
      // The database is away. The next look, or the next connection, finds what there is.
      log.debug({ err: error }, 'could not look for a newer playbook revision');
    }
  }

  /** One look after the other: a slow one must not set back what a later one found. */
  let looking = Promise.resolve();
  const lookNext = (): void => {
    looking = looking.then(look);
  };
  const stopListening = listenForRules(options.databaseUrl, lookNext);
  const timer = setInterval(lookNext, lookEveryMs);
  timer.unref();
  return {
    current: () => rules,
    behindBecause: () => behind,
    close: async () => {
      clearInterval(timer);
      await stopListening();
      await looking;
    },
  };
}

interface Found {
  newest: number;
  /** The newest that can be read; null when none after `seen` can. */
  rules: PublishedRules | null;
  /** Why the newest cannot be read. */
  unreadable: AppError | null;
}

/** What was written of campaigns, if it is newer than `known`. */
async function writtenSince({ db, log }: LiveRulesOptions, known: number): Promise<WrittenCampaigns | null> {
  try {
    return (await versionOfWritten(db)) === known ? null : await readWritten(db);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    // Revisions are taken up all the same.
    log.error({ code: error.code }, `Campaigns of the API cannot be read here: ${error.message}`);
    return null;
  }
}

/** Looks at the revisions after `seen`, the newest first. Null when there are none. */
async function newestReadable({ db, check }: LiveRulesOptions, seen: number): Promise<Found | null> {
  const newest = await newestRevision(db);
  if (newest <= seen) return null;
  let unreadable: AppError | null = null;
  for (let number = newest; number > seen; number -= 1) {
    try {
      const rules = await readRules(db, number);
      check?.(rules);
      return { newest, rules, unreadable };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable ??= error;
    }
  }
  return { newest, rules: null, unreadable };
}

function isUnreadable(error: unknown): error is AppError {
  return isAppError(error) && (error.code === 'STORED_BY_NEWER' || error.code === 'PLAYBOOK_INVALID');
}

/** One clear line, once a revision. */
function tellUnreadable({ newest, rules, unreadable }: Found, log: Logger): string | null {
  if (unreadable === null) return null;
  const goesOn = rules === null ? '' : ` It goes on with playbook revision ${rules.revision}.`;
  const why = `Playbook revision ${newest} cannot be read here: ${unreadable.message}${goesOn} Run the version of the engine that published it.`;
  log.error({ playbookRevision: newest, code: unreadable.code }, why);
  return why;
}
