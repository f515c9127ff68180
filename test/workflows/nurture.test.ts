import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.close());

describe('a cadence in virtual time', () => {
  test('mails leave on the right days, and a lead out of content is dormant and its process over', async () => {
    const leadId = await engine.submit({ email: 'ann@drip.example', firstName: 'Ann', source: 'drip' });
    const [first] = await engine.sink.waitFor('ann@drip.example', 1);
    expect(first?.subject).toBe('The plain mail for Ann');
    await engine.forward(leadId, '1 day');
    expect(engine.sink.to('ann@drip.example')).toHaveLength(1);
    await engine.forward(leadId, '4 days');
    const mails = await engine.sink.waitFor('ann@drip.example', 3);
    const days = mails.map((mail) => Math.round((mail.date.getTime() - (mails[0]?.date.getTime() ?? 0)) / 86_400_000));
    expect(days).toEqual([0, 2, 4]);
    const lead = await engine.untilStage(leadId, 'dormant');
    expect(lead.nextDueAt).toBeNull();
    const sends = await engine.db.send.findMany({ where: { leadId } });
    expect(sends.map((send) => send.status)).toEqual(['sent', 'sent', 'sent']);
    expect(await engine.db.outbox.count({ where: { leadId } })).toBe(0);
  });
});

describe('the topic of a message', () => {
  test('decides alone: mails on a topic that the lead left are skipped, and the cadence goes on', async () => {
    const email = 'left@drip.example';
    const leadId = await engine.submit({ email, source: 'drip' });
    await engine.sink.waitFor(email, 1);
    const { occurredAt } = await engine.db.consent.findFirstOrThrow({ where: { leadId } });
    const said = { id: newId('consent'), leadId, text: 'No more tips', source: 'test', occurredAt };
    await engine.db.consent.create({ data: { ...said, topic: 'tips', granted: false } });
    await engine.forward(leadId, '49 hours');
    const second = await engine.until(
      () => engine.db.send.findFirst({ where: { leadId, stepId: 'two' } }),
      (send) => send !== null,
    );
    expect(second).toMatchObject({ status: 'skipped', reason: 'unsubscribed:tips' });
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'nurturing' });
    expect(engine.sink.to(email)).toHaveLength(1);
  });
});

describe('waking', () => {
  test('a click ends a waitFor at once; without a click the waitFor ends at its time-out', async () => {
    const clicker = await engine.submit({ email: 'click@listening.example', source: 'listening' });
    const quiet = await engine.submit({ email: 'quiet@listening.example', source: 'listening' });
    await engine.sink.waitFor('click@listening.example', 1);
    await engine.sink.waitFor('quiet@listening.example', 1);
    await engine.forward(clicker, '1 day');
    await engine.record({ leadId: clicker, type: 'email.clicked' });
    const [, thanks] = await engine.sink.waitFor('click@listening.example', 2);
    expect(thanks?.subject).toContain('The other mail');
    await engine.forward(quiet, '4 days');
    expect(engine.sink.to('quiet@listening.example')).toHaveLength(1);
    await engine.forward(quiet, '25 hours');
    const [, reminder] = await engine.sink.waitFor('quiet@listening.example', 2);
    expect(reminder?.subject).toContain('The plain mail');
    await engine.forward(quiet, '1 day');
    const moved = await engine.db.enrollment.findFirst({ where: { leadId: quiet, status: 'active' } });
    expect(moved?.cadence).toBe('drip');
  });

  test('crossing the threshold hands the lead over at once, and no drip leaves after', async () => {
    const leadId = await engine.submit({ email: 'hot@drip.example', source: 'drip' });
    await engine.sink.waitFor('hot@drip.example', 1);
    for (let n = 0; n < 3; n += 1) await engine.record({ leadId, type: 'pricing.viewed' });
    const before = await engine.lead(leadId);
    expect(before).toMatchObject({ stage: 'nurturing', armed: true });
    for (let n = 0; n < 5; n += 1) await engine.record({ leadId, type: 'page.viewed' });
    const lead = await engine.untilStage(leadId, 'assigned');
    expect(lead.armed).toBe(false);
    const assignment = await engine.db.assignment.findFirstOrThrow({ where: { leadId }, include: { rep: true } });
    await engine.sink.waitFor(assignment.rep.email, 1);
    await engine.forward(leadId, '1 hour');
    expect(engine.sink.to('hot@drip.example')).toHaveLength(1);
  });
});
