import type { Logger } from 'pino';
import { type Watch, watch } from '../relay/watch.ts';
import { dayOf } from '../reports/periods.ts';
import { alone } from '../store/alone.ts';
import type { StoreContext } from '../store/context.ts';
import type { RulesInForce } from '../store/rules/in-force.ts';
import { countSegments } from '../store/segment-counts.ts';

interface Options {
  db: StoreContext['db'];
  rules: RulesInForce;
  log: Pick<Logger, 'warn'>;
  realNow?: () => number;
  /** Pause between two looks; a minute by default. On a day that is counted a look reads a few rows. */
  everyMs?: number;
}

/** Key of the advisory lock ("segc" as bytes). */
const WATCH_LOCK = 0x73656763;
const EVERY_MS = 60_000;
/** A look lasts so long at most. */
const LOOK_MS = 30 * 60_000;

/** Counts each segment once a day, in the organization's zone: as early on the day as a process looks. A day without one has no row. */
export function createSegmentWatch({ db, rules, log, realNow = Date.now, everyMs = EVERY_MS }: Options): Watch<number> {
  /** Returns how many segments it counted: none where another process looks at this moment. */
  async function runNow(): Promise<number> {
    const { playbook } = rules.current();
    if (playbook.segments.length === 0) return 0;
    const realNowMs = realNow();
    const day = dayOf(new Date(realNowMs), playbook.defaultTimeZone);
    const count = () => countSegments(db, day, { scope: { kind: 'all' }, playbook, realNowMs });
    return (await alone(db, { key: WATCH_LOCK, forMs: LOOK_MS }, count)) ?? 0;
  }

  return watch(runNow, { everyMs, failed: 'segments were not counted and are tried again', log });
}
