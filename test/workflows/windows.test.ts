import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import type { ReceivedMail } from '../support/mail-sink.ts';
import { lifeOf, MANAGER } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

function local(mail: ReceivedMail | undefined, zone: string): DateTime {
  return DateTime.fromJSDate(mail?.date ?? new Date(0), { zone });
}

/** Begun inside Monday to Friday, nine to five, by the clock on the lead's wall: what begins as the office closes arrives after it. */
function inOffice(arrived: DateTime): boolean {
  return [arrived, arrived.minus({ minutes: 1 })].some((at) => at.weekday <= 5 && at.hour >= 9 && at.hour < 17);
}

/** Forwards a lead until shortly after a local time in some days. */
async function forwardTo(leadId: string, zone: string, to: (now: DateTime) => DateTime): Promise<void> {
  const { clockOffsetMs } = await engine.lead(leadId);
  const now = DateTime.fromMillis(Date.now() + Number(clockOffsetMs), { zone });
  const minutes = Math.ceil(to(now).diff(now).as('minutes'));
  await engine.forward(leadId, `${minutes} minutes`);
}

describe('office hours', () => {
  test.each(['America/New_York', 'Europe/Berlin', 'Asia/Tokyo'])(
    'are those of the lead’s own zone, over any weekend: %s',
    async (timeZone) => {
      const email = `${timeZone.replace(/\W/g, '').toLowerCase()}@office.example`;
      const leadId = await engine.submit({ email, source: 'office', timeZone });
      await engine.until(
        () => life.enrollment(leadId),
        (one) => one !== null,
      );
      // A new mail begins each time outside the window: on a Saturday at noon, and on a Friday evening.
      await forwardTo(leadId, timeZone, (now) => now.plus({ weeks: 1 }).set({ weekday: 6, hour: 12, minute: 0 }));
      const before = engine.sink.to(email).length;
      await life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'office' });
      await forwardTo(leadId, timeZone, (now) => now.plus({ days: 2 }).set({ hour: 8, minute: 50 }));
      expect(engine.sink.to(email)).toHaveLength(before);
      await forwardTo(leadId, timeZone, (now) => now.set({ hour: 9, minute: 10 }));
      const [monday] = engine.sink.to(email).slice(before);
      expect(local(monday, timeZone).toFormat('cccc HH:mm')).toBe('Monday 09:00');
      await engine.forward(leadId, '5 days');
      const [, tuesday] = engine.sink.to(email).slice(before);
      expect(local(tuesday, timeZone).toFormat('cccc HH:mm')).toBe('Tuesday 09:00');
      for (const mail of engine.sink.to(email)) expect(inOffice(local(mail, timeZone))).toBe(true);
    },
  );

  test('a wait that ends on a Saturday is over on Monday morning', async () => {
    const timeZone = 'Europe/Berlin';
    const leadId = await engine.submit({ email: 'friday@office.example', source: 'nowhere', timeZone });
    await engine.untilStage(leadId, 'dormant');
    await life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'better' });
    await engine.sink.waitFor('friday@office.example', 1);
    await forwardTo(leadId, timeZone, (now) => now.plus({ weeks: 1 }).set({ weekday: 5, hour: 15, minute: 0 }));
    await life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'office' });
    const [, friday] = await engine.sink.waitFor('friday@office.example', 2);
    expect(local(friday, timeZone).toFormat('cccc HH')).toBe('Friday 15');
    await engine.forward(leadId, '4 days');
    const [, , monday] = engine.sink.to('friday@office.example');
    expect(local(monday, timeZone).toFormat('cccc HH:mm')).toBe('Monday 09:00');
  });

  test('a lead without a zone of its own has the playbook’s default zone', async () => {
    expect(engine.playbook.defaultTimeZone).toBe('UTC');
    const leadId = await engine.submit({ email: 'nozone@office.example', source: 'nowhere' });
    await engine.untilStage(leadId, 'dormant');
    await life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'better' });
    await forwardTo(leadId, 'UTC', (now) => now.plus({ weeks: 1 }).set({ weekday: 7, hour: 3, minute: 0 }));
    await life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'office' });
    await engine.forward(leadId, '2 days');
    expect(local(engine.sink.to('nozone@office.example')[1], 'UTC').toFormat('cccc HH:mm')).toBe('Monday 09:00');
  });
});

describe('over a change of the clock', () => {
  test.each(['Europe/Berlin', 'America/New_York'])(
    'a mail after days stays at its hour on the wall: %s',
    async (timeZone) => {
      const email = `dst${timeZone.length}@office.example`;
      const leadId = await engine.submit({ email, source: 'nowhere', timeZone });
      await engine.untilStage(leadId, 'dormant');
      const change = nextChange(timeZone);
      await life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'better' });
      // Enrolled at half past ten on the day before the clocks change; the second mail of three is two days later.
      await forwardTo(leadId, timeZone, () => change.minus({ days: 1 }).set({ hour: 10, minute: 30 }));
      const before = engine.sink.to(email).length;
      await life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'drip' });
      await engine.sink.waitFor(email, before + 1);
      await engine.forward(leadId, '5 days');
      const mails = engine.sink.to(email).slice(before);
      expect(mails).toHaveLength(3);
      const walls = mails.map((mail) => local(mail, timeZone));
      const minutes = walls.map((at) => at.hour * 60 + at.minute - (10 * 60 + 30));
      // The step before ends a moment after it was due; a lost or won hour is far outside.
      for (const late of minutes) expect([0, 1, 2]).toContain(late);
      expect(walls[0]?.offset).not.toBe(walls[1]?.offset);
      expect(
        walls.map((at) =>
          Math.round(
            at
              .startOf('day')
              .diff(walls[0]?.startOf('day') ?? at)
              .as('days'),
          ),
        ),
      ).toEqual([0, 2, 4]);
    },
  );
});

/** The day on which a zone's offset changes next. */
function nextChange(zone: string): DateTime {
  let day = DateTime.now().setZone(zone).plus({ days: 3 }).startOf('day');
  while (day.offset === day.plus({ days: 1 }).offset) day = day.plus({ days: 1 });
  return day;
}
