/** What a lead has got: by the name of its template, and by its content under another name. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { findSendAndOther, writeSends } from '../../src/store/process/sends.ts';
import { type Bench, openBench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

it.each<[string, string, string | null, boolean]>([
  ['the same template', 'guide', 'hash-of-guide', true],
  ['the same template in other words', 'guide', 'hash-of-later', true],
  ['another name, the same content', 'guide-again', 'hash-of-guide', true],
  ['another name and content', 'checklist', 'hash-of-checklist', false],
  ['another name, and what it said is not stored', 'checklist', null, false],
])('%s: %s with %s was got: %s', async (_name, templateKey, templateHash, expected) => {
  const lead = await bench.lead();
  const ids = { id: newId('send'), key: newId('send'), attempt: newId('command'), leadId: lead.id };
  const sent = { channel: 'email', audience: 'lead', templateKey: 'guide', templateHash: 'hash-of-guide' } as const;
  await bench.db.$transaction((tx) => writeSends(tx, [{ ...ids, ...sent, occurredAt: new Date() }], 'claimed'));
  const enrollmentId = newId('enrollment');
  const asked = { leadId: lead.id, templateKey, templateHash, enrollmentId, firstPass: 1 };
  const look = () => bench.db.$transaction((tx) => findSendAndOther(tx, 'another', asked));
  // As long as it is not known to have left, the lead has got nothing.
  expect(await look()).toEqual({ send: null, hasGot: false });
  await bench.db.send.update({ where: { id: ids.id }, data: { status: 'sent' } });
  expect(await look()).toEqual({ send: null, hasGot: expected });
});
