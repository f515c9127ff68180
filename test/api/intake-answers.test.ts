/** What an answer says of what was taken otherwise than stated, and of what will not happen. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONSENT, openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

const submit = async (body: object, key?: string) => (await bench.post('/v1/leads', body, key)).body;

test('a lead without consent: the answer and why say that it is not mailed; a site key learns nothing of that', async () => {
  const because = 'there is no consent to marketing mail';
  const made = await submit({ email: 'mute@intake.example' });
  expect(made).toMatchObject({ outcome: 'created', mailable: false, because });
  expect(await submit({ email: 'mute@intake.example' })).toMatchObject({
    outcome: 'updated',
    mailable: false,
    because,
  });
  const why = (await bench.get(`/v1/leads/${String(made['id'])}/why`)).body;
  expect(why['consent']).toMatchObject({ mayMail: false, because });
  const yes = await submit({ email: 'mute@intake.example', consent: CONSENT });
  expect(yes).toMatchObject({ mailable: true });
  expect(yes).not.toHaveProperty('because');
  expect(await submit({ email: 'new@intake.example', consent: CONSENT })).toMatchObject({ mailable: true });
  await bench.post(`/v1/leads/${String(made['id'])}/unsubscribe`);
  const gone = { mailable: false, because: 'the lead has unsubscribed' };
  expect(await submit({ email: 'mute@intake.example' })).toMatchObject(gone);
  expect(await submit({ phone: '+49 30 1234567', consent: CONSENT })).toMatchObject({
    mailable: false,
    because: 'no email address is known',
  });
  const form = await submit({ email: 'mute@intake.example' }, bench.keys.site);
  expect(Object.keys(form).toSorted()).toEqual(['id', 'outcome']);
});

test('a time in the future becomes now, and the answer says so', async () => {
  const email = 'ahead@intake.example';
  const note = expect.stringMatching(/occurredAt is in the future/);
  expect(await submit({ email, occurredAt: '2090-01-01T00:00:00Z' })).toMatchObject({ note });
  const past = await submit({ email, occurredAt: '2026-01-01T00:00:00Z' });
  expect(past).not.toHaveProperty('note');
  const events = ['2090-01-01T00:00:00Z', '2026-01-01T00:00:00Z'].map((occurredAt, n) => {
    return { id: `ahead-${n}`, email, type: 'page.viewed', occurredAt };
  });
  const { body } = await bench.post('/v1/events', { events });
  expect(body['results']).toEqual([
    { status: 'accepted', id: 'ahead-0', note },
    { status: 'accepted', id: 'ahead-1' },
  ]);
});

test('a phone number that cannot be read loses nobody: it is kept as stated, and the lead says so', async () => {
  const made = await submit({ email: 'odd@intake.example', phone: '030 1234567' });
  const read = async () => (await bench.get(`/v1/leads/${String(made['id'])}`)).body;
  expect(await read()).toMatchObject({ phone: '0301234567', phoneProblem: expect.stringMatching(/country/) });
  await submit({ email: 'odd@intake.example', phone: '030 1234567', country: 'DE' });
  expect(await read()).toMatchObject({ phone: '+49301234567', phoneProblem: null });
  expect(await bench.post('/v1/leads', { phone: 'ask at reception' })).toMatchObject({ status: 400 });
});
