/** A database that goes away in the middle of something is an outage, however often: never a defect that holds the lead. */
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FailureInterceptor } from '../../src/activities/interceptor.ts';
import { closeDb, createDb, type Db, type Tx } from '../../src/store/db.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;
let other: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { max: 2 });
  other = new pg.Client({ connectionString: database.url });
  await other.connect();
});
afterAll(async () => {
  await other?.end();
  await closeDb(db);
  await database?.drop();
});

/** What the server is told of an activity that failed, at an attempt after which a defect is not tried again. */
async function failureOf(work: () => Promise<unknown>): Promise<ApplicationFailure> {
  const info = { activityType: 'performStep', attempt: 50, workflowExecution: { workflowId: 'lead-1', runId: 'run' } };
  const interceptor = new FailureInterceptor({ info } as unknown as Context, pino({ level: 'silent' }));
  const input = { args: [], headers: {} };
  return interceptor.execute(input, work).then(
    () => {
      throw new Error('It should have failed');
    },
    (error: unknown) => error as ApplicationFailure,
  );
}

async function endConnectionOf(tx: Tx): Promise<void> {
  const [own] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
  await other.query('SELECT pg_terminate_backend($1, 5000)', [own?.pid]);
}

test('a connection that was ended by the server', async () => {
  const failure = await failureOf(() =>
    db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())::text`;
    }),
  );
  expect(failure).toMatchObject({ type: '57P01', nonRetryable: false });
});

test('a connection that is lost between two statements of a transaction', async () => {
  const failure = await failureOf(() =>
    db.$transaction(async (tx) => {
      await endConnectionOf(tx);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await tx.lead.count();
    }),
  );
  expect(failure.nonRetryable).toBe(false);
});

test('a model query of a transaction whose connection is ended under it', async () => {
  const failure = await failureOf(() =>
    db.$transaction(async (tx) => {
      await endConnectionOf(tx);
      await tx.lead.count();
    }),
  );
  expect(failure.nonRetryable).toBe(false);
});

test('a defect does not count as an outage', async () => {
  const failure = await failureOf(() => db.$queryRaw`SELECT * FROM no_such_table`);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure.nonRetryable).toBe(true);
});

test('a statement, or a transaction, that took longer than it may', async () => {
  const slow = await failureOf(() =>
    db.$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 50`;
      await tx.$queryRaw`SELECT pg_sleep(5)::text`;
    }),
  );
  expect(slow).toMatchObject({ type: '57014', nonRetryable: false });
  const over = await failureOf(() =>
    db.$transaction(
      async (tx) => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await tx.$queryRaw`SELECT 1 AS one`;
      },
      { timeout: 50 },
    ),
  );
  expect(over.nonRetryable).toBe(false);
});
