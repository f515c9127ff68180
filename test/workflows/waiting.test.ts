import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { createEventRecorder } from '../../src/store/events/record-events.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER } from './life.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

/** Clicks while the process stands at the point; under the lead's lock the click is on its way, and waits, before `go`. */
async function clickAt(point: 'effect.acted' | 'effect.settling', email: string, go: () => void): Promise<void> {
  const clicked = engine.record({ email, type: 'email.clicked' });
  if (point === 'effect.acted') await clicked;
  else await expect.poll(waitsForALock).toBe(true);
  go();
  await clicked;
}

async function waitsForALock(): Promise<boolean> {
  return (await lockWaiters(engine.db)).length > 0;
}

describe('waiting for a click', () => {
  // Before the outcome of the mail is written and the wait is entered, and while that is being done, under the lead's lock.
  test.each(['effect.acted', 'effect.settling'] as const)(
    'one that comes with the mail itself is not missed: at %s',
    async (point) => {
      const email = `${point}@waiting.example`;
      using mailed = engine.stopAt(point, email);
      await engine.submit({ email, source: 'listening' });
      await mailed.reached;
      await clickAt(point, email, () => mailed.go());
      const [, answer] = await engine.sink.waitFor(email, 2);
      expect(answer?.subject).toContain('The other mail');
    },
  );

  test.each(['effect.acted', 'effect.settling'] as const)(
    'nor by a lead whose clock was forwarded: at %s',
    async (point) => {
      const email = `ahead.${point}@waiting.example`;
      const leadId = await engine.submit({ email, source: 'drip' });
      await engine.sink.waitFor(email, 1);
      await engine.forward(leadId, '1 day');
      using mailed = engine.stopAt(point, email);
      const told = life.tell(leadId, MANAGER, { kind: 'enroll', cadence: 'listening' });
      await mailed.reached;
      expect(engine.sink.to(email)).toHaveLength(2);
      await clickAt(point, email, () => mailed.go());
      await told;
      const [, , answer] = await engine.sink.waitFor(email, 3);
      expect(answer?.subject).toContain('The other mail');
    },
  );

  test('a click before the mail does not count', async () => {
    const leadId = await engine.submit({
      email: 'before@waiting.example',
      source: 'listening',
      event: { type: 'email.clicked' },
    });
    await engine.sink.waitFor('before@waiting.example', 1);
    await engine.forward(leadId, '4 days');
    expect(engine.sink.to('before@waiting.example')).toHaveLength(1);
    await engine.forward(leadId, '30 hours');
    expect(engine.sink.to('before@waiting.example').map((mail) => mail.subject)).toEqual([
      'The plain mail for you',
      'The plain mail for you',
    ]);
  });

  test('after a branch, events since the mail count, and only those that the condition asks for', async () => {
    const leadId = await engine.submit({ email: 'branch@waiting.example', source: 'branching' });
    await engine.sink.waitFor('branch@waiting.example', 1);
    await engine.record({ leadId, type: 'email.clicked', properties: { page: 'imprint' } });
    await engine.forward(leadId, '1 day');
    expect(await life.enrollment(leadId)).toMatchObject({ stepId: 'clicked' });
    await engine.record({ leadId, type: 'email.clicked', properties: { page: 'offer' } });
    const [, thanks] = await engine.sink.waitFor('branch@waiting.example', 2);
    expect(thanks?.subject).toContain('The other mail');
    await engine.untilStage(leadId, 'dormant');
    const left = await engine.submit({ email: 'left@waiting.example', source: 'branching', country: 'IT' });
    await engine.untilStage(left, 'dormant');
    expect(engine.sink.to('left@waiting.example')).toHaveLength(1);
  });

  test("a click ends one wait and not the next, though its time is ahead of the process's clock", async () => {
    const leadId = await engine.submit({ email: 'fast@waiting.example', source: 'asking' });
    const standsBefore = (pass: number) =>
      engine.until(
        () => life.enrollment(leadId),
        (one) => one?.stepId === 'answered' && one.pass === pass,
      );
    await standsBefore(1);
    const ahead = createEventRecorder({ ...engine.store, realNow: () => Date.now() + 30_000 });
    engine.relay.ring((await ahead([{ leadId, type: 'email.clicked' }])).ringIds);
    await standsBefore(2);
    expect((await engine.lead(leadId)).awaiting).toMatchObject([{ stepId: 'answered' }]);
    expect((await engine.lead(leadId)).awaiting).not.toMatchObject([{ metBy: expect.anything() }]);
    expect(engine.sink.to('fast@waiting.example')).toHaveLength(2);
  });

  test('the click is found among very many events', async () => {
    const leadId = await engine.submit({ email: 'many@waiting.example', source: 'patient' });
    await engine.sink.waitFor('many@waiting.example', 1);
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.stepId === 'where',
    );
    const { steppedAt } = (await life.enrollment(leadId)) ?? { steppedAt: new Date() };
    await engine.db.event.createMany({
      data: Array.from({ length: 450 }, (_, n) => ({
        id: newId('event'),
        leadId,
        type: 'email.clicked',
        properties: { page: n === 420 ? 'offer' : 'imprint' },
        // Several at one instant.
        occurredAt: new Date(steppedAt.getTime() + 1 + Math.floor(n / 7)),
      })),
    });
    await engine.forward(leadId, '1 day');
    const [, thanks] = await engine.sink.waitFor('many@waiting.example', 2);
    expect(thanks?.subject).toContain('The other mail');
  });
});

describe('a cadence that goes back', () => {
  test('counts its passes and sends the same step again in each', async () => {
    const leadId = await engine.submit({ email: 'round@circle.example', source: 'circle' });
    await engine.sink.waitFor('round@circle.example', 1);
    await engine.forward(leadId, '7 days');
    const mails = engine.sink.to('round@circle.example');
    expect(life.days(mails)).toEqual([0, 3, 6]);
    expect((await life.sends(leadId)).map(({ stepId, pass, status }) => [stepId, pass, status])).toEqual([
      ['news', 1, 'sent'],
      ['news', 2, 'sent'],
      ['news', 3, 'sent'],
    ]);
    // Warm enough now: the branch leads on, and a wait that runs out leads back.
    await engine.record({ leadId, type: 'email.clicked' }, { leadId, type: 'email.clicked' });
    await engine.forward(leadId, '5 days');
    const after = (await life.sends(leadId)).slice(3).map(({ stepId, pass }) => [stepId, pass]);
    expect(after).toEqual([
      ['news', 4],
      ['ask', 4],
      ['news', 5],
      ['ask', 5],
    ]);
  });
});

describe('out of content', () => {
  test('moves on as the cadence says, and ends where nothing is left', async () => {
    const leadId = await engine.submit({ email: 'out@dry.example', source: 'dry' });
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one?.cadence === 'back',
    );
    await engine.forward(leadId, '12 days');
    expect(life.days(engine.sink.to('out@dry.example'))).toEqual([0, 1, 11]);
    expect(await engine.lead(leadId)).toMatchObject({ stage: 'dormant', nextDueAt: null });
    const runs = await engine.db.enrollment.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
    expect(runs).toMatchObject([
      { cadence: 'dry', status: 'completed' },
      { cadence: 'back', via: 'move', status: 'completed' },
    ]);
  });
});
