import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_BRAKES, whyBrake } from '../../src/domain/brakes.ts';
import { bounced } from '../../src/domain/effect.ts';
import { newId } from '../../src/domain/ids.ts';
import { mailCounts, noteTroubles } from '../../src/store/brakes.ts';
import { transact } from '../../src/store/db.ts';
import type { SendStatus } from '../../src/store/generated/client.ts';
import { openBench, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

test('an outage makes the complaints of an hour no rarer, and full mailboxes are no bounces', async () => {
  const { db } = bench;
  const since = new Date(Date.now() - 60_000);
  const { id: leadId } = await bench.lead();
  const sends = (status: SendStatus, count: number, reason: string | null = null) =>
    Array.from({ length: count }, () => {
      const id = newId('send');
      return { id, key: id, leadId, templateKey: 'guide', status, reason, attempt: 'a', occurredAt: new Date() };
    });
  const refused = sends('failed', 3, '550 5.1.1 No such user');
  const full = sends('failed', 40, bounced('552 5.2.2 Mailbox full'));
  await db.send.createMany({ data: [...sends('sent', 120), ...refused, ...full, ...sends('in_doubt', 2)] });
  await db.inboundMail.createMany({
    data: [...Array<string>(5).fill('complaint'), ...Array<string>(4).fill('hard')].map((verdict) => {
      const id = newId('inboundMail');
      return { id, digest: id, verdict, did: 'none', receivedAt: new Date() };
    }),
  });
  for (const mails of [1, 60, 39]) await transact(db, (tx) => noteTroubles(tx, mails));

  const counts = await mailCounts(db, since);
  expect(counts).toEqual({ accepted: 120, refused: 3, returned: 4, complaints: 5, inDoubt: 2, failures: 100 });
  // Of the attempts it would be 2.2%.
  expect(whyBrake({ ...DEFAULT_BRAKES, complaints: 0.03 }, counts)).toBe(
    'stopped by itself: 5 of 120 mails were reported as spam within 1 hour',
  );
});
