/** Figures outside of the tables of reports: cadences, their maps, and target planning. Each leads to as many leads as it says. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { newId } from '../../src/domain/ids.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor, type Visitor } from '../api/visitor.ts';

const EMAIL = 'mia@figures.example';
const CADENCE = 'past-nurture';
/** The longest page of the API. */
const MOST = 200;

let bench: Bench;
let who: Visitor;
beforeAll(async () => {
  bench = await openApi();
  await writeHistory(bench.db, { leads: 200, seed: 7, until: new Date() });
  const done = await bench.db.enrollment.findFirstOrThrow({
    where: { cadence: CADENCE, status: 'completed' },
    orderBy: { id: 'asc' },
  });
  await bench.db.enrollment.update({ where: { id: done.id }, data: { goal: 'won' } });
  await inviteUser(bench.db, { email: EMAIL, name: 'Mia', role: 'manager' }, { actor: 'system', at: new Date() });
  who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, EMAIL, new Date())) ?? '');
});
afterAll(() => bench.close());

/** The links of a page that begin so, each with its words. */
function linksOf(text: string, begin: string): { href: string; words: string }[] {
  return [...text.matchAll(/<a\s+href="([^"]*)"\s*>(.*?)<\/a/gs)].flatMap(([, href = '', inner = '']) =>
    href.startsWith(begin)
      ? [{ href: href.replaceAll('&amp;', '&'), words: inner.replaceAll(/<[^>]*>/g, '').trim() }]
      : [],
  );
}

/** "62% (31)" counts 31, "12 sent" counts 12. */
function counted(words: string): number {
  return Number((/\((\d+)\)/.exec(words) ?? /^([\d,]+)/.exec(words))?.[1]?.replaceAll(',', ''));
}

async function listed(href: string): Promise<unknown> {
  const { body } = await bench.get(`/v1/leads?limit=${MOST}&${href.split('?')[1]}`, bench.keys.marketer);
  return body.items?.length ?? body;
}

test.each(['cadences', `cadences/${CADENCE}`])(
  'each count and each arrow of %s leads to as many leads',
  async (page) => {
    const links = linksOf((await who.go(`/console/${page}`)).text, '/console/leads?');
    expect(links.length).toBeGreaterThan(1);
    for (const { href, words } of links)
      expect([href, await listed(href)]).toEqual([href, Math.min(MOST, counted(words))]);
    if (page === 'cadences') return;
    const asked = links.map(({ href }) => new URLSearchParams(href.split('?')[1]));
    expect(asked.some((one) => one.has('to'))).toBe(true);
    expect(asked.some((one) => one.get('run') === 'entered')).toBe(true);
  },
);

test('arms that go on at the same step share an arrow, with the words of each and those who went that way once', async () => {
  const { text } = await who.go(`/console/cadences/${CADENCE}`);
  const [map = '', steps = ''] = text.split('</svg>');
  for (const part of [map, steps]) expect(part.match(/a \(45%\), b \(45%\)/g)).toHaveLength(1);
  const ways = linksOf(map, '/console/leads?').filter(({ href }) => href.includes('&to='));
  expect(new Set(ways.map(({ href }) => href)).size).toBe(ways.length);
});

test('who went on is told of the runs in reach, and who left before a step that is known has a list', async () => {
  const run = await bench.db.enrollment.findFirstOrThrow({
    where: { cadence: CADENCE, status: 'ended', endReason: 'unsubscribed' },
    orderBy: { id: 'asc' },
  });
  await bench.db.enrollment.update({ where: { id: run.id }, data: { waitingFrom: null } });
  const ids = async (words: string, key = bench.keys.marketer) => {
    const { body } = await bench.get(`/v1/leads?limit=${MOST}&cadence=${CADENCE}&${words}`, key);
    return body.items?.map(({ id }) => id) ?? body;
  };
  expect(await ids('left=unsubscribed')).toEqual([run.leadId]);
  const page = await who.go(`/console/leads?cadence=${CADENCE}&left=unsubscribed`);
  expect(page.text).toContain('they left it before a step that is known, as: unsubscribed');
  const seen = (await bench.get(`/v1/leads?limit=${MOST}`, bench.keys.rep)).body.items?.map(({ id }) => id) ?? [];
  for (const words of ['run=entered', 'step=welcome&to=words']) {
    const all = await ids(words);
    if (!Array.isArray(all)) throw new Error(words);
    expect(await ids(words, bench.keys.rep)).toEqual(all.filter((id) => seen.includes(id)));
  }
  expect(await ids('run=soon')).toMatchObject({ status: 400 });
  expect((await bench.get('/v1/leads?run=goal', bench.keys.marketer)).body).toMatchObject({ status: 400 });
  expect((await bench.get(`/v1/leads?cadence=${CADENCE}&to=words`, bench.keys.marketer)).body).toMatchObject({
    status: 400,
  });
});

test('what a target is planned by leads to the leads that were measured, and so does what happened since', async () => {
  const asked = '/console/reports/target?goal=customers&amount=12';
  const { csrf } = await who.go(asked);
  const saved = await who.go('/console/reports/target', { csrf, goal: 'customers', amount: '12', name: 'Spring' });
  expect(saved.status).toBe(303);
  const [leadId, needId, at] = [newId('lead'), newId('need'), new Date()];
  await bench.db.lead.create({ data: { id: leadId, email: 'new@figures.example', stage: 'new', scoreAt: at, needId } });
  await bench.db.need.create({ data: { id: needId, leadId, stage: 'new', openedAt: at } });
  const links = linksOf((await who.go(asked)).text, '/console/reports/').filter(({ href }) => href.includes('/leads?'));
  const figures = links.map(({ href }) => new URLSearchParams(href.split('?')[1]));
  for (const figure of ['in', 'won', 'underWay', 'leads'])
    expect(figures.map((one) => one.get('figure'))).toContain(figure);
  expect(figures.some((one) => one.get('by') === 'productLine')).toBe(true);
  expect(figures.filter((one) => one.has('until')).map((one) => one.get('figure'))).toContain('within:came');
  for (const { href, words } of links) {
    const { text } = await who.go(href);
    const behind = /([\d,]+) leads?\.(?:\s+The figure counts ([\d,]+))?/.exec(text);
    expect([href, Number((behind?.[2] ?? behind?.[1])?.replaceAll(',', ''))]).toEqual([href, counted(words)]);
  }
});
