/** A message in doubt is sent once more when a person says so, and only once. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendDismiss, sendResend, sendShow } from '../../src/cli/send.ts';
import { openApi, type Bench } from '../api/support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

/** A lead whose first mail arrived, but whose worker was killed before it could write that down: to the ledger it is in doubt. */
async function inDoubt(name: string): Promise<{ leadId: string; sendId: string; email: string }> {
  const email = `${name}@${name}-resend.example`;
  const leadId = await bench.lead({ email, source: 'drip' });
  await bench.engine.sink.waitFor(email, 1);
  const send = await bench.engine.until(
    () => bench.db.send.findFirst({ where: { leadId, status: 'sent' } }),
    (one) => one !== null,
  );
  await bench.db.send.update({ where: { id: send?.id ?? '' }, data: { status: 'in_doubt' } });
  return { leadId, sendId: send?.id ?? '', email };
}

const resend = (sendId: string) => bench.post(`/v1/sends/${sendId}/resend`);

test('the same words go out in a message of its own, once, and who had it sent stands on the timeline', async () => {
  const { leadId, sendId, email } = await inDoubt('ada');
  const [first, ...others] = await Promise.all([resend(sendId), resend(sendId), resend(sendId)]);
  expect(first).toMatchObject({ status: 202, body: { id: sendId, leadId } });
  for (const other of others) expect(other.body).toEqual(first?.body);
  const [original, again] = await bench.engine.sink.waitFor(email, 2);
  expect(again?.subject).toBe(original?.subject);
  const resent = await bench.engine.until(
    () => bench.db.send.findFirst({ where: { resendOf: sendId } }),
    (send) => send?.status === 'sent',
  );
  expect(again?.sendId).toBe(resent?.id);
  expect(resent).toMatchObject({ key: `resend:${sendId}`, audience: 'lead' });
  expect(await resend(sendId)).toMatchObject({ status: 202, body: first?.body });
  const { body } = await bench.get(`/v1/leads/${leadId}/timeline?order=desc`);
  const titles = (body.items ?? []).map(({ title }) => title);
  expect(titles).toContain('Resent email ‘plain’ sent');
  expect(titles.filter((title) => String(title).startsWith('A message in doubt is sent once more by'))).toHaveLength(1);
  expect((await bench.get('/v1/attention?kind=send-in-doubt&limit=200')).body.items).toEqual([]);
  expect((await bench.post(`/v1/sends/${sendId}/dismiss`)).body.code).toBe('CONFLICT');
  expect(bench.engine.sink.to(email)).toHaveLength(2);
});

test('it is refused with the reason where the message must not go out any more', async () => {
  const gone = await inDoubt('ben');
  await bench.post(`/v1/leads/${gone.leadId}/unsubscribe`, { source: 'by phone' });
  expect((await resend(gone.sendId)).body).toMatchObject({
    code: 'CONFLICT',
    detail: 'It must not go out any more: the lead has unsubscribed. Dismiss it instead.',
  });
  const spam = await inDoubt('cat');
  await bench.post(`/v1/leads/${spam.leadId}/disqualify`, { reason: 'competitor' });
  expect((await resend(spam.sendId)).body).toMatchObject({ code: 'STAGE_FORBIDS' });
  const sent = await inDoubt('dan');
  await bench.db.send.update({ where: { id: sent.sendId }, data: { status: 'sent' } });
  expect((await resend(sent.sendId)).body).toMatchObject({ code: 'CONFLICT' });
  const dropped = await inDoubt('eve');
  await bench.post(`/v1/sends/${dropped.sendId}/dismiss`);
  expect((await resend(dropped.sendId)).body).toMatchObject({ code: 'CONFLICT' });
  for (const { email } of [gone, spam, sent, dropped]) expect(bench.engine.sink.to(email)).toHaveLength(1);
});

test('a suppression that comes between the word of the person and the turn of the process is heeded', async () => {
  const { leadId, sendId, email } = await inDoubt('fay');
  await bench.post('/v1/sending/pause', { reason: 'a look at the mail server' });
  expect((await resend(sendId)).status).toBe(202);
  await bench.db.suppression.create({
    data: { email, reason: 'hard-bounce', source: 'test', leadId, occurredAt: new Date() },
  });
  await bench.post('/v1/sending/resume');
  const skipped = await bench.engine.until(
    () => bench.db.send.findFirst({ where: { resendOf: sendId } }),
    (send) => send !== null,
  );
  expect(skipped).toMatchObject({ status: 'skipped', reason: 'suppressed:hard-bounce' });
  expect(bench.engine.sink.to(email)).toHaveLength(1);
});

test('by the command line: shown, sent once more, dismissed, and a second word is refused', async () => {
  const client = { url: bench.base, key: bench.keys.operator };
  const config = { ...bench.engine.config, client };
  const again = await inDoubt('uma');
  expect((await sendShow(config, again.sendId)).text).toMatch(/Status +in doubt/);
  expect((await sendResend(config, again.sendId)).text).toContain(
    `${again.sendId} is sent once more to ${again.leadId}`,
  );
  await bench.engine.sink.waitFor(again.email, 2);
  expect((await sendShow(config, again.sendId)).text).toMatch(/Resent +\d{4}-\S+ by API key ‘operator’/);
  await expect(sendDismiss(config, again.sendId)).rejects.toThrow(/once more/);
  const left = await inDoubt('vic');
  expect((await sendDismiss(config, left.sendId)).text).toContain(
    `Nothing follows from ${left.sendId}, as API key ‘operator’ said`,
  );
  await expect(sendResend(config, left.sendId)).rejects.toThrow(/was dismissed/);
  const stranger = { ...config, client: { url: bench.base, key: bench.keys.rep } };
  await expect(sendResend(stranger, left.sendId)).rejects.toThrow(/answered 403/);
});
