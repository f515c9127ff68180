/** Target planning as a marketer uses it: amounts as they are written, plans that change by nothing, and saved plans side by side. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { newId } from '../../src/domain/ids.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor, type Visitor } from '../api/visitor.ts';

const PATH = '/console/reports/target';
const DAY = 86_400_000;

let bench: Bench;
let who: Visitor;
beforeAll(async () => {
  bench = await openApi();
  await writeHistory(bench.db, { leads: 150, seed: 5, until: new Date() });
  const email = 'plans@target.example';
  await inviteUser(bench.db, { email, name: 'P', role: 'marketer' }, { actor: 'system', at: new Date() });
  who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, email, new Date())) ?? '');
});
afterAll(() => bench.close());

const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

/** The cells of the rows of a table, by the first. */
function rowsOf(text: string, label: string): Map<string, string[]> {
  const table = text.split(`aria-label="${label}"`)[1]?.split('</table>')[0] ?? '';
  const words = (cell: string): string =>
    cell
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  return new Map(
    table.split('<tr').map((row) => {
      const [name = '', ...cells] = [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) =>
        words(cell ?? ''),
      );
      return [name, cells] as const;
    }),
  );
}

/** What a browser would send for the form, with nothing changed. */
function formOf(text: string): URLSearchParams {
  const form = text.split('<form class="card ask"')[1]?.split('</form>')[0] ?? '';
  const sent = new URLSearchParams();
  for (const [input] of form.matchAll(/<input[^>]*>/gs)) {
    const [name, value] = ['name', 'value'].map((key) => new RegExp(`\\s${key}="([^"]*)"`).exec(input)?.[1]);
    if (name !== undefined) sent.set(name.replaceAll('&quot;', '"'), value ?? '');
  }
  sent.set('goal', /<option value="(\w+)" selected/.exec(form)?.[1] ?? '');
  return sent;
}

const save = async (name: string, words: Record<string, string>) => {
  const { csrf } = await who.go(PATH);
  return who.go(PATH, { csrf, goal: 'customers', amount: '18', ...words, name });
};

test('a plan that is asked for again with nothing changed is the same, and its leads are one figure', async () => {
  const first = (await who.go(`${PATH}?amount=18`)).text;
  const again = (await who.go(`${PATH}?${formOf(first).toString()}`)).text;
  const plan = rowsOf(first, 'What it takes');
  expect(Number(plan.get('Come in')?.[0]?.replaceAll(',', ''))).toBeGreaterThan(18);
  expect(rowsOf(again, 'What it takes')).toEqual(plan);
  const sum = [...rowsOf(first, 'From where')]
    .filter(([, cells]) => cells.length === 5 && cells[4] !== '')
    .reduce((all, [, [leads = '0']]) => all + (Number(leads.replaceAll(',', '')) || 0), 0);
  expect(sum.toLocaleString('en')).toBe(plan.get('Come in')?.[0]);
  // What is assumed stays assumed, to the last digit.
  const assumed = (await who.go(`${PATH}?amount=18&rate-won=33.333333`)).text;
  const kept = formOf(assumed);
  expect(kept.get('rate-won')).toBe('33.3');
  expect(rowsOf((await who.go(`${PATH}?${kept.toString()}`)).text, 'What it takes')).toEqual(
    rowsOf(assumed, 'What it takes'),
  );
  kept.set('rate-won', '20');
  expect((await who.go(`${PATH}?${kept.toString()}`)).text).toContain('<span id="figure-won">20</span>');
});

test('a plan is set beside the pace of the last 12 months', async () => {
  const { text } = await who.go(`${PATH}?amount=18`);
  const number = (words = ''): number => Number(words.replaceAll(',', ''));
  const [, pace, days, takes, times] =
    /about ([\d,]+) leads come in within as many days \((\d+)\)\. The plan takes ([\d,]+): about (?:([\d,.]+) times )?as many/.exec(
      text.replaceAll(/\s+/g, ' '),
    ) ?? [];
  expect(takes).toBe(rowsOf(text, 'What it takes').get('Come in')?.[0]);
  const came = number(rowsOf(text, 'What was measured').get('Come in')?.[0]);
  expect(came).toBeGreaterThan(0);
  expect(number(pace)).toBe(Math.round((came * number(days)) / 365));
  expect(number(times ?? '1')).toBeCloseTo(number(takes) / ((came * number(days)) / 365), 0);
});

