/** An absence is of days in the zone of the rep: the same on the board, in its form and on the command line, whoever looks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repsAway, repsList } from '../../src/cli/reps.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from './support.ts';
import { createVisitor, type Visitor } from './visitor.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
  // Far east and far west of the manager, whose zone is UTC.
  await bench.db.rep.update({ where: { key: 'ada' }, data: { timeZone: 'Asia/Tokyo' } });
  await bench.db.rep.update({ where: { key: 'cleo' }, data: { timeZone: 'America/Los_Angeles' } });
});
afterAll(() => bench.close());

async function manager(): Promise<Visitor> {
  const email = `mia-${Math.random().toString(36).slice(2)}@firm.example`;
  await inviteUser(
    bench.db,
    { email, name: 'Mia', role: 'manager', teams: ['north'] },
    { actor: 'system', at: new Date() },
  );
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, email, new Date())) ?? '');
  return who;
}

const stored = (key: string) =>
  bench.db.rep.findUniqueOrThrow({ where: { key }, select: { awayFrom: true, awayUntil: true, deputyId: true } });

test.each([
  { rep: 'ada', zone: 'Asia/Tokyo', from: '2037-12-20T15:00:00.000Z', until: '2038-01-03T15:00:00.000Z' },
  { rep: 'bob', zone: 'UTC', from: '2037-12-21T00:00:00.000Z', until: '2038-01-04T00:00:00.000Z' },
  { rep: 'cleo', zone: 'America/Los_Angeles', from: '2037-12-21T08:00:00.000Z', until: '2038-01-04T08:00:00.000Z' },
])('of a rep in $zone', async ({ rep, zone, from, until }) => {
  const { text } = await repsAway(bench.engine.config, rep, { from: '2037-12-21', until: '2038-01-04' });
  const days = 'away from Mon 21 Dec 2037, back on Mon 4 Jan 2038';
  expect(text).toContain(`${days} (${zone})`);
  const entered = { awayFrom: new Date(from), awayUntil: new Date(until), deputyId: null };
  expect(await stored(rep)).toEqual(entered);
  expect((await repsList(bench.engine.config)).text).toContain(`${days} (${zone})`);

  const who = await manager();
  expect((await who.go('/console/board')).text).toContain(days);
  const page = await who.go(`/console/board?rep=${rep}`);
  expect(page.text).toContain(days);
  expect(page.text).toContain(`: ${zone}.`);
  expect(page.text).toMatch(/id="from"[^>]*value="2037-12-21".*id="until"[^>]*value="2038-01-04"/s);
  // A press on the form as it is shown changes nothing.
  const path = `/console/board/reps/${bench.reps[rep]}/away`;
  const form = { csrf: page.csrf, from: '2037-12-21', until: '2038-01-04' };
  expect(await who.go(path, form)).toMatchObject({ status: 303 });
  expect(await stored(rep)).toEqual(entered);
  // Another day is one of the rep's zone too.
  await who.go(path, { ...form, from: '2037-12-22' });
  expect(await stored(rep)).toEqual({ ...entered, awayFrom: new Date(Date.parse(from) + 86_400_000) });
  // What was entered in the middle of a day stays so while its day stays.
  const noon = new Date(Date.parse(until) + 12 * 3_600_000);
  await bench.db.rep.update({ where: { key: rep }, data: { awayUntil: noon } });
  await who.go(path, form);
  expect(await stored(rep)).toEqual({ ...entered, awayUntil: noon });
  await who.go(`/console/board/reps/${bench.reps[rep]}/back`, { csrf: page.csrf });
});
