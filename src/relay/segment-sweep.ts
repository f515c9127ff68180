import type { Logger } from 'pino';
import type { Playbook } from '../domain/playbook.ts';
import { alone } from '../store/alone.ts';
import type { Db } from '../store/db.ts';
import { createAccountSweep } from '../store/scoring/account-sweep.ts';
import { endAssessments } from '../store/scoring/assessments-over.ts';
import { renewTiers } from '../store/scoring/tiers-over.ts';
import { type Batch, sweepDormant, sweepWaiting } from '../store/events/segment-sweep.ts';
import { markSunset } from '../store/process/sunset.ts';
import type { PublishedRules, RulesInForce } from '../store/rules/in-force.ts';
import { repeat } from './repeat.ts';

export interface SegmentSweep {
  /** One pass, now. Returns how many leads were rung: none where another process sweeps at this moment. */
  runNow(): Promise<number>;
  /** Finishes the current pass, then ends. */
  close(): Promise<void>;
}

export interface SegmentSweepOptions {
  db: Db;
  rules: RulesInForce;
  log: Logger;
  /** The relay's `ring`: it rings these rows at once. */
  ring(outboxIds: readonly string[]): void;
  /** Pause between two passes; a minute by default. */
  everyMs?: number;
  /** Leads that one set of statements looks at. */
  batch?: number;
}

type Sweep = (
  db: Db,
  options: { after: string; limit: number; rules: PublishedRules; playbook: Playbook; realNowMs: number },
) => Promise<Batch>;

/** Key of the advisory lock ("swee" as bytes). */
const SWEEP_LOCK = 0x73776565;
/** A pass lasts so long at most. */
const PASS_MS = 10 * 60_000;
const EVERY_MS = 60_000;
const BATCH = 1_000;
/** A pass looks at so many batches, and rings so many leads, at most. The next pass goes on where it stopped. */
const BATCHES = 20;
const MOST_RUNG = 1_000;

/**
 * Takes notice of leads that time brings into a segment: those that wait for one, and those in the pool that one enrolls. Marks those in
 * the pool who have not engaged for long, ends what a person assessed too long ago, renews value tiers that ask for time, and hands over accounts
 * whose people are ready together. One process sweeps at a time; a lead is rung once, for its row is changed under its lock.
 */
export function createSegmentSweep(options: SegmentSweepOptions): SegmentSweep {
  const { db, rules, log, ring, everyMs = EVERY_MS, batch: limit = BATCH } = options;
  const accounts = createAccountSweep(db);
  /** The last lead that each kind of sweep has looked at; '': it begins anew. */
  const after = { waiting: '', dormant: '', sunset: '', assessed: '', tiers: '' };

  async function runNow(): Promise<number> {
    return (await alone(db, { key: SWEEP_LOCK, forMs: PASS_MS }, passAll)) ?? 0;
  }

  async function passAll(): Promise<number> {
    const waiting = await pass('waiting', sweepWaiting);
    const entered = await pass('dormant', sweepDormant);
    await pass('sunset', markSunset);
    const graded = await pass('assessed', endAssessments);
    const tiers = await pass('tiers', renewTiers);
    const together = await accounts.look(rules.current(), Date.now());
    ring(together);
    return waiting + entered + graded + tiers + together.length;
  }

  async function pass(kind: keyof typeof after, sweep: Sweep): Promise<number> {
    let rung = 0;
    for (let batches = 0; batches < BATCHES && rung < MOST_RUNG; batches += 1) {
      if (repetition.isClosing) break;
      const inForce = rules.current();
      const { last, ringIds } = await sweep(db, {
        after: after[kind],
        limit,
        rules: inForce,
        playbook: inForce.playbook,
        realNowMs: Date.now(),
      });
      ring(ringIds);
      rung += ringIds.length;
      after[kind] = last ?? '';
      if (last === null) break;
    }
    return rung;
  }

  const repetition = repeat(
    everyMs,
    async () => {
      const rung = await runNow();
      if (rung > 0) log.info({ rung }, 'time has brought leads into a segment');
    },
    (error) => log.warn({ err: error }, 'the sweep of segments failed and is tried again'),
  );
  return { runNow, close: () => repetition.close() };
}
