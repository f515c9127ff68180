import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toAppError } from '../../src/api/problem.ts';
import { closeDb, createDb, type Db } from '../../src/store/db.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { CONSENT, openApi } from './support.ts';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { max: 1 });
});
afterAll(async () => {
  await closeDb(db);
  await database.drop();
});

/** What fails while another has the only connection. */
async function whileTaken(work: () => Promise<unknown>): Promise<unknown> {
  return db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT 1`;
    return work().then(
      () => null,
      (error: unknown) => error,
    );
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const codeOf = (error: unknown) => toAppError(error).code;

test('a wait for a connection that timed out counts as load', async () => {
  const pool = new pg.Pool({ connectionString: database.url, max: 1, connectionTimeoutMillis: 10_000 });
  const held = await pool.connect();
  pool.options.connectionTimeoutMillis = 50;
  expect(codeOf(await pool.query('SELECT 1').catch((error: unknown) => error))).toBe('TOO_BUSY');
  held.release();
  await pool.end();
});

test('a transaction that did not begin or end in time counts as load', async () => {
  const late = await whileTaken(() => db.$transaction((tx) => tx.lead.count(), { maxWait: 50, timeout: 1_000 }));
  expect(codeOf(late)).toBe('TOO_BUSY');
  const long = await db
    .$transaction(
      async (tx) => {
        await pause(200);
        return tx.lead.count();
      },
      { maxWait: 1_000, timeout: 50 },
    )
    .catch((error: unknown) => error);
  expect(codeOf(long)).toBe('TOO_BUSY');
});

test.each([
  ['the server has no connection left', { code: '53300' }, 'TOO_BUSY'],
  ['too many wait', { code: 'POOL_BUSY' }, 'TOO_BUSY'],
  ['another transaction went first', { cause: { code: '40P01' } }, 'TOO_BUSY'],
  ['the disk is full', { code: '53100' }, 'TOO_BUSY'],
  ['Temporal has too much to do', { code: 8 }, 'TOO_BUSY'],
  ['Temporal is away', { code: 14 }, 'UNAVAILABLE'],
  ['the server goes down', { code: '57P01' }, 'UNAVAILABLE'],
  ['nobody listens', { cause: { code: 'ECONNREFUSED' } }, 'UNAVAILABLE'],
  [
    'Prisma lost it',
    { code: 'P2039', meta: { driverAdapterError: { cause: { originalCode: '57P03' } } } },
    'UNAVAILABLE',
  ],
  ['a connection that hung', { message: 'Connection terminated due to connection timeout' }, 'UNAVAILABLE'],
  ['a value that is there already', { code: '23505' }, 'INTERNAL'],
] as const)('%s: %o is %s', (_what, error, code) => {
  expect(codeOf(Object.assign(new Error('message' in error ? error.message : 'x'), error))).toBe(code);
});

test('load is answered with 503 TOO_BUSY and Retry-After', async () => {
  const api = await openApi({
    change: (deps) => ({
      ...deps,
      findKey: () => Promise.reject(Object.assign(new Error('x'), { code: 'POOL_BUSY' })),
    }),
  });
  try {
    const answer = await api.get('/v1/leads');
    expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'TOO_BUSY', '2']);
    expect(answer.body['detail']).toMatch(/try again in 2 s/);
  } finally {
    await api.close();
  }
});

/** More than two connections and those who may wait for them take at once. */
const BURST = 150;
const ALL_OF_A_REQUEST = { touches: 1, consents: 1, events: 1, bells: 1 };

test('a burst beyond what the database takes: 503 with Retry-After, no lead is there by half, and a repeat takes each in once', async () => {
  const api = await openApi({ connections: 2 });
  try {
    const emails = Array.from({ length: BURST }, (_, n) => `burst@burst-${n}.example`);
    const submit = (email: string) =>
      api.call('POST', '/v1/leads', {
        body: { email, source: 'ebook', consent: CONSENT, event: { id: `asks-${email}`, type: 'demo.requested' } },
        headers: { 'Idempotency-Key': email },
      });
    const answers = await Promise.all(emails.map(submit));
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body, headers } of refused)
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'TOO_BUSY', '2']);
    // A lead comes with all that its request said, and with the bell of its process; a request that was refused left nothing.
    const leads = async () => {
      const rows = await api.db.$queryRaw<
        { email: string; touches: number; consents: number; events: number; bells: number }[]
      >`SELECT l.email, (SELECT count(*)::int FROM touches t WHERE t.lead_id = l.id) AS touches,
          (SELECT count(*)::int FROM consents c WHERE c.lead_id = l.id) AS consents,
          (SELECT count(*)::int FROM events e WHERE e.lead_id = l.id) AS events,
          (SELECT count(*)::int FROM outbox o WHERE o.lead_id = l.id AND o.reason = 'submitted') AS bells
        FROM leads l WHERE l.email LIKE 'burst@%'`;
      return new Map(rows.map(({ email, ...has }) => [email, has]));
    };
    const whole = (those: readonly string[]) => new Map(those.map((email) => [email, ALL_OF_A_REQUEST]));
    const taken = emails.filter((_, n) => answers[n]?.status === 201);
    expect(await leads()).toEqual(whole(taken));
    // As a website does: again, when it is told to.
    for (const email of emails) {
      let answer = await submit(email);
      for (let tries = 0; answer.status !== 201 && tries < 5; tries += 1) {
        expect([503, 409]).toContain(answer.status);
        await pause(1_000 * Number(answer.headers.get('retry-after')));
        answer = await submit(email);
      }
      expect(answer.status, answer.text).toBe(201);
    }
    expect(await leads()).toEqual(whole(emails));
  } finally {
    await api.close();
  }
});
