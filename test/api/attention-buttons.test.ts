/** On the attention page a person lets sending go on that stands still, as by the API; who may not has words alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserRole } from '../../src/domain/actor.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from './support.ts';
import { createVisitor, type Visitor } from './visitor.ts';

const told: string[] = [];
let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ change: (deps) => ({ ...deps, bulkRuns: { tell: (runId) => void told.push(runId) } }) });
});
afterAll(() => bench.close());

async function signIn(name: string, role: UserRole): Promise<Visitor> {
  const email = `${name}@buttons.example`;
  const teams = role === 'manager' ? { teams: [] } : {};
  const { id } = await inviteUser(bench.db, { email, name, role, ...teams }, { actor: 'system', at: new Date() });
  expect(id).not.toBe('');
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, email, new Date())) ?? '');
  return who;
}

const attention = (who: Visitor) => who.go('/console/attention');

test.each([
  ['sending', 'Resume all sending'],
  ['cadence:drip', 'Resume ‘drip’'],
])('a pause (%s) is resumed by its button, once; a manager has none', async (scope, label) => {
  await bench.db.pause.create({ data: { scope, by: 'system', reason: 'stopped by itself: 32 of 120 mails bounced' } });
  const operator = await signIn(`op-${scope.length}`, 'operator');
  const manager = await signIn(`ma-${scope.length}`, 'manager');
  const words = await attention(manager);
  expect(words.text).toContain('Resume it');
  expect(words.text).not.toContain(label);
  const { text, csrf } = await attention(operator);
  expect(text).toMatch(new RegExp(`value="${scope}".*>\\s*${label}\\s*</button>`, 's'));
  const form = { ref: scope, do: 'resume-pause' };
  expect((await manager.go('/console/attention/pauses', { ...form, csrf: words.csrf })).status).toBe(403);
  expect(await bench.db.pause.count({ where: { scope } })).toBe(1);
  const done = await operator.go('/console/attention/pauses', { ...form, csrf });
  expect([done.status, done.to]).toEqual([303, '/console/attention?done=resume-pause']);
  expect(await bench.db.pause.count({ where: { scope } })).toBe(0);
  expect((await operator.go(done.to ?? '')).text).toContain('It is resumed');
  const run = await bench.db.bulkRun.findFirstOrThrow({ where: { kind: 'resume' }, orderBy: { id: 'desc' } });
  expect(told).toContain(run.id);
  const user = await bench.db.user.findUniqueOrThrow({ where: { email: `op-${scope.length}@buttons.example` } });
  const audit = await bench.db.audit.findFirstOrThrow({
    where: { action: 'sending.resumed' },
    orderBy: { id: 'desc' },
  });
  expect(audit).toMatchObject({ actor: user.id, data: { scope } });
  const again = await operator.go('/console/attention/pauses', { ...form, csrf });
  expect([again.status, again.text]).toEqual([409, expect.stringContaining('It is not paused any more.')]);
});

test('a receiver that refuses us gets mails again once a person says that the cause is mended', async () => {
  const receiver = 'refuses.buttons.example';
  const until = new Date(Date.now() + 3_600_000);
  await bench.db.mailRefusal.create({
    data: { receiver, until, heardBy: 'answer', reason: '550 blocked', refusals: 3 },
  });
  const marketer = await signIn('mark', 'marketer');
  const { text, csrf } = await attention(marketer);
  expect(text).toMatch(/Mend the cause, then.*The cause is mended<span class="hidden">: refuses\.buttons\.example</s);
  const done = await marketer.go('/console/attention/pauses', { csrf, ref: receiver, do: 'lift-refusal' });
  expect([done.status, done.to]).toEqual([303, '/console/attention?done=lift-refusal']);
  expect(await bench.db.mailRefusal.count({ where: { receiver } })).toBe(0);
  expect((await marketer.go(done.to ?? '')).text).toContain('Mails may go to it again');
  const again = await marketer.go('/console/attention/pauses', { csrf, ref: receiver, do: 'lift-refusal' });
  expect([again.status, again.text]).toEqual([409, expect.stringContaining('It refuses our mails no more.')]);
});
