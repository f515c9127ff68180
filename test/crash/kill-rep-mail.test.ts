/** kill -9 around the list of the day: it never arrives twice, and one of which nobody knows whether it left waits for a person. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRepMailWatch } from '../../src/api/rep-mail-watch.ts';
import { CLAIM_LASTS } from '../../src/domain/budgets.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { settleRepMailByHand } from '../../src/store/sales/settle-rep-mail.ts';
import { changeRep } from '../../src/store/sales/change-rep.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf } from '../workflows/life.ts';
import { LIST_FAULTS, type ListFault } from './rep-mail-entry.ts';

const DAY_MS = 86_400_000;
/** Five minutes after midnight, as the working hours of the rep begin; on each day another crash. */
const FIRST_MORNING = DateTime.utc().plus({ days: 2 }).startOf('day').plus({ minutes: 5 }).toMillis();

let engine: Engine;
/** The only rep of team south. */
let repId: string;
beforeAll(async () => {
  engine = await startEngine();
  const { assignment } = await lifeOf(engine).ready({ email: 'list@kill-rep-mail.example', country: 'IT' });
  ({ repId } = assignment);
  const { key } = await engine.db.rep.findUniqueOrThrow({ where: { id: repId } });
  const patch = { dailyDigest: true };
  await changeRep(engine.db, { rep: key, patch, actor: 'system', at: new Date(), denial: () => null });
});
afterAll(() => engine?.close());

const lists = () => engine.sink.to('dino@sales.example').filter(({ subject }) => subject.startsWith('Your day'));
const rowOf = (day: string) => engine.db.repMail.findUnique({ where: { repId_day: { repId, day } } });
const dayOf = (atMs: number): string => DateTime.fromMillis(atMs, { zone: 'utc' }).toISODate() ?? '';
async function waiting() {
  const page = await attentionPage(engine.db, { kind: 'rep', repId, teams: [] }, 'rep-mail-in-doubt', null, 50);
  return page.map(({ ref }) => ref);
}

/** A look by a process that lives. */
async function look(atMs: number): Promise<number> {
  const { transport, from, publicUrl } = engine.deps.mail;
  const { rules } = engine.store;
  const mail = { transport, from, publicUrl };
  const watch = createRepMailWatch({ db: engine.db, rules, log: engine.deps.log, mail, realNow: () => atMs });
  try {
    return await watch.runNow();
  } finally {
    await watch.close();
  }
}

async function dieAt(fault: ListFault, atMs: number): Promise<void> {
  const child = fork(path.join(import.meta.dirname, 'rep-mail-entry.ts'), {
    env: { ...process.env, ...engine.env, FAULT: fault, NOW: String(atMs) },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
  // Its lock goes with its connection, which PostgreSQL notices in a moment.
  await engine.until(
    () => engine.db.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = ${LOCK}
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    (held) => held.length === 0,
  );
}
/** The lock of the watch ("reps" as bytes). */
const LOCK = 0x72657073;

/** What becomes of the list: how many arrived, its row, and whether it waits for a person. */
const AFTER = {
  'before-row': { arrived: 1, status: 'sent', waits: false },
  claimed: { arrived: 0, status: 'in_doubt', waits: true },
  accepted: { arrived: 1, status: 'in_doubt', waits: true },
  settled: { arrived: 1, status: 'sent', waits: false },
} as const satisfies Record<ListFault, object>;

const FAULTS = Object.keys(LIST_FAULTS) as ListFault[];

test.each(FAULTS.map((fault, n) => [LIST_FAULTS[fault], fault, FIRST_MORNING + n * DAY_MS] as const))(
  'the process dies: %s',
  async (_words, fault, morning) => {
    const before = lists().length;
    await dieAt(fault, morning);
    await look(morning + 60_000);
    await look(morning + CLAIM_LASTS + 60_000);
    const { arrived, status, waits } = AFTER[fault];
    const row = await rowOf(dayOf(morning));
    expect(row).toMatchObject({ status });
    expect(lists().length - before).toBe(arrived);
    expect((await waiting()).includes(row?.id ?? '')).toBe(waits);
  },
  60_000,
);

test('the next list that left ends the question', async () => {
  const morning = FIRST_MORNING + (FAULTS.length + 1) * DAY_MS;
  const doubtful = await engine.db.repMail.create({
    data: {
      id: 'send-of-the-day-before',
      repId,
      day: dayOf(morning - DAY_MS / 2),
      status: 'in_doubt',
      occurredAt: new Date(),
    },
  });
  expect(await waiting()).toContain(doubtful.id);
  expect(await look(morning)).toBe(1);
  expect(await waiting()).toEqual([]);
});

test('a person has it sent once more on its day, once; one of another day is dismissed', async () => {
  const morning = FIRST_MORNING + (FAULTS.length + 3) * DAY_MS;
  const doubtful = (id: string, at: number) =>
    engine.db.repMail.create({
      data: { id, repId, day: dayOf(at), status: 'in_doubt', occurredAt: new Date(), reason: 'the connection ended' },
    });
  const ctx = { ...engine.store, realNow: () => morning };
  const by = { kind: 'user', userId: 'usr-operator', role: 'operator', manager: false, teams: [] } as const;
  const today = await doubtful('send-of-this-morning', morning);
  const past = await doubtful('send-of-another-day', morning + 5 * DAY_MS);
  const before = lists().length;
  expect(await look(morning)).toBe(0);
  for (let press = 0; press < 2; press += 1)
    expect(await settleRepMailByHand(ctx, today.id, 'resend', by)).toMatchObject({ repId, by: 'usr-operator' });
  expect(await waiting()).not.toContain(today.id);
  expect(await look(morning)).toBe(1);
  expect(await look(morning)).toBe(0);
  expect(lists().length - before).toBe(1);
  await expect(settleRepMailByHand(ctx, today.id, 'dismiss', by)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(settleRepMailByHand(ctx, past.id, 'resend', by)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await settleRepMailByHand(ctx, past.id, 'dismiss', by)).toMatchObject({ repId });
  expect(await waiting()).toEqual([]);
  expect(await settleRepMailByHand(ctx, 'send-that-there-is-not', 'dismiss', by)).toBeNull();
});