test('an amount is taken as the rest of the console takes it, and one that is none keeps what was typed', async () => {
  const customers = async (amount: string, goal = 'money'): Promise<string | undefined> => {
    const query = new URLSearchParams({ goal, amount, value: '4800' });
    return rowsOf((await who.go(`${PATH}?${query.toString()}`)).text, 'What it takes').get('Customer')?.[0];
  };
  for (const amount of ['206628', '206,628', '206.628', '206 628', '206,628.00'])
    expect([amount, await customers(amount)]).toEqual([amount, '44']);
  expect(await customers('211.200,50')).toBe('45');
  expect(await customers('1,200', 'customers')).toBe('1,200');
  const { status, text } = await who.go(`${PATH}?goal=money&amount=lots&until=2027-02-30&rate-won=12`);
  expect(status).toBe(400);
  const sent = formOf(text);
  expect([sent.get('goal'), sent.get('amount'), sent.get('until'), sent.get('rate-won')]).toEqual([
    'money',
    'lots',
    '2027-02-30',
    '12',
  ]);
  expect(text).toMatch(/id="wrong-amount">Must be an amount in EUR/);
  expect(text).toMatch(/id="wrong-until">Must be a day to come/);
  expect(text).not.toContain('What it takes');
  expect(text).not.toContain('Save this plan as');
});

test('so far counts what came to a stage within the days that the plan has for it', async () => {
  expect((await save('Ahead', { from: inDays(400), until: inDays(500) })).status).toBe(303);
  const until = inDays(400);
  expect((await save('Now', { until })).status).toBe(303);
  const before = rowsOf((await who.go(PATH)).text, 'Saved plans, and what happened');
  const [now = '', ahead = ''] = before.get('Customer') ?? [];
  // The newest is the first. Days that are to come count nothing, whatever came in on the day of saving.
  expect(ahead).toMatch(/^18 .* not begun$/);
  expect(before.get('Come in')?.[1]).toMatch(/not begun$/);
  const soFar = (cell: string): number => Number(/so far ([\d,]+)/.exec(cell)?.[1]?.replaceAll(',', ''));
  expect(soFar(now)).toBeGreaterThanOrEqual(0);
  // Won today, and it came in a year before: a customer of the plan.
  const [leadId, needId] = [newId('lead'), newId('need')];
  const [opened, at] = [new Date(Date.now() - 360 * DAY), new Date()];
  await bench.db.lead.create({
    data: { id: leadId, email: 'won@target.example', stage: 'customer', scoreAt: at, needId },
  });
  await bench.db.need.create({
    data: { id: needId, leadId, stage: 'customer', outcome: 'won', openedAt: opened, closedAt: at },
  });
  await bench.db.stageChange.create({
    data: { leadId, needId, toStage: 'customer', because: 'test', actor: 'system', occurredAt: at },
  });
  const { text } = await who.go(PATH);
  const after = rowsOf(text, 'Saved plans, and what happened').get('Customer') ?? [];
  expect(soFar(after[0] ?? '')).toBe(soFar(now) + 1);
  expect(after[1]).toBe(ahead);
  const link = /href="([^"]*figure=within%3Awon[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect((await who.go(link)).text).toContain(`/console/leads/${leadId}`);
});

