/** Several enrollments of one lead: a cadence that stands still behind a better one, and reminders beside both. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, readPicture, refreshPicture } from '../../src/store/process/picture.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

const enrollments = (leadId: string) =>
  engine.db.enrollment.findMany({
    where: { leadId },
    select: { cadence: true, status: true, key: true, stepId: true, endReason: true },
    orderBy: { id: 'asc' },
  });
const subjects = (email: string) => engine.sink.to(email).map(({ subject }) => subject.split(' ')[1]);

describe('the command enroll', () => {
  test('of a lead that is in the cadence says so and sends nothing; "restart" begins again, past what the lead got', async () => {
    const email = 'twice@beside.example';
    const leadId = await engine.submit({ email, source: 'nowhere' });
    await engine.untilStage(leadId, 'dormant');
    const enroll = (restart?: true) =>
      life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'campaign', ...(restart && { restart }) });
    expect(await enroll()).toMatchObject({ ok: true, message: 'Enrolled in campaign.' });
    await engine.sink.waitFor(email, 1);
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.stepId === 'twice',
    );
    expect(await enroll()).toMatchObject({
      ok: true,
      message: 'It is in campaign already, at step ‘twice’: nothing was changed. To begin again, send "restart": true.',
    });
    expect(await engine.db.enrollment.count({ where: { leadId } })).toBe(1);
    expect(await enroll(true)).toMatchObject({ ok: true, message: 'Enrolled in campaign.' });
    await engine.forward(leadId, '3 days');
    await engine.untilStage(leadId, 'dormant');
    expect(subjects(email)).toEqual(['other', 'plain']);
    expect((await life.sends(leadId)).map(({ stepId, status, reason }) => [stepId, reason ?? status])).toEqual([
      ['offer', 'sent'],
      ['offer', 'already-got'],
      ['twice', 'sent'],
    ]);
  });
});

describe('a better cadence that suspends', () => {
  test('goes first, and then the other goes on where it stood, with what was left of its wait', async () => {
    const email = 'first@beside.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    await engine.forward(leadId, '1 day');
    await engine.submit({ email, source: 'drip', need: { productLine: 'spring' } });
    await engine.sink.waitFor(email, 2);
    expect(await enrollments(leadId)).toMatchObject([
      { cadence: 'drip', status: 'suspended', stepId: 'two' },
      { cadence: 'campaign', status: 'active' },
    ]);
    expect((await life.audits(leadId, 'enrollment.suspended'))[0]?.data).toMatchObject({
      cadence: 'drip',
      by: 'campaign',
    });
    // Two days of the campaign, whose second mail the lead has got; then the second day of the wait that stood still.
    await engine.forward(leadId, '50 hours');
    expect(await enrollments(leadId)).toMatchObject([
      { cadence: 'drip', status: 'active', stepId: 'two' },
      { cadence: 'campaign', status: 'completed' },
    ]);
    expect(subjects(email)).toEqual(['plain', 'other']);
    await engine.forward(leadId, '1 day');
    expect(subjects(email)).toEqual(['plain', 'other', 'plain']);
    await engine.forward(leadId, '3 days');
    await engine.untilStage(leadId, 'dormant');
    expect(subjects(email)).toEqual(['plain', 'other', 'plain', 'plain']);
    // Re-entry after 90 days: not yet.
    await engine.submit({ email, source: 'web', need: { productLine: 'spring' } });
    await engine.until(
      () => engine.db.touch.count({ where: { leadId, handledAt: null } }),
      (left) => left === 0,
    );
    expect((await enrollments(leadId)).filter(({ cadence }) => cadence === 'campaign')).toHaveLength(1);
  });

  test('leaves nothing behind when the lead qualifies', async () => {
    const email = 'ready@beside.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    await engine.submit({ email, source: 'drip', need: { productLine: 'spring' } });
    await engine.sink.waitFor(email, 2);
    await life.demo(leadId);
    await life.offered(leadId);
    expect(await enrollments(leadId)).toMatchObject([
      { cadence: 'drip', status: 'ended', endReason: 'qualified' },
      { cadence: 'campaign', status: 'ended', endReason: 'qualified' },
    ]);
  });
});

describe('a reminder', () => {
  const registers = (leadId: string, webinar: string) =>
    engine.record({ leadId, type: 'webinar.registered', properties: { webinar } });
  const reminders = async (leadId: string) =>
    (await enrollments(leadId)).filter(({ cadence }) => cadence === 'webinar');

  test('runs beside the cadence, one for each webinar, and a cancellation ends the right one', async () => {
    const email = 'webinars@beside.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    await registers(leadId, 'soil');
    await registers(leadId, 'frost');
    await registers(leadId, 'soil');
    await engine.until(
      () => reminders(leadId),
      (all) => all.length === 2,
    );
    expect(await life.enrollment(leadId)).not.toBeNull();
    await engine.record({ leadId, type: 'webinar.cancelled', properties: { webinar: 'soil' } });
    await engine.until(
      () => reminders(leadId),
      (all) => all.some(({ status }) => status === 'ended'),
    );
    expect(await reminders(leadId)).toMatchObject([
      { key: 'soil', status: 'ended', endReason: 'cancelled by webinar.cancelled' },
      { key: 'frost', status: 'active' },
    ]);
    await engine.forward(leadId, '5 days');
    await engine.untilStage(leadId, 'dormant');
    const sends = await life.sends(leadId);
    // Three drips, and the reminder of the frost, in the order of their days.
    expect(sends.map(({ stepId }) => stepId)).toEqual(['one', 'two', 'tomorrow', 'three']);
    expect((await reminders(leadId))[1]).toMatchObject({ key: 'frost', status: 'completed' });
  });

  test('goes on while sales has the lead, and waits while it is paused', async () => {
    const { leadId } = await life.ready({ email: 'sold@beside.example' });
    await life.tell(leadId, MANAGER, { kind: 'pause' });
    await registers(leadId, 'pruning');
    await life.tell(leadId, MANAGER, { kind: 'resume' });
    await engine.until(
      () => reminders(leadId),
      (all) => all.length === 1,
    );
    await engine.forward(leadId, '73 hours');
    expect((await life.sends(leadId)).at(-1)).toMatchObject({ stepId: 'tomorrow', status: 'sent' });
    expect((await engine.lead(leadId)).stage).not.toBe('dormant');
  });

  test('of one lead is none of another: leads without a cadence share no list', async () => {
    const leadId = await engine.submit({ email: 'alone@beside.example', source: 'nowhere' });
    await engine.untilStage(leadId, 'dormant');
    const { db } = engine;
    const picture = await inTransaction(db, (tx) => readPicture(db, tx, leadId));
    const look = () => inTransaction(db, (tx) => refreshPicture(db, tx, picture));
    const [one, other] = [await look(), await look()];
    expect(one.reminders).toEqual([]);
    expect(other.reminders).not.toBe(one.reminders);
    expect(other.suspended).not.toBe(one.suspended);
  });

  test('needs to know what it is about', async () => {
    const leadId = await engine.submit({ email: 'nothing@beside.example', source: 'nowhere' });
    await engine.untilStage(leadId, 'dormant');
    await engine.record({ leadId, type: 'webinar.registered' });
    await engine.record({ leadId, type: 'webinar.registered', properties: { webinar: 'soil', language: 'fr' } });
    expect((await engine.lead(leadId)).triggers).toBeNull();
    expect(await engine.db.outbox.count({ where: { leadId, reason: 'triggered' } })).toBe(0);
  });
});
