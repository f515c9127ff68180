/** What the database knows of words that anybody may state: for the warnings of `nurture validate`. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { submitLead } from '../../src/store/capture/submit-lead.ts';
import { readSeenEvents } from '../../src/store/lists/seen-events.ts';
import { readSeenWords } from '../../src/store/lists/seen-words.ts';
import { openBench, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

it('the sources of all touches and the own fields of leads', async () => {
  expect(await readSeenWords(bench.db)).toEqual({ sources: new Set(), attributes: new Set() });
  const submit = (source: string, attributes: Record<string, unknown>) =>
    submitLead(bench.ctx, { how: 'form', email: 'jo@acme.example', source, attributes });
  await submit('trade-show', { hall: 3 });
  // A later touch has another source than the lead.
  await submit('Ebook', { role: 'dealer' });
  expect(await readSeenWords(bench.db)).toEqual({
    sources: new Set(['trade-show', 'Ebook']),
    attributes: new Set(['hall', 'role']),
  });
});

it('the types of events, and the properties of those that are asked about', async () => {
  const { leadId } = await submitLead(bench.ctx, { how: 'form', email: 'li@brook.example' });
  await bench.db.event.createMany({
    data: [
      { id: 'evt_1', leadId, type: 'page.viewed', properties: { path: '/prices' }, occurredAt: new Date() },
      { id: 'evt_2', leadId, type: 'docs.read', properties: { pages: 3 }, occurredAt: new Date() },
    ],
  });
  const seen = await readSeenEvents(bench.db, ['docs.read', 'demo.requested']);
  expect(seen?.types).toEqual(new Set(['page.viewed', 'docs.read']));
  expect(seen?.properties).toEqual(new Map([['docs.read', new Set(['pages'])]]));
});
