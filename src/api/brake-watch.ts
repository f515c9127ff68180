import type { Logger } from 'pino';
import { type Brakes, DEFAULT_BRAKES, whyBrake } from '../domain/brakes.ts';
import { SENDING } from '../domain/pauses.ts';
import { spanToMs } from '../domain/span.ts';
import { type Watch, watch } from '../relay/watch.ts';
import { alone } from '../store/alone.ts';
import { mailCounts, operatorsToTell, sendingState, sweepTroubles } from '../store/brakes.ts';
import type { StoreContext } from '../store/context.ts';
import { pauseScope } from '../store/pauses.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';

interface Options {
  db: StoreContext['db'];
  rules: RulesInForce;
  /** Tells an operator that sending stopped. Never throws. */
  tell(to: { address: string; name: string }, because: string): Promise<void>;
  log: Pick<Logger, 'warn' | 'error'>;
  /** Pause between two looks. */
  everyMs?: number;
}

/** Key of the advisory lock ("brak" as bytes). */
const WATCH_LOCK = 0x6272616b;
const EVERY_MS = 15_000;
const LOOK_MS = 60_000;

/**
 * Stops all sending to leads on a burst of bounces, complaints or errors of the mail server. A person resumes it; what was before that does
 * not count again.
 */
export function createBrakeWatch({ db, rules, tell, log, everyMs = EVERY_MS }: Options): Watch<string | null> {
  /** Why sending stopped; null: it goes on, is paused already, or another process looks at this moment. */
  async function runNow(): Promise<string | null> {
    const brakes = rules.current().playbook.brakes ?? DEFAULT_BRAKES;
    if (brakes === 'never') return null;
    return alone(db, { key: WATCH_LOCK, forMs: LOOK_MS }, () => look(brakes));
  }

  async function look(brakes: Brakes): Promise<string | null> {
    const begin = Date.now() - spanToMs(brakes.per);
    const { isPaused, resumedAt } = await sendingState(db);
    if (isPaused) return null;
    const counts = await mailCounts(db, new Date(Math.max(begin, resumedAt?.getTime() ?? 0)));
    const because = whyBrake(brakes, counts);
    if (because === null) {
      await sweepTroubles(db, new Date(begin));
      return null;
    }
    await pauseScope(db, SENDING, { by: 'system', reason: because });
    log.error({ because, ...counts }, 'all sending to leads was stopped');
    for (const operator of await operatorsToTell(db)) await tell(operator, because);
    return because;
  }

  return watch(runNow, { everyMs, failed: 'a look at the brakes failed and is tried again', log });
}
