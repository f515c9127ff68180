/** The console shows a lead whose own clock is ahead by one clock: no time of it is of a "today" that is another day for who reads it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from './support.ts';
import { createVisitor } from './visitor.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** "Mon 30 Nov 14:36" */
const DATED = '[A-Z][a-z]{2} \\d{1,2} [A-Z][a-z]{2}( \\d{4})? \\d\\d:\\d\\d';
const DAY_WORD = /\b(?:today|tomorrow|yesterday) \d\d:\d\d/;

/** Offered by its own clock an hour ago; it was to be decided on in half an hour. */
async function offeredAhead(lastName: string, aheadMs: number): Promise<string> {
  const leadId = await bench.lead({ lastName });
  const now = Date.now() + aheadMs;
  const need = await bench.db.need.create({
    data: { id: newId('need'), leadId, stage: 'assigned', openedAt: new Date(now - HOUR_MS) },
  });
  const repId = bench.reps['ada'] ?? '';
  await bench.db.lead.update({
    where: { id: leadId },
    data: { needId: need.id, stage: 'assigned', ownerId: repId, clockOffsetMs: BigInt(aheadMs) },
  });
  const at = { offeredAt: new Date(now - HOUR_MS), dueAt: new Date(now - HOUR_MS / 2) };
  await bench.db.assignment.create({
    data: { id: newId('assignment'), leadId, needId: need.id, repId, team: 'north', rule: 'x', ...at },
  });
  return leadId;
}

async function signIn(email: string) {
  const who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, email, new Date())) ?? '');
  return who;
}

test('its page, the desk and the board say its times with their dates, and that its clock is ahead', async () => {
  const leadId = await offeredAhead('Ahead', 2 * DAY_MS);
  const rep = await bench.db.rep.findUniqueOrThrow({ where: { key: 'ada' } });
  const by = { actor: 'system', at: new Date() };
  await inviteUser(bench.db, { email: 'clock@firm.example', name: 'Mia', role: 'manager', teams: [] }, by);
  const [ada, mia] = await Promise.all([signIn(rep.email), signIn('clock@firm.example')]);

  const page = (await ada.go(`/console/leads/${leadId}`)).text;
  expect(page).toMatch(new RegExp(`its clock is ahead of real time by 2 days\\. For it, it is\\s+${DATED}`));
  expect(page).toMatch(new RegExp(`Decide by\\s+${DATED}`, 'i'));
  expect(page).not.toMatch(DAY_WORD);

  const desk = (await ada.go('/console')).text;
  expect(desk).toMatch(new RegExp(`Ahead.*clock ahead by 2 days.*Decide:\\s+${DATED}`, 's'));
  expect((await ada.go('/console/decide')).text).toMatch(new RegExp(`clock ahead by 2 days.*by ${DATED}`, 's'));
  expect((await mia.go('/console/board')).text).toMatch(
    new RegExp(`Ahead</a.*no decision in time.*${DATED} <span class="badge">clock ahead by 2 days`, 's'),
  );
  expect((await mia.go('/console/leads')).text).toMatch(/Ahead<\/a> <span class="badge">clock ahead by 2 days/);
});

test('the page of a lead on real time says nothing of a clock, and keeps its day words', async () => {
  const leadId = await offeredAhead('Present', 0);
  const rep = await bench.db.rep.findUniqueOrThrow({ where: { key: 'ada' } });
  const page = (await (await signIn(rep.email)).go(`/console/leads/${leadId}`)).text;
  expect(page).not.toContain('its clock is ahead');
  expect(page).toMatch(DAY_WORD);
});
