/** A broadcast that uses up the warm-up of its sender, on real servers: what the preview, the broadcast and the limits say of it. */
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { broadcastShow } from '../../src/cli/broadcast.ts';
import { sendingShow } from '../../src/cli/sending.ts';
import { type Bench, openApi } from '../api/support.ts';
import { seedKind } from '../broadcasts/many-leads.ts';
import { playbookWith } from '../crash/playbook.ts';

const DAILY = 8;
/** More than two days take. */
const COUNT = 20;
/** Few a second, so that most wait for the rate first: whose turn has come finds the day used up. */
const SETTINGS = `
defaultTimeZone: UTC
wonCadence: after-sale
sending:
  domains:
    "*": 4/s
senders:
  news: { name: News, topics: [tips], warmUp: { from: ${DateTime.utc().toISODate()}, days: [${DAILY}, ${DAILY}, ${DAILY}] } }
`;
const WORDS = `${DAILY} mails a day from sender ‘news’ while warming up, day`;

let bench: Bench;
let folder: Awaited<ReturnType<typeof playbookWith>>;
beforeAll(async () => {
  folder = await playbookWith({}, { 'settings.yaml': SETTINGS });
  bench = await openApi({ worker: true, playbookDir: folder.dir });
});
afterAll(async () => {
  await bench?.close();
  await folder?.remove();
});

test('who finds no room on the day waits for the next, and every page says for which limit; canceled, it says whom it did not come to', async () => {
  const { engine } = bench;
  const begun = DateTime.utc();
  const config = { ...engine.config, client: { url: bench.base, key: bench.keys.operator } };
  await seedKind(bench.db, { name: 'warm', source: 'warm', count: COUNT });
  const body = { key: 'warm', template: 'plain', when: { source: 'warm' } };
  expect((await bench.post('/v1/broadcasts', body, bench.keys.marketer)).status).toBe(201);
  const preview = await bench.post('/v1/broadcasts/warm/preview', undefined, bench.keys.marketer);
  const { gets, later } = preview.body['preview'] as { gets: number; later: Record<string, number> };
  expect(gets).toBeGreaterThan(0);
  expect(gets).toBeLessThanOrEqual(DAILY);
  expect(Object.entries(later)).toEqual([[expect.stringContaining(WORDS), COUNT - gets]]);

  await bench.post('/v1/broadcasts/warm/start', undefined, bench.keys.marketer);
  const waits = async () =>
    (await bench.get('/v1/broadcasts/warm')).body['waitsFor'] as { what: string; until: string }[];
  // The rate is kept to within seconds: then nothing but the day is waited for.
  const [limit] = await engine.until(waits, (all) => all.length === 1 && all[0]?.what.includes(WORDS) === true, 60_000);
  expect(Date.parse(limit?.until ?? '')).toBeGreaterThanOrEqual(begun.endOf('day').toMillis());
  expect((await broadcastShow(config, 'warm')).text).toMatch(
    new RegExp(`Waits +A limit of sending is used up: ${WORDS}`),
  );
  const shown = (await sendingShow(config)).text;
  expect(shown).toMatch(
    new RegExp(`${WORDS} \\d \\(\\d+ mails? counted today\\)\n  broadcast:warm waits, the last of it until `),
  );
  // At midnight the count begins anew.
  const ofDomains = begun.hasSame(DateTime.utc(), 'day') ? '\n  Counted today: many\\.example \\d+$' : '$';
  expect(shown).toMatch(new RegExp(`No more than 4 mails a second to each other domain${ofDomains}`));

  await bench.post('/v1/broadcasts/warm/cancel', undefined, bench.keys.marketer);
  const ended = (await bench.get('/v1/broadcasts/warm')).body;
  const { sent = 0, canceled = 0 } = ended['outcomes'] as Record<string, number>;
  expect(ended).toMatchObject({ status: 'canceled', left: 0, nextAt: null });
  expect([sent + canceled, sent > 0, canceled > 0]).toEqual([COUNT, true, true]);
  const words = (await broadcastShow(config, 'warm')).text;
  expect(words).toContain(`${sent} of ${COUNT} leads`);
  expect(words).toContain(`${canceled} not: the broadcast was canceled`);
});
