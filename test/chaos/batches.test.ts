/** What is written down of a batch: the answer to each of its items. */
import { expect, test } from 'vitest';
import { sendBatches } from '../../chaos/batches.ts';
import type { Answered } from '../../chaos/record.ts';
import { type BatchItem, NOBODY } from '../../chaos/plan-batches.ts';

const ITEMS: BatchItem[] = [
  { id: 'one', email: 'a@chaos.example', type: 'page.viewed', by: 'id' },
  { id: 'two', email: 'b@chaos.example', type: 'page.viewed', by: 'email' },
  { id: 'never', email: 'c@chaos.example', type: 'page.viewed', by: 'id' },
  { id: 'nobody', email: NOBODY, type: 'page.viewed', by: 'email' },
];

/** Sends it to an API that answers with these results. */
async function sent(isTwice: boolean, results: { id: string; status: string }[]) {
  const answers: Omit<Answered, 'at'>[] = [];
  const bodies: unknown[] = [];
  const arrivals = new Map(
    Object.entries({ 'a@chaos.example': 'lead-a', 'b@chaos.example': 'lead-b', 'c@chaos.example': '' }).map(
      ([email, leadId]) => {
        const arrival = Promise.withResolvers<string>();
        arrival.resolve(leadId);
        return [email, arrival];
      },
    ),
  );
  await sendBatches([{ atMs: 0, items: ITEMS, isTwice }], {
    client: {
      async ask({ body }) {
        bodies.push(body);
        return { status: 200, body: { results }, text: '', location: null, isKeptLater: false, attempts: 1 };
      },
    },
    record: { add: (answer) => void answers.push(answer) },
    startedAt: Date.now(),
    arrivals,
  });
  return { bodies, answers };
}

test('each lead is named by id or email; one that never came in is left out', async () => {
  const { bodies } = await sent(true, []);
  const body = {
    events: [
      { id: 'one', leadId: 'lead-a', type: 'page.viewed' },
      { id: 'two', email: 'b@chaos.example', type: 'page.viewed' },
      { id: 'nobody', email: NOBODY, type: 'page.viewed' },
    ],
  };
  expect(bodies).toEqual([body, body]);
});

test('an item is written down with its own answer, and one that has none without', async () => {
  const { answers } = await sent(false, [
    { id: 'one', status: 'accepted' },
    { id: 'nobody', status: 'rejected' },
  ]);
  expect(answers.map(({ key, leadId, result }) => ({ key, leadId, result }))).toEqual([
    { key: 'one', leadId: 'lead-a', result: 'accepted' },
    { key: 'two', leadId: 'lead-b', result: undefined },
    { key: 'nobody', leadId: undefined, result: undefined },
  ]);
});
