import type { Logger } from 'pino';
import { isAppError } from '../domain/errors.ts';
import type { Scope } from '../domain/policy.ts';
import { type Watch, watch } from '../relay/watch.ts';
import { countAndKeep, keyOf } from '../reports/answer.ts';
import { type AskWords, readAsk } from '../reports/ask.ts';
import { type Counting, endCount } from '../reports/read.ts';
import { keptReport } from '../reports/registry.ts';
import { alone } from '../store/alone.ts';
import type { StoreContext } from '../store/context.ts';
import { forgetAnswer, nextToRenew, tidyAnswers } from '../store/report-answers.ts';

interface Options {
  store: Pick<StoreContext, 'db' | 'rules' | 'realNow' | 'keepReportsAfterMs'>;
  log: Pick<Logger, 'warn'>;
  /** Pause between two looks; ten seconds by default. */
  everyMs?: number;
}

/** Key of the advisory lock ("repo" as bytes). */
const RENEWAL_LOCK = 0x7265706f;
const EVERY_MS = 10_000;
/** A look renews one answer. */
const LOOK_MS = 11 * 60_000;

/**
 * Renews the kept answers of reports before they are old, by the rules and the day of now. What is due stands in the database: a process
 * that dies leaves it to the next one, and one process at a time does it.
 */
export function createReportRenewal({ store, log, everyMs = EVERY_MS }: Options): Watch<number> {
  const { db, rules, realNow } = store;
  let counting: Counting | null = null;
  let isClosing = false;
  const unhurried = (begun: Counting): void => {
    if (isClosing) throw new Error('The process ends');
    counting = begun;
  };

  /** Returns how many answers it renewed: none where another process looks at this moment, or rests. */
  async function runNow(): Promise<number> {
    return (await alone(db, { key: RENEWAL_LOCK, forMs: LOOK_MS }, look)) ?? 0;
  }

  async function look(): Promise<number> {
    await tidyAnswers(db, realNow());
    const due = await nextToRenew(db, realNow());
    if (due === null) return 0;
    const { askedAt, part, isStanding } = due;
    const { playbook } = rules.current();
    try {
      const report = keptReport(due.report);
      const scope = due.scope as Scope;
      const asked = readAsk(report, due.words as AskWords, { scope, playbook, realNowMs: realNow() });
      const extent = part === 'first' ? part : 'all';
      const key = keyOf(report, asked, extent);
      await countAndKeep(store, key, report, asked, extent, { askedAt, isStanding, unhurried });
      // On another day, or by another playbook, it is another answer: the old one is nobody's any more.
      if (key !== due.key) await forgetAnswer(db, due.key);
      return 1;
    } catch (error) {
      // Another process counts it.
      if (isClosing) return 0;
      // It would be due for ever, and hold up the others. Whoever asks for it next is told what is wrong.
      await forgetAnswer(db, due.key);
      if (isAppError(error) && (error.code === 'VALIDATION_FAILED' || error.code === 'NOT_FOUND')) return 0;
      throw error;
    } finally {
      counting = null;
    }
  }

  const looks = watch(runNow, { everyMs, failed: 'an answer of a report was not renewed', log });
  return {
    runNow,
    async close() {
      isClosing = true;
      if (counting !== null) await endCount(db, counting);
      await looks.close();
    },
  };
}
