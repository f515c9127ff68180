/** A rep's key makes leads and updates the rep's own. Whoever knows the email of another lead gets no further than a public form. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lifeOf } from '../workflows/life.ts';
import { CONSENT, openApi, type Bench } from './support.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

let bench: Bench;
let life: ReturnType<typeof lifeOf>;
beforeAll(async () => {
  bench = await openApi({ worker: true });
  life = lifeOf(bench.engine);
});
afterAll(() => bench.close());

const submit = (body: object, key = bench.keys.rep) => bench.post('/v1/leads', body, key);
const read = async (leadId: string) => (await bench.get(`/v1/leads/${leadId}`)).body;

/** Dino's lead, which Ada knows the email of. */
async function dinos(email: string) {
  const leadId = await bench.lead({ email, firstName: 'Mia', enterAt: { stage: 'assigned', owner: 'dino' } });
  await life.offered(leadId);
  return leadId;
}

test('a rep submits a new lead and owns it', async () => {
  const email = 'walked-in@reps.example';
  const made = await submit({ email, firstName: 'Ken', enterAt: { stage: 'opportunity', owner: 'ada' } });
  expect(made).toMatchObject({ status: 201, body: { outcome: 'created' } });
  const leadId = String(made.body['id']);
  await bench.engine.untilStage(leadId, 'opportunity');
  expect(await submit({ email, firstName: 'Kenneth' })).toMatchObject({
    status: 200,
    body: { id: leadId, outcome: 'updated' },
  });
  expect((await bench.get(`/v1/leads/${leadId}`, bench.keys.rep)).body).toMatchObject({ firstName: 'Kenneth' });
});

test('a rep who submits another rep’s lead overwrites nothing, does not become its owner and learns nothing; the owner is told of the request', async () => {
  const email = 'theirs@reps.example';
  const leadId = await dinos(email);
  const answer = await submit({
    email,
    firstName: 'Mallory',
    phone: '+49 30 1234567',
    enterAt: { stage: 'opportunity', owner: 'ada' },
    need: { value: { amount: 1, currency: 'EUR' } },
    occurredAt: '2020-01-01T00:00:00Z',
  });
  expect(answer).toMatchObject({ status: 200, body: { outcome: 'received' } });
  expect(Object.keys(answer.body).toSorted()).toEqual(['note', 'outcome']);
  expect(answer.headers.get('location')).toBeNull();
  expect(answer.text).not.toContain(leadId);
  // Taken in by the process: the owner is told.
  await bench.engine.until(
    () => bench.db.send.count({ where: { leadId, templateKey: 'rep-request-added', status: 'sent' } }),
    (count) => count === 1,
  );
  expect(await read(leadId)).toMatchObject({ firstName: 'Mia', phone: '+49301234567', stage: 'assigned' });
  expect(await life.assignments(leadId)).toMatchObject([{ repId: bench.reps['dino'], status: 'offered' }]);
  const touch = await bench.db.touch.findFirst({ where: { leadId }, orderBy: { id: 'desc' } });
  expect(touch?.occurredAt.getUTCFullYear()).toBeGreaterThan(2020);
  expect(touch?.request).toMatchObject({
    fillsOnly: true,
    notTaken: { firstName: 'Mallory', enterAt: { stage: 'opportunity', owner: 'ada' } },
  });
  const { items } = (await bench.get(`/v1/leads/${leadId}/timeline`)).body;
  expect(items?.map(({ title }) => title)).toContainEqual(
    expect.stringMatching(
      /different values from Ada, whose lead it is not, were not taken: where it comes in, first name/,
    ),
  );
});

test('a lead in the nurture pool is nobody’s: it enters with nobody', async () => {
  const email = 'pool@reps.example';
  const leadId = await bench.lead({ email, firstName: 'Mia', source: 'drip' });
  await bench.engine.untilStage(leadId, 'nurturing');
  const touched = () => bench.db.touch.count({ where: { leadId, handledAt: { not: null } } });
  expect(await submit({ email, firstName: 'X', enterAt: { stage: 'assigned', owner: 'ada' } })).toMatchObject({
    body: { outcome: 'received' },
  });
  await bench.engine.until(touched, (count) => count === 2);
  expect(await read(leadId)).toMatchObject({ firstName: 'Mia', stage: 'nurturing' });
  expect(await life.assignments(leadId)).toEqual([]);
});

test('it lifts no unsubscribe of a lead that is not theirs; of their own it does', async () => {
  const email = 'no@reps.example';
  const leadId = await dinos(email);
  await bench.post(`/v1/leads/${leadId}/unsubscribe`);
  await submit({ email, consent: CONSENT });
  const why = async () => (await bench.get(`/v1/leads/${leadId}/why`)).body['consent'];
  expect(await why()).toMatchObject({ state: 'withdrawn', mayMail: false });
  await submit({ email, consent: CONSENT }, bench.keys.dino);
  expect(await why()).toMatchObject({ state: 'given', mayMail: true });
});

test('a lead that is taken from a rep as their request comes in is judged as it is then', async () => {
  const email = 'raced@reps.example';
  const leadId = await dinos(email);
  const racing = await bench.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM leads WHERE id = ${leadId} FOR UPDATE`;
    const answer = submit({ email, firstName: 'Late' }, bench.keys.dino);
    // The request waits for the lead.
    await bench.engine.until(
      () => lockWaiters(bench.db),
      (waiting) => waiting.length > 0,
    );
    const ada = bench.reps['ada'] ?? '';
    await tx.assignment.updateMany({ where: { leadId }, data: { repId: ada, team: 'north' } });
    await tx.lead.update({ where: { id: leadId }, data: { ownerId: ada } });
    return { answer };
  });
  expect((await racing.answer).body).toMatchObject({ outcome: 'received' });
  expect(await read(leadId)).toMatchObject({ firstName: 'Mia' });
});

test('a rep sends no event by this way either, and names themselves as the owner; a manager a rep of their teams', async () => {
  const refused = async (more: object, path: string, key?: string) => {
    const answer = await submit({ email: 'refused@reps.example', ...more }, key);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ path: expect.stringContaining(path) as string }]);
  };
  await refused({ event: { type: 'order.placed', properties: { valueMinor: 9_000_000 } } }, 'event');
  await refused({ event: { type: 'form.submitted' } }, 'event');
  await refused({ enterAt: { stage: 'assigned', owner: 'dino' } }, 'enterAt.owner');
  await bench.db.rep.update({ where: { key: 'cleo' }, data: { manager: true } });
  const made = await bench.post('/v1/api-keys', { name: 'leads the north', role: 'rep', rep: 'cleo' });
  const manager = String(made.body['secret']);
  await refused({ enterAt: { stage: 'assigned', owner: 'dino' } }, 'enterAt.owner', manager);
  expect(await bench.db.lead.count({ where: { email: 'refused@reps.example' } })).toBe(0);
  const owner = (rep: string, key: string) =>
    submit({ email: `of-${rep}@reps.example`, enterAt: { stage: 'assigned', owner: rep } }, key);
  expect((await owner('bob', manager)).status).toBe(201);
  expect((await owner('dino', bench.keys.boss)).status).toBe(201);
});
