/** The map of a cadence adds up: whoever came to a step is there, went on, qualified or left; each figure leads to as many leads. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAST_CADENCE, READERS_CADENCE } from '../../src/cli/demo/history/cadence-runs.ts';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { loadPlaybook } from '../../src/playbook/load.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { storedCadence } from '../../src/store/stored/cadence.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor, type Visitor } from '../api/visitor.ts';

const EMAIL = 'mia@map.example';
const MOST = 200;

let bench: Bench;
let who: Visitor;
beforeAll(async () => {
  bench = await openApi();
  const readers = loadPlaybook('playbook').cadences.find(({ cadence }) => cadence === READERS_CADENCE);
  if (readers === undefined) throw new Error(READERS_CADENCE);
  await bench.db.$executeRaw`INSERT INTO cadence_revisions (id, cadence, number, hash, definition, templates)
    VALUES ('readers', ${READERS_CADENCE}, 99, 'readers', ${JSON.stringify(storedCadence(readers))}::jsonb, '{}'::jsonb)`;
  await writeHistory(bench.db, { leads: 700, seed: 11, until: new Date() });
  await inviteUser(bench.db, { email: EMAIL, name: 'Mia', role: 'manager' }, { actor: 'system', at: new Date() });
  who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, EMAIL, new Date())) ?? '');
});
afterAll(() => bench.close());

const plain = (text: string): string =>
  text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

interface Shown {
  id: string;
  /** By the heads of the table. */
  figures: Record<string, number>;
}

function shownIn(text: string): Shown[] {
  const table = text.slice(text.indexOf('The same as a table'));
  const heads = [...table.matchAll(/<th[^>]*scope="col"[^>]*>(.*?)<\/th>/gs)].map(([, head = '']) => plain(head));
  return [...table.matchAll(/<tr>\s*<th scope="row">(.*?)<\/th>(.*?)<\/tr>/gs)].map(([, name = '', cells = '']) => {
    const counts = [...cells.matchAll(/<td[^>]*class="number"[^>]*>(.*?)<\/td>/gs)].map(([, cell = '']) =>
      parseInt(plain(cell), 10),
    );
    return {
      id: plain(name.split('<br')[0] ?? ''),
      figures: Object.fromEntries(counts.map((count, n) => [heads[n + 1] ?? '', count])),
    };
  });
}

async function listed(href: string): Promise<unknown> {
  const { body } = await bench.get(
    `/v1/leads?limit=${MOST}&${href.replaceAll('&amp;', '&').split('?')[1]}`,
    bench.keys.marketer,
  );
  return body.items?.length ?? body;
}

test.each([PAST_CADENCE, READERS_CADENCE])('each step of %s adds up', async (cadence) => {
  const { text } = await who.go(`/console/cadences/${cadence}`);
  const shown = shownIn(text);
  expect(shown.map(({ figures }) => figures['Came in'] ?? 0).reduce((sum, one) => sum + one, 0)).toBeGreaterThan(50);
  for (const { id, figures } of shown) {
    const { 'Here now': here = NaN, 'Went on': on = NaN, Qualified: ready = NaN, Left: lost = NaN } = figures;
    expect([id, figures['Came in']]).toEqual([id, here + on + ready + lost]);
    expect(figures['Came in']).toBeGreaterThanOrEqual((figures['Sent'] ?? NaN) + (figures['Skipped'] ?? NaN));
  }
  expect(text).not.toContain('a step of an earlier revision');
  const sum = (key: string) => shown.reduce((all, { figures }) => all + (figures[key] ?? NaN), 0);
  const ended = { cadence, status: 'ended' as const, goal: null };
  expect(sum('Qualified')).toBe(await bench.db.enrollment.count({ where: { ...ended, endReason: 'qualified' } }));
  expect(sum('Qualified')).toBeGreaterThan(0);
  const [map = ''] = text.split('</svg>');
  for (const { id, figures } of shown) {
    const box = plain(map.slice(map.indexOf(`>${id}: `)).split('</g>')[0] ?? '');
    for (const [key, words] of [
      ['Came in', 'came in'],
      ['Went on', 'went on'],
      ['Qualified', 'qualified'],
      ['Left', 'left:'],
    ] as const)
      expect([id, words, Number(new RegExp(`(\\d+) ${words}`).exec(box)?.[1] ?? 0)]).toEqual([id, words, figures[key]]);
  }
});

test.each([PAST_CADENCE, READERS_CADENCE])('each figure of %s leads to as many leads', async (cadence) => {
  const { text } = await who.go(`/console/cadences/${cadence}`);
  const links = [...text.matchAll(/<a\s+href="(\/console\/leads\?[^"]*)"\s*>(.*?)<\/a/gs)];
  expect(links.length).toBeGreaterThan(10);
  const told = new Map(
    links.map(([, href = '', words = '']) => {
      const count = (/\((\d+)\)/.exec(words) ?? /^(\d+)/.exec(plain(words)))?.[1];
      return [href, Math.min(MOST, Number(count))] as const;
    }),
  );
  for (const [href, count] of told) expect([href, await listed(href)]).toEqual([href, count]);
});

test('the arrows out of a split count by the arm that was recorded, and the lists have the leads of the arm', async () => {
  const { text } = await who.go(`/console/cadences/${READERS_CADENCE}`);
  for (const arm of ['one-week', 'two-weeks']) {
    const to = `wait-in-${arm}-of-pause`;
    const of = await bench.db.splitArm.findMany({ where: { cadence: READERS_CADENCE, stepId: 'pause', arm } });
    expect(of.length).toBeGreaterThan(0);
    expect(text).toMatch(new RegExp(`step=pause&(amp;)?to=${to}"[^(]*\\(${of.length}\\)`));
    const { body } = await bench.get(
      `/v1/leads?limit=${MOST}&cadence=${READERS_CADENCE}&step=pause&to=${to}`,
      bench.keys.marketer,
    );
    expect(body.items?.map(({ id }) => id).toSorted()).toEqual(of.map(({ leadId }) => leadId).toSorted());
  }
});

test('who did what a step waited for is behind its arrow, also who left right after', async () => {
  const came = await bench.db.audit.findMany({
    where: { action: 'step.performed', data: { path: ['stepId'], equals: 'checklist-clicked' } },
  });
  expect(came.length).toBeGreaterThan(0);
  const { body } = await bench.get(
    `/v1/leads?limit=${MOST}&cadence=${READERS_CADENCE}&step=checklist-clicked&to=let-it-sink-in`,
    bench.keys.marketer,
  );
  expect(new Set(body.items?.map(({ id }) => id))).toEqual(new Set(came.map(({ leadId }) => leadId)));
});
