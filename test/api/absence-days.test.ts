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

test('one that would be over already is refused, and one that is over is told of no more', async () => {
  const past = { from: '2020-12-21', until: '2021-01-04' };
  await expect(repsAway(bench.engine.config, 'dino', past)).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    message: expect.stringContaining('over already'),
  });
  const who = await manager();
  const page = await who.go('/console/board?rep=bob');
  const refused = await who.go(`/console/board/reps/${bench.reps['bob']}/away`, { csrf: page.csrf, ...past });
  expect(refused.status).toBe(400);
  expect(refused.text).toMatch(/id="until"[^>]*value="2021-01-04"[^>]*aria-invalid/s);
  expect(refused.text).toContain('must be a day that is still to come.');
  const away = { from: '2020-12-21T00:00:00Z', until: '2021-01-04T00:00:00Z' };
  expect(await bench.call('PATCH', '/v1/reps/bob', { key: bench.keys.boss, body: { away } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'away.until' }] },
  });
  expect(await stored('bob')).toMatchObject({ awayFrom: null, awayUntil: null });
  await bench.db.rep.update({
    where: { key: 'bob' },
    data: { awayFrom: new Date(away.from), awayUntil: new Date(away.until) },
  });
  expect((await who.go('/console/board?rep=bob')).text).not.toContain('away from');
  expect((await repsList(bench.engine.config)).text).not.toContain('away from');
});

test('another one takes the place of what was entered, and says so', async () => {
  const first = await repsAway(bench.engine.config, 'dino', { from: '2037-12-21', until: '2038-01-04' });
  expect(first.text).not.toContain('takes the place');
  const again = await repsAway(bench.engine.config, 'dino', { from: '2037-12-21', until: '2038-01-04' });
  expect(again.text).not.toContain('takes the place');
  const next = await repsAway(bench.engine.config, 'dino', { from: '2037-03-02' });
  expect(next.text).toMatch(
    /away from Mon 2 Mar 2037 \(UTC\).*takes the place of the absence that was entered: away from Mon 21 Dec 2037, back on Mon 4 Jan 2038 \(UTC\)$/s,
  );
  const dino = await bench.db.rep.findUniqueOrThrow({ where: { key: 'dino' } });
  const email = `max-${dino.id.slice(-8)}@firm.example`;
  await inviteUser(
    bench.db,
    { email, name: 'Max', role: 'manager', teams: ['south'] },
    { actor: 'system', at: new Date() },
  );
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, email, new Date())) ?? '');
  expect((await who.go('/console/board?rep=dino')).text).toMatch(
    /Entered now: away from Mon 2 Mar 2037\.\s+A rep has one absence: what you enter takes\s+its\s+place/,
  );
});

test('the desk says that its rep is away, and for whom they stand in', async () => {
  const deskOf = async (key: string): Promise<string> => {
    const { email } = await bench.db.rep.findUniqueOrThrow({ where: { key } });
    const who = createVisitor(() => bench.base);
    who.cookies.set('nurture_session', (await openSessionOf(bench.db, email, new Date())) ?? '');
    return (await who.go('/console')).text.replaceAll(/\s+/g, ' ');
  };
  const none = [await deskOf('ada'), await deskOf('bob')];
  for (const desk of none) expect(desk).not.toMatch(/You are entered as away|You stand in for/);
  await repsAway(bench.engine.config, 'ada', { from: '2037-12-21', until: '2038-01-04', deputy: 'bob' });
  const days = 'away from Mon 21 Dec 2037, back on Mon 4 Jan 2038';
  expect(await deskOf('ada')).toContain(`You are entered as ${days}, deputy Bob.`);
  expect(await deskOf('bob')).toContain(
    `You stand in for Ada, ${days}: leads that Ada knows come to you in this time.`,
  );
  expect(await deskOf('bob')).not.toContain('You are entered');
  expect(await deskOf('cleo')).not.toMatch(/You are entered as away|You stand in for/);
});
