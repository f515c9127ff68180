/** Time-outs that wait for one another, read where they are used: an attempt knows its outcome before Temporal starts another. */
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTurn } from '../../src/activities/in-turn.ts';
import { ACTIVITY, CLAIM_LASTS, LONGEST_EFFECT, LONGEST_TURN, SIT_OUT } from '../../src/domain/budgets.ts';
import { smtpTimeouts } from '../../src/email/transport.ts';
import { outageOf } from '../../src/runtime/outage.ts';
import { CONNECTION, type Db } from '../../src/store/db.ts';
import { inTransaction } from '../../src/store/process/picture.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.close());

/** What a turn's transaction is given. */
function turnLimits(): { maxWait: number; timeout: number } {
  let given: { maxWait: number; timeout: number } | undefined;
  const db = {
    $transaction: (_work: unknown, limits: typeof given) => {
      given = limits;
      return Promise.resolve();
    },
  };
  void inTransaction(db as unknown as Db, () => Promise.resolve());
  if (given === undefined) throw new Error('a turn has no limits');
  return given;
}

/** What Temporal is told of an activity, in milliseconds. */
async function activityTimeouts(leadId: string): Promise<{ startToClose: number; heartbeat: number }> {
  const { events } = await engine.handle(leadId).fetchHistory();
  const scheduled = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes).find(Boolean);
  const ms = (duration: { seconds?: unknown } | null | undefined): number => Number(duration?.seconds ?? 0) * 1000;
  return { startToClose: ms(scheduled?.startToCloseTimeout), heartbeat: ms(scheduled?.heartbeatTimeout) };
}

test('an activity may last as long as all that an attempt may wait for', async () => {
  const email = 'long@budget.example';
  const leadId = await engine.submit({ email, source: 'drip' });
  await engine.sink.waitFor(email, 1);
  const { startToClose, heartbeat } = await activityTimeouts(leadId);

  const turn = turnLimits();
  const longestTurn = turn.maxWait + turn.timeout + CONNECTION.query_timeout;
  const { totalTimeout, socketTimeout, connectionTimeout } = smtpTimeouts({});
  // Until the claim: the turn that takes in what came, and one of its own for a brief. Then the mail, and the turn that settles,
  // which is tried again while the database is away.
  const longestAttempt = 2 * longestTurn + totalTimeout + SIT_OUT + longestTurn;
  expect(startToClose).toBeGreaterThan(longestAttempt);
  expect(LONGEST_TURN).toBe(longestTurn);
  expect(LONGEST_EFFECT).toBe(totalTimeout + SIT_OUT + longestTurn);
  expect(CLAIM_LASTS).toBeGreaterThan(startToClose);

  // A mail has its whole time, whatever part of it is slow.
  expect(totalTimeout).toBeGreaterThanOrEqual(socketTimeout + connectionTimeout);
  // A call that is lost is not a dead worker.
  expect(heartbeat).toBeGreaterThan(2 * ACTIVITY.heartbeatEvery);
});

test('a connection has the time-outs that the budgets count with', async () => {
  const shown = async (name: string): Promise<number> => {
    const [row] = await engine.db.$queryRaw<
      { ms: number }[]
    >`SELECT setting::int AS ms FROM pg_settings WHERE name = ${name}`;
    return row?.ms ?? 0;
  };
  expect(await shown('statement_timeout')).toBe(CONNECTION.statement_timeout);
  expect(await shown('idle_in_transaction_session_timeout')).toBe(CONNECTION.idle_in_transaction_session_timeout);
  // Who is merely slow says so itself, before its answer is given up.
  expect(CONNECTION.query_timeout).toBeGreaterThan(CONNECTION.statement_timeout);
});

test("a turn that does not get the lead's lock gives up in its time", async () => {
  const leadId = await engine.submit({ email: 'held@budget.example', source: 'none' });
  const holder = new pg.Client({ connectionString: engine.database.url });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM leads WHERE id = $1 FOR UPDATE', [leadId]);
    const begun = Date.now();
    const turn = inTurn(engine.deps, { leadId, atMs: Date.now(), heard: [] }, () => Promise.resolve());
    const late = pause(LONGEST_TURN, 'late', { ref: false });
    const error: unknown = await Promise.race([turn.catch((cause: unknown) => cause), late]);
    expect(outageOf(error)).toMatchObject({ of: 'load' });
    expect(Date.now() - begun).toBeLessThan(LONGEST_TURN);
  } finally {
    await holder.end();
  }
});