test('a channel that becomes dearer, or brings another part of the leads, changes the money that the plan takes', async () => {
  const page = (await who.go(`${PATH}?amount=18`)).text;
  const form = formOf(page);
  const [name = ''] = [...form.keys()].flatMap((key) => (key.startsWith('cost-') ? [key.slice(5)] : []));
  form.set(`cost-${name}`, '1.000,00');
  const dear = (await who.go(`${PATH}?${form.toString()}`)).text;
  const row = (text: string) => rowsOf(text, 'From where').get(name === '' ? 'not known' : name) ?? [];
  expect(row(dear)[0]).toBe(row(page)[0]);
  const cost = Number(row(dear)[0]?.replaceAll(',', '')) * 1000;
  expect(row(dear)[2]).toBe(`€${cost.toLocaleString('en')}`);
  form.set(`mix-${name}`, '50');
  const more = (await who.go(`${PATH}?${form.toString()}`)).text;
  const leads = Number(rowsOf(more, 'What it takes').get('Come in')?.[0]?.replaceAll(',', ''));
  expect(Math.abs(Number(row(more)[0]?.replaceAll(',', '')) - leads / 2)).toBeLessThanOrEqual(1);
  const saved = await save('Dearer', Object.fromEntries(new URLSearchParams(form)));
  expect(saved.status).toBe(303);
  const plans = rowsOf((await who.go(PATH)).text, 'Saved plans, and what happened');
  expect(plans.get('Assumed otherwise than measured')?.[0]).toMatch(/50% of the leads \(.*€1,000 a lead \(/);
  expect((await who.go(`${PATH}?mix-${name}=120`)).text).toMatch(/id="wrong-mix"/);
});

test('a plan has a name of its own, is deleted when that was asked, and leads back where it is gone', async () => {
  expect((await save('Only one', {})).status).toBe(303);
  const second = await save('only ONE', {});
  expect(second.status).toBe(400);
  expect(second.text).toMatch(/id="wrong-name">There is a plan named ‘only ONE’ already/);
  expect(second.text).toMatch(/name="name"[^>]*value="only ONE"/s);
  expect((await save('Only_one', {})).status).toBe(303);
  const { id } = await bench.db.targetPlan.findFirstOrThrow({ where: { name: 'Only one' } });
  const asked = await who.go(`${PATH}/${id}/delete`);
  expect(asked.text).toContain('Delete the plan Only one?');
  expect(await bench.db.targetPlan.count({ where: { id } })).toBe(1);
  const { csrf } = asked;
  expect((await who.go(`${PATH}/${id}/delete`, { csrf })).to).toBe(`${PATH}?done=deleted`);
  const again = await who.go(`${PATH}/${id}/delete`, { csrf });
  expect(again).toMatchObject({ status: 303, to: `${PATH}?done=gone` });
  expect((await who.go(again.to ?? '')).text).toContain('The plan is gone already');
  expect((await who.go(`${PATH}/${id}/delete`)).to).toBe(`${PATH}?done=gone`);
});

test('a manager plans with the figures of the team, is told so, and a plan is held against the leads that it was made of', async () => {
  await bench.db.rep.update({ where: { id: bench.reps['boss'] ?? '' }, data: { teams: ['north'] } });
  const boss = createVisitor(() => bench.base);
  boss.cookies.set('nurture_session', (await openSessionOf(bench.db, 'boss@sales.example', new Date())) ?? '');
  expect((await who.go(PATH)).text).toContain('These are the figures of all leads.');
  await save('Of everybody', { until: inDays(400) });
  const { csrf, text } = await boss.go(PATH);
  expect(text).toContain('These are the figures of your team north alone');
  const words = { goal: 'customers', amount: '5', until: inDays(300), name: 'Of the north' };
  expect((await boss.go(PATH, { csrf, ...words })).status).toBe(303);
  const label = 'Saved plans, and what happened';
  const [mine, all] = [rowsOf((await boss.go(PATH)).text, label), rowsOf((await who.go(PATH)).text, label)];
  expect(all.get('Figures of')?.slice(0, 2)).toEqual(['team north', 'all leads']);
  expect(mine.get('Target')?.[1]).toBe('18 customers');
  // What the plan of all leads is made of tells the figures of all leads.
  const hidden = 'not of your leads alone: not shown to you';
  for (const title of ['Come in', 'Qualified', 'Customer', 'Money it takes', 'Assumed otherwise than measured'])
    expect([title, mine.get(title)?.[1]]).toEqual([title, hidden]);
  expect(mine.get('Again')?.[1]).toBe('');
  expect(all.get('Again')?.[1]).toContain('Open Of everybody again');
  expect(mine.get('Money it takes')?.[0]).toBe('not told: costs are those of all leads');
  expect(rowsOf(text, 'From where').has('All: what campaigns cost is told only to who sees all leads')).toBe(true);
  expect(mine.get('Customer')?.[0]).toMatch(/so far \d/);
  // The same for both: the marketer sees no more in it than the team's.
  expect(all.get('Customer')?.[0]).toBe(mine.get('Customer')?.[0]);
});
