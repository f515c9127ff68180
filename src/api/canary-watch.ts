import type { Logger } from 'pino';
import { clearlyWorse, DEFAULT_HALT, type HaltRule, type Outcomes } from '../domain/canary.ts';
import { isAppError } from '../domain/errors.ts';
import { endCanary } from '../playbook/end-canary.ts';
import { type Watch, watch } from '../relay/watch.ts';
import { alone } from '../store/alone.ts';
import type { StoreContext } from '../store/context.ts';
import { compareRevisions, type GroupResult } from '../store/lists/results.ts';
import { newestTrial } from '../store/lists/trials.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';

interface Options {
  db: StoreContext['db'];
  rules: RulesInForce;
  log: Pick<Logger, 'warn'>;
  /** Pause between two looks; a minute by default. */
  everyMs?: number;
}

/** Key of the advisory lock ("cana" as bytes). */
const WATCH_LOCK = 0x63616e61;
const EVERY_MS = 60_000;
/** A look lasts so long at most. */
const LOOK_MS = 5 * 60_000;

/** Halts canaries that do clearly worse than the revision in force. While none runs, nothing is read. */
export function createCanaryWatch({ db, rules, log, everyMs = EVERY_MS }: Options): Watch<string[]> {
  /** Returns the keys of the cadences whose canary it halted: none where another process looks at this moment. */
  async function runNow(): Promise<string[]> {
    const { canaries, playbook } = rules.current();
    const rule = playbook.haltCanary ?? DEFAULT_HALT;
    if (canaries.size === 0 || rule === 'never') return [];
    return (await alone(db, { key: WATCH_LOCK, forMs: LOOK_MS }, () => lookAt([...canaries.keys()], rule))) ?? [];
  }

  async function lookAt(cadences: readonly string[], rule: HaltRule): Promise<string[]> {
    const halted: string[] = [];
    for (const cadence of cadences) {
      const trial = await newestTrial(db, cadence);
      if (trial === null || trial.until !== null) continue;
      const because = await whyWorse(db, rule, trial);
      if (because === null || !(await halt(cadence, trial.canaryId, because))) continue;
      halted.push(cadence);
      log.warn({ cadence, because }, 'a canary did clearly worse and was halted');
    }
    return halted;
  }

  async function halt(cadence: string, revisionId: string, because: string): Promise<boolean> {
    try {
      await endCanary(db, { haltedBecause: because, cadence, revisionId, migrateRate: null }, { author: 'system' });
      return true;
    } catch (error) {
      // Somebody ended or replaced it meanwhile, or publishes right now: the next look sees what is then.
      if (isAppError(error) && (error.code === 'CONFLICT' || error.code === 'PLAYBOOK_OUTDATED')) return false;
      throw error;
    }
  }

  return watch(runNow, { everyMs, failed: 'a look at the canaries failed and is tried again', log });
}

/** Compared with enrollments of the same time; where these are too few, with all of the revision in force. */
async function whyWorse(
  db: StoreContext['db'],
  rule: HaltRule,
  trial: Parameters<typeof compareRevisions>[1],
): Promise<string | null> {
  const { canary, inForce } = await compareRevisions(db, trial);
  if (canary.entered < rule.leads) return null;
  const usual = inForce.mailed < rule.leads ? (await compareRevisions(db, trial, { ever: true })).inForce : inForce;
  return clearlyWorse(rule, outcomesOf(canary), outcomesOf(usual));
}

/** A message that was refused is none that the lead got. */
function outcomesOf({ bounced, failed, mailed, ...result }: GroupResult): Outcomes {
  return { ...result, mailed: mailed + failed, undelivered: bounced + failed };
}
