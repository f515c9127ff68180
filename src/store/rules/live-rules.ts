/** The rules of a process that runs: the newest playbook revision it can read, taken up while it runs. */
import { AppError, isAppError } from '../../domain/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Db } from '../db.ts';
import type { PublishedRules, RulesInForce } from './in-force.ts';
import { listenForRules } from './listen.ts';
import { newestRevision, readRules } from './read-rules.ts';

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
  const first = await newestReadable(options, 0);
  if (first === null)
    throw new AppError(
      'PLAYBOOK_UNPUBLISHED',
      'No playbook is published in this database yet: publish one with `npx nurture publish`, then start again.',
    );
  if (first.rules === null) throw first.unreadable;
  let rules = first.rules;
  /** The newest revision that was looked at, readable or not. */
  let seen = first.newest;
  let behind = tellUnreadable(first, log);
  log.info({ playbookRevision: rules.revision }, `works by playbook revision ${rules.revision}`);

  async function look(): Promise<void> {
    try {
      const found = await newestReadable(options, seen);
      if (found === null) return;
      seen = found.newest;
      if (found.rules !== null) {
        rules = found.rules;
        log.info({ playbookRevision: rules.revision }, `takes up playbook revision ${rules.revision}`);
      }
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
