import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createApiKey, findKeyHolder, revokeApiKey, seedAdminKey } from '../../src/store/access/api-keys.ts';
import {
  beginIdempotent,
  finishIdempotent,
  IDEMPOTENCY_SLOT_MS,
  IDEMPOTENCY_TTL_MS,
  releaseIdempotent,
  sweepIdempotency,
} from '../../src/store/access/idempotency.ts';
import type { Tx } from '../../src/store/db.ts';
import { stopAt } from '../support/stop-at.ts';
import { openBench, type Bench, untilWaiting } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

describe('Idempotency-Key', () => {
  const at = (ms: number) => new Date(bench.now + ms);
  const begin = (key: string, body: unknown = { a: 1, b: [1, { c: 2, d: 3 }] }, ms = 0, tx: Tx = bench.db) =>
    beginIdempotent(tx, { apiKeyId: 'key-1', key, body }, at(ms));

  it('lets one of many requests with the same key work, and gives its answer to the others', async () => {
    const { start, others } = await bench.db
      .$transaction(async (tx) => {
        const first = await begin('k1', undefined, 0, tx);
        const later = Promise.allSettled(Array.from({ length: 3 }, () => begin('k1')));
        // They came before the first was done with taking it.
        await untilWaiting(bench.db, 3);
        return { start: first, others: later };
      })
      .then(async (met) => ({ start: met.start, others: await met.others }));
    const refused = { status: 'rejected', reason: { code: 'IDEMPOTENCY_IN_PROGRESS' } };
    expect(others).toMatchObject([refused, refused, refused]);
    if (start.kind !== 'begun') throw new Error('not begun');
    await finishIdempotent(bench.db, start.slot, { status: 201, body: { leadId: 'lead-1' } });
    const replayed = { kind: 'replay', answer: { status: 201, body: { leadId: 'lead-1' } } };
    expect(await begin('k1', { b: [1, { d: 3, c: 2 }], a: 1 }, 1_000)).toEqual(replayed);
    await expect(begin('k1', { a: 2 })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await begin('k1', { a: 2 }, IDEMPOTENCY_TTL_MS)).kind).toBe('begun');
  });

  it('frees the key of a request that died, and refuses the late answer of that request', async () => {
    const dead = await begin('k2');
    using slow = stopAt('key.free', 'key-1:k2');
    const late = begin('k2', undefined, IDEMPOTENCY_SLOT_MS);
    await slow.reached;
    const taken = await begin('k2', undefined, IDEMPOTENCY_SLOT_MS + 1);
    expect(taken.kind).toBe('begun');
    slow.go();
    await expect(late).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
    if (dead.kind !== 'begun') throw new Error('not begun');
    const tooLate = finishIdempotent(bench.db, dead.slot, { status: 201, body: null });
    await expect(tooLate).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' });
  });

  it('is free again after a failure, and deleted after a day', async () => {
    const start = await begin('k3');
    if (start.kind !== 'begun') throw new Error('not begun');
    await releaseIdempotent(bench.db, start.slot);
    expect((await begin('k3')).kind).toBe('begun');
    await sweepIdempotency(bench.db, at(3 * IDEMPOTENCY_TTL_MS));
    expect(await bench.db.idempotencyKey.count()).toBe(0);
  });

  it('old keys are deleted in batches, a statement each; young keys stay', async () => {
    await bench.db.$executeRaw`CREATE TABLE swept (count int)`;
    await bench.db.$executeRaw`
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO swept SELECT count(*) FROM gone; RETURN NULL; END $$`;
    await bench.db.$executeRaw`
      CREATE TRIGGER note AFTER DELETE ON idempotency_keys
      REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note()`;
    for (const [kind, count, ms] of [
      ['old', 12_000, -1],
      ['young', 100, 0],
    ] as const) {
      await bench.db.idempotencyKey.createMany({
        data: Array.from({ length: count }, (_, n) => ({ id: `${kind}-${n}`, requestHash: 'h', createdAt: at(ms) })),
      });
    }
    // Told to stop, it ends with the piece it is at; the next one goes on.
    expect(await sweepIdempotency(bench.db, at(IDEMPOTENCY_TTL_MS), AbortSignal.abort())).toBe(5_000);
    expect(await sweepIdempotency(bench.db, at(IDEMPOTENCY_TTL_MS))).toBe(7_000);
    expect(await bench.db.$queryRaw`SELECT count FROM swept`).toEqual(
      [5_000, 5_000, 2_000].map((count) => ({ count })),
    );
    expect(await bench.db.idempotencyKey.count({ where: { id: { startsWith: 'young-' } } })).toBe(100);
  });

  it('a key that another request has just taken over is not deleted', async () => {
    const key = 'key-1:k4';
    await begin('k4');
    await bench.db.$transaction(async (tx) => {
      // Taken over, as a request does with a dead slot, and not committed yet.
      await tx.idempotencyKey.update({ where: { id: key }, data: { createdAt: at(IDEMPOTENCY_TTL_MS) } });
      await sweepIdempotency(bench.db, at(IDEMPOTENCY_TTL_MS + 1));
    });
    expect(await bench.db.idempotencyKey.findUnique({ where: { id: key } })).not.toBeNull();
  });
});

describe('API keys', () => {
  it('are found by their secret until they are revoked; the secret itself is not stored', async () => {
    const { secret, ...key } = await createApiKey(bench.db, { name: 'website', role: 'site' });
    expect(secret).toMatch(/^nk_site_[\w-]{43}$/);
    expect(await findKeyHolder(bench.db, secret)).toEqual({ keyId: key.id, role: key.role, rep: null, origins: [] });
    expect(JSON.stringify(await bench.db.apiKey.findMany())).not.toContain(secret.slice(8));
    expect(await revokeApiKey(bench.db, key.id, new Date())).toBe(true);
    expect(await revokeApiKey(bench.db, key.id, new Date())).toBe(true);
    expect(await revokeApiKey(bench.db, 'key-none', new Date())).toBe(false);
    expect(await findKeyHolder(bench.db, secret)).toBeNull();
    await expect(createApiKey(bench.db, { name: 'rep', role: 'rep' })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  });

  it('one is made from ADMIN_API_KEY; another value there revokes it', async () => {
    await Promise.all([seedAdminKey(bench.db, 'one'), seedAdminKey(bench.db, 'one')]);
    expect(await findKeyHolder(bench.db, 'one')).toMatchObject({ role: 'admin' });
    await seedAdminKey(bench.db, 'two');
    expect(await findKeyHolder(bench.db, 'one')).toBeNull();
    expect(await findKeyHolder(bench.db, 'two')).toMatchObject({ role: 'admin' });
  });

  it('stay revoked, also the seeded one when the program starts again', async () => {
    const seeded = await seedAdminKey(bench.db, 'three');
    await revokeApiKey(bench.db, seeded.id, new Date());
    expect((await seedAdminKey(bench.db, 'three')).revokedAt).not.toBeNull();
    expect(await findKeyHolder(bench.db, 'three')).toBeNull();
    await seedAdminKey(bench.db, 'four');
    await seedAdminKey(bench.db, 'two');
    expect(await findKeyHolder(bench.db, 'two')).toBeNull();
    expect(await findKeyHolder(bench.db, 'four')).toMatchObject({ role: 'admin' });
  });
});
