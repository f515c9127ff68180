/** What somebody asked for is answered at once, whatever the drips do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { suppressAddress } from '../../src/store/consent/suppress-address.ts';
import { unsubscribe } from '../../src/store/consent/unsubscribe.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { lifeOf, MANAGER } from './life.ts';

let engine: Engine;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  engine = await startEngine();
  life = lifeOf(engine);
});
afterAll(() => engine?.close());

/** A zone in which it is evening, so that the window of the drips is closed for hours. */
function evening(): string {
  const ahead = (20 - new Date().getUTCHours() + 24) % 24;
  return ahead <= 12 ? `Etc/GMT-${ahead}` : `Etc/GMT+${24 - ahead}`;
}

const guide = (email: string, more = {}) => engine.submit({ email, source: 'guide', timeZone: evening(), ...more });
const answers = async (leadId: string) =>
  (await life.sends(leadId))
    .filter(({ key }) => key.startsWith('answer:'))
    .map(({ status, reason }) => reason ?? status);
const untilAnswered = (leadId: string, count: number) =>
  engine.until(
    () => answers(leadId),
    (all) => all.length === count && !all.includes('claimed'),
  );

describe('a request', () => {
  test('is answered outside the window, and the drip waits for it', async () => {
    const leadId = await guide('friday@answer.example');
    await engine.sink.waitFor('friday@answer.example', 1);
    expect(await untilAnswered(leadId, 1)).toEqual(['sent']);
    expect(await life.enrollment(leadId)).toMatchObject({ cadence: 'answering', stepId: 'drip' });
    expect((await engine.lead(leadId)).nextSummary).toMatch(/^Wait until .* for ‘drip’$/);
  });

  test('is answered again when it is asked again later, also after the series is over; twice in a moment is one request', async () => {
    const email = 'again@answer.example';
    const leadId = await guide(email);
    await untilAnswered(leadId, 1);
    await guide(email);
    expect(await untilAnswered(leadId, 2)).toEqual(['sent', 'answered-just-now']);
    await engine.forward(leadId, '8 days');
    await engine.untilStage(leadId, 'dormant');
    await guide(email);
    expect(await untilAnswered(leadId, 3)).toEqual(['sent', 'answered-just-now', 'sent']);
    await engine.untilStage(leadId, 'dormant');
    expect(engine.sink.to(email).map(({ subject }) => subject)).toEqual([
      'The plain mail for you',
      'The other mail for you',
      'The plain mail for you',
    ]);
    expect(await engine.db.enrollment.count({ where: { leadId } })).toBe(1);
    expect(await engine.db.answer.count({ where: { leadId } })).toBe(0);
  });

  test('is answered while sales has the lead', async () => {
    const { leadId } = await life.ready({ email: 'sales@answer.example' });
    await guide('sales@answer.example');
    expect(await untilAnswered(leadId, 1)).toEqual(['sent']);
    expect((await engine.lead(leadId)).stage).toBe('assigned');
  });

  test('by a form is answered as the form says', async () => {
    const event = { type: 'form.submitted', properties: { form: 'price-list' } };
    const leadId = await engine.submit({ email: 'form@answer.example', source: 'guide', country: 'AT', event });
    await untilAnswered(leadId, 1);
    expect((await life.audits(leadId, 'answer.owed'))[0]?.data).toMatchObject({
      by: 'form:price-list',
      template: 'other',
    });
  });

  test('needs no consent to marketing, and having left the list does not stand against it', async () => {
    const no = { text: 'No', source: 'test', granted: false };
    const leadId = await guide('left@answer.example', { consent: no });
    expect(await untilAnswered(leadId, 1)).toEqual(['sent']);
    await unsubscribe(engine.store, { leadId, source: 'test' });
    const event = { type: 'form.submitted', properties: { form: 'price-list' } };
    await engine.submit({ email: 'left@answer.example', country: 'DE', consent: no, event });
    expect(await untilAnswered(leadId, 2)).toEqual(['sent', 'sent']);
    expect(await life.enrollment(leadId)).toBeNull();
  });

  test('of who left the list is answered by a mail that is of no list and is not tracked; any answer is marked as transactional', async () => {
    const yes = { text: 'Yes', source: 'test' };
    const listed = async (email: string, more: object, leave: boolean) => {
      const leadId = await engine.submit({ email, source: 'demo', consent: yes });
      if (leave) await unsubscribe(engine.store, { leadId, source: 'test' });
      await engine.submit({ email, source: 'guide', timeZone: evening(), ...more });
      await untilAnswered(leadId, 1);
      const mail = engine.sink.to(email).find(({ subject }) => subject === 'The plain mail for you');
      const send = (await life.sends(leadId)).find(({ key }) => key.startsWith('answer:'));
      const feedback = mail?.headers.get('feedback-id');
      const names = [...(mail?.headers.keys() ?? [])];
      return {
        isListed: names.includes('list') || names.some((name) => name.startsWith('list-')),
        isTracked: /\/[co]\/[\w-]{20,}/.test(mail?.html ?? ''),
        untracked: send?.untracked,
        kind: typeof feedback === 'string' ? feedback.split(':')[2] : feedback,
      };
    };
    expect(await listed('stays@answer-stays.example', {}, false)).toEqual({
      isListed: true,
      isTracked: true,
      untracked: null,
      kind: 'transactional',
    });
    const off = { isListed: false, isTracked: false, untracked: 'all', kind: 'transactional' };
    expect(await listed('left@answer-left.example', { consent: undefined }, true)).toEqual(off);
    const no = { text: 'No', source: 'test', granted: false };
    expect(await listed('refused@answer-refused.example', { consent: no }, false)).toEqual(off);
  });

  test('of a suppressed address is not answered', async () => {
    const address = 'bounced@answer.example';
    await suppressAddress(engine.db, {
      address,
      reason: 'hard-bounce',
      source: 'test',
      leadId: null,
      occurredAt: new Date(),
    });
    expect(await untilAnswered(await guide(address), 1)).toEqual(['suppressed:hard-bounce']);
  });

  test('that was imported, or made long ago, is none', async () => {
    const leadId = await guide('list@answer.example', { how: 'csv' });
    await guide('list@answer.example', { occurredAt: new Date(Date.now() - 30 * 86_400_000) });
    await engine.until(
      () => engine.db.touch.count({ where: { leadId, handledAt: null } }),
      (left) => left === 0,
    );
    expect(await life.audits(leadId, 'answer.owed')).toEqual([]);
  });

  test('is answered ten times a day at most, whatever was asked for: a stranger fills nobody’s mailbox', async () => {
    const email = 'often@answer.example';
    const leadId = await guide(email);
    expect(await untilAnswered(leadId, 1)).toEqual(['sent']);
    const before = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);
    const earlier = (n: number, occurredAt: Date) => ({
      id: `send-often-${n}`,
      key: `answer:tch-often-${n}`,
      leadId,
      templateKey: `guide-${n}`,
      status: 'sent' as const,
      attempt: 'x',
      occurredAt,
    });
    // The first was sent the day before.
    const sends = Array.from({ length: 9 }, (_, n) => earlier(n, before(n === 0 ? 25 * 60 : 60 + n)));
    await engine.db.send.createMany({ data: sends });
    const first = { leadId, key: { startsWith: 'answer:' }, templateKey: { not: { startsWith: 'guide-' } } };
    const ask = async (): Promise<void> => {
      // As if the answer before were older than a second press of the button.
      await engine.db.send.updateMany({ where: first, data: { occurredAt: before(30) } });
      await guide(email);
    };
    await ask();
    expect((await untilAnswered(leadId, 11)).filter((word) => word !== 'sent')).toEqual([]);
    await ask();
    expect((await untilAnswered(leadId, 12)).filter((word) => word !== 'sent')).toEqual(['answered-often']);
  });

  test('of a paused lead is answered when it is resumed', async () => {
    const leadId = await guide('paused@answer.example', { how: 'csv' });
    await engine.until(
      () => life.enrollment(leadId),
      (one) => one !== null,
    );
    await life.tell(leadId, MANAGER, { kind: 'pause' });
    await guide('paused@answer.example');
    await engine.until(
      () => life.audits(leadId, 'answer.owed'),
      (owed) => owed.length === 1,
    );
    expect(await answers(leadId)).toEqual([]);
    await life.tell(leadId, MANAGER, { kind: 'resume' });
    expect(await untilAnswered(leadId, 1)).toEqual(['sent']);
  });

  test('that was put off is not answered once the lead is disqualified', async () => {
    const email = 'spam@answer.example';
    engine.sink.behave(({ to }) => (to === email ? { code: 451, text: '4.3.0 try later' } : null));
    const leadId = await guide(email);
    await engine.until(
      () => engine.db.answer.findFirst({ where: { leadId } }),
      (one) => one?.attempts === 1,
    );
    await life.tell(leadId, MANAGER, { kind: 'disqualify', reason: 'spam' });
    engine.sink.behave(null);
    await engine.forward(leadId, '2 minutes');
    await engine.until(
      () => engine.db.answer.count({ where: { leadId } }),
      (owed) => owed === 0,
    );
    expect(engine.sink.to(email)).toEqual([]);
  });

  test('whose mail is refused for now is answered later', async () => {
    const email = 'busy@answer.example';
    engine.sink.behave(({ to }) => (to === email ? { code: 451, text: '4.3.0 try later' } : null));
    const leadId = await guide(email);
    await engine.until(
      () => engine.db.answer.findFirst({ where: { leadId } }),
      (one) => one?.attempts === 1,
    );
    engine.sink.behave(null);
    await engine.forward(leadId, '2 minutes');
    expect(await untilAnswered(leadId, 1)).toEqual(['sent']);
  });
});
