/** The leads behind a figure, on the page of the console. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor } from '../api/visitor.ts';

const HOUR = 3_600_000;
const COUNT = 103;
const EMAIL = 'mia@behind.example';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
  await inviteUser(bench.db, { email: EMAIL, name: 'Mia', role: 'marketer' }, { actor: 'system', at: new Date() });
});
afterAll(() => bench.close());

/** Leads of whom the one that came in first has changed its stage last. */
async function write(source: string): Promise<string[]> {
  const { db } = bench;
  const now = Date.now();
  const made = Array.from({ length: COUNT }, (_, n) => ({
    id: newId('lead'),
    needId: newId('need'),
    openedAt: new Date(now - 300 * HOUR + n * HOUR),
    stageSince: new Date(now - HOUR - n * HOUR),
  }));
  await db.lead.createMany({
    data: made.map(({ id, needId, openedAt }, n) => ({
      id,
      needId,
      email: `${n}@${source}.example`,
      firstName: `Lead-${n}`,
      stage: 'assigned',
      source,
      scoreAt: openedAt,
      createdAt: openedAt,
    })),
  });
  await db.need.createMany({
    data: made.map(({ id, needId, openedAt, stageSince }) => ({
      id: needId,
      leadId: id,
      stage: 'assigned',
      openedAt,
      stageSince,
      valueMinor: 480_000n,
      currency: 'EUR',
    })),
  });
  await db.touch.createMany({
    data: made.map(({ id, needId, openedAt }) => ({
      id: newId('touch'),
      leadId: id,
      needId,
      isFirst: true,
      source,
      how: 'form' as const,
      occurredAt: openedAt,
    })),
  });
  return made.map(({ id }) => id);
}

test('behind a figure stand with whom a lead is, what is due and its value, and who waits longest is a press away', async () => {
  const source = 'waits';
  const ids = await write(source);
  const [first = '', last = ''] = [ids[0], ids.at(-1)];
  const need = await bench.db.need.findFirstOrThrow({ where: { leadId: last } });
  const luca = await bench.db.rep.findFirstOrThrow({ orderBy: { id: 'asc' } });
  await bench.db.assignment.create({
    data: {
      id: newId('assignment'),
      leadId: last,
      needId: need.id,
      repId: luca.id,
      team: luca.teams[0] ?? 'north',
      rule: 'test',
      offeredAt: new Date(),
      dueAt: new Date(Date.now() + 400 * 24 * HOUR),
    },
  });
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, EMAIL, new Date())) ?? '');
  const list = `/console/reports/leads-in/leads?figure=needs&by=source&group=${source}`;
  const newest = await who.go(list);
  expect(newest.text).toContain(`${COUNT} leads.`);
  const row = new RegExp(`${last}">Lead-102<(?:(?!</tr>).)*</tr>`, 's').exec(newest.text)?.[0] ?? '';
  expect(row).toContain(`offered to ${luca.name}`);
  expect(row).toMatch(/data-label="Due">decision until \d{1,2} \w+ \d{4} \d\d:\d\d</);
  expect(row).toContain('€4,800.00');
  expect(newest.text).not.toContain(`/console/leads/${first}"`);

  const shownIn = (text: string): string[] =>
    [...text.matchAll(/\/console\/leads\/(lead-[0-9a-f]{32})"/g)].map(([, id]) => id ?? '');
  const longest = await who.go(`${list}&sort=since`);
  expect(longest.text).toContain('the longest come first');
  // The last to come in is in its stage the longest.
  expect(shownIn(longest.text)).toEqual(ids.toReversed().slice(0, 100));
  const next = /href="([^"]*)"\s*>More leads/.exec(longest.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(shownIn((await who.go(next)).text)).toEqual(ids.toReversed().slice(100));
  const byScore = await who.go(`${list}&sort=-score`);
  expect(shownIn(byScore.text)).toHaveLength(100);
  expect(shownIn((await who.go(`${list}&after=${ids[3]}`)).text)).toEqual(ids.slice(0, 3).toReversed());
});
