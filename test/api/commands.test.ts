/** Commands, through HTTP and the lead's real process. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true });
});
afterAll(() => bench.close());

const DAY = '1 day';

async function nurturing(more: Record<string, unknown> = {}): Promise<string> {
  const leadId = await bench.lead({ source: 'drip', ...more });
  await bench.engine.untilStage(leadId, 'nurturing');
  return leadId;
}

/** A lead that asked for a demonstration, and the hand-off of it. */
async function handedOff(more: Record<string, unknown> = {}) {
  const leadId = await nurturing(more);
  await bench.post('/v1/events', { leadId, type: 'demo.requested' });
  await bench.engine.untilStage(leadId, 'assigned');
  const { body } = await bench.get(`/v1/assignments?lead=${leadId}&status=offered`);
  const [assignment] = body.items ?? [];
  const rep = assignment?.['rep'] as { id: string; key: string };
  return { leadId, assignmentId: String(assignment?.['id']), rep };
}

/** A key of this rep. */
async function keyOf(rep: string): Promise<string> {
  const made = await bench.post('/v1/api-keys', { name: rep, role: 'rep', rep });
  return String(made.body['secret']);
}

const rows = (leadId: string) => bench.db.command.count({ where: { leadId } });

test('pause, resume, and what is not possible as things stand', async () => {
  const leadId = await nurturing();
  expect(await bench.post(`/v1/leads/${leadId}/pause`, { reason: 'asked by ada@example.com' })).toMatchObject({
    status: 200,
    body: { leadId, stage: 'nurturing' },
  });
  expect((await bench.get(`/v1/leads/${leadId}`)).body).toMatchObject({
    paused: true,
    pausedReason: 'asked by ada@example.com',
  });
  expect(await bench.post(`/v1/leads/${leadId}/pause`)).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  expect((await bench.get(`/v1/leads/${leadId}/why`)).body['paused']).toMatchObject({
    reason: 'asked by ada@example.com',
  });
  expect((await bench.post(`/v1/leads/${leadId}/resume`)).status).toBe(200);
  expect(await bench.post(`/v1/leads/${leadId}/resume`)).toMatchObject({ status: 409 });
  expect(await bench.post(`/v1/leads/${leadId}/outcome`, { result: 'won' })).toMatchObject({
    status: 409,
    body: { code: 'STAGE_FORBIDS' },
  });
});

test('the same command with the same Idempotency-Key gets the same verdict and acts once', async () => {
  const leadId = await nurturing();
  const headers = { 'idempotency-key': 'pause-1' };
  const answers = await Promise.all([1, 2, 3].map(() => bench.call('POST', `/v1/leads/${leadId}/pause`, { headers })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(await rows(leadId)).toBe(1);
});

test('enroll in another cadence, and fast-forward', async () => {
  const leadId = await nurturing();
  expect((await bench.post(`/v1/leads/${leadId}/enroll`, { cadence: 'listening' }, bench.keys.marketer)).status).toBe(
    200,
  );
  expect((await bench.get(`/v1/leads/${leadId}`)).body).toMatchObject({ enrollment: { cadence: 'listening' } });
  const before = Date.now();
  const forwarded = await bench.post(`/v1/leads/${leadId}/fast-forward`, { duration: DAY }, bench.keys.operator);
  expect(forwarded.status, forwarded.text).toBe(200);
  expect(Date.parse(String(forwarded.body['now']))).toBeGreaterThan(before + 0.99 * 86_400_000);
  const { body } = await bench.get(`/v1/leads/${leadId}`);
  expect((body['clock'] as { offsetMs: number }).offsetMs).toBeGreaterThan(0.99 * 86_400_000);
});

describe('a hand-off', () => {
  test('of two reps who accept at once, one gets the lead and the other a clear refusal', async () => {
    const { leadId, assignmentId, rep } = await handedOff();
    const key = await keyOf(rep.key);
    const answers = await Promise.all([
      bench.post(`/v1/assignments/${assignmentId}/accept`, undefined, key),
      bench.post(`/v1/assignments/${assignmentId}/accept`),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'ASSIGNMENT_TAKEN',
      detail: expect.stringMatching(/accepted|deciding/),
    });
    expect((await bench.get(`/v1/leads/${leadId}`)).body).toMatchObject({ stage: 'accepted', owner: { id: rep.id } });
  });

  test('a decision by another rep is refused and leaves no trace', async () => {
    const { leadId, assignmentId } = await handedOff();
    const before = await rows(leadId);
    const answer = await bench.post(
      `/v1/assignments/${assignmentId}/reject`,
      { reason: 'spam', note: 'mine!' },
      bench.keys.dino,
    );
    expect(answer).toMatchObject({ status: 403, body: { code: 'NOT_YOUR_ASSIGNMENT' } });
    expect(await rows(leadId)).toBe(before);
    expect(await bench.db.repActivity.count({ where: { leadId } })).toBe(0);
  });

  test('reject with a note: recycled; the note of a refused command is deleted', async () => {
    const { leadId, assignmentId, rep } = await handedOff();
    const key = await keyOf(rep.key);
    expect(await bench.post(`/v1/assignments/${assignmentId}/reject`, { reason: 'nonsense' }, key)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'reason' }] },
    });
    const rejected = await bench.post(
      `/v1/assignments/${assignmentId}/reject`,
      { reason: 'too-early', note: 'Call in spring' },
      key,
    );
    expect(rejected, rejected.text).toMatchObject({ status: 200, body: { stage: 'nurturing' } });
    expect(
      (await bench.post(`/v1/assignments/${assignmentId}/reject`, { reason: 'too-early', note: 'again' })).body.code,
    ).toBe('ASSIGNMENT_TAKEN');
    const notes = await bench.get(`/v1/leads/${leadId}/activities`);
    expect(notes.body.items?.map(({ body }) => body)).toEqual(['Call in spring']);
    const titles = (await bench.get(`/v1/leads/${leadId}/timeline`)).body.items?.map(({ title }) => title);
    expect(titles).toContain(
      `Rejected by ${rep.key.charAt(0).toUpperCase()}${rep.key.slice(1)}: Too early (back to the nurture pool)`,
    );
    // What follows is history without the words of people.
    const history = JSON.stringify(await bench.engine.handle(leadId).fetchHistory());
    expect(Buffer.from(history).toString()).not.toContain('spring');
  });

  test('what an admin decides for a rep reads as that, in the timeline and beside the assignment', async () => {
    const { leadId, assignmentId, rep } = await handedOff();
    const name = `${rep.key.charAt(0).toUpperCase()}${rep.key.slice(1)}`;
    const accepted = await bench.post(`/v1/assignments/${assignmentId}/accept`);
    expect(accepted, accepted.text).toMatchObject({ status: 200, body: { rep: { id: rep.id, key: rep.key, name } } });
    expect(accepted.body['message']).not.toMatch(/yours/);
    await bench.post(`/v1/leads/${leadId}/pause`, { reason: 'spam' }, bench.keys.operator);
    await bench.post(`/v1/leads/${leadId}/resume`, undefined, await keyOf(rep.key));
    await bench.post(`/v1/leads/${leadId}/activities`, { kind: 'call' }, await keyOf(rep.key));
    await bench.post(`/v1/leads/${leadId}/outcome`, { result: 'lost' });
    const timeline = (await bench.get(`/v1/leads/${leadId}/timeline`)).body.items ?? [];
    const titles = timeline.map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining([
        `Accepted for ${name} by API key ‘admin’`,
        `Stage assigned → accepted: accepted for ${name} by API key ‘admin’`,
        'Paused by API key ‘operator’: spam',
        `Resumed by ${name}`,
        'Outcome by API key ‘admin’: lost',
        'Need closed as no-need by API key ‘admin’',
      ]),
    );
    expect(titles.join()).not.toMatch(/(rep|key)-[0-9a-f]{32}/);
    const call = timeline.find(({ title }) => title === 'Call');
    expect(call).toMatchObject({ actor: rep.id, by: { kind: 'rep', id: rep.id, key: rep.key, name } });
    const { body } = await bench.get(`/v1/assignments/${assignmentId}`);
    expect(body).toMatchObject({ rep: { name }, decider: { kind: 'key', name: 'admin', id: body['decidedBy'] } });
    expect((await bench.get(`/v1/leads/${leadId}`)).body).toMatchObject({ owner: { id: rep.id, key: rep.key, name } });
    const activities = await bench.get(`/v1/leads/${leadId}/activities`);
    expect(activities.body.items).toMatchObject([{ by: { key: rep.key, name } }]);
  });

  test('rerouted: is in the attention list until a manager sends it to another team or rep', async () => {
    const { leadId, assignmentId } = await handedOff();
    await bench.post(`/v1/assignments/${assignmentId}/reject`, { reason: 'wrong-region' });
    const entry = (await bench.get('/v1/attention?kind=reroute', bench.keys.boss)).body.items?.find(
      (item) => item['leadId'] === leadId,
    );
    expect(entry).toMatchObject({ ref: assignmentId, reason: expect.stringMatching(/wrong-region/) });
    expect((await bench.post(`/v1/assignments/${assignmentId}/reroute`, {}, bench.keys.boss)).status).toBe(400);
    expect(
      (await bench.post(`/v1/assignments/${assignmentId}/reroute`, { team: 'nowhere' }, bench.keys.boss)).status,
    ).toBe(400);
    expect(
      (await bench.post(`/v1/assignments/${assignmentId}/reroute`, { team: 'south', rep: 'dino' }, bench.keys.boss))
        .status,
    ).toBe(400);
    const rerouted = await bench.post(`/v1/assignments/${assignmentId}/reroute`, { team: 'south' }, bench.keys.boss);
    expect(rerouted, rerouted.text).toMatchObject({
      status: 200,
      // The rep before had decided.
      body: { stage: 'assigned', repId: bench.reps['dino'], dueBefore: null },
    });
    expect(Date.parse(String(rerouted.body['dueAt']))).toBeGreaterThan(Date.now());
    expect((await bench.get('/v1/attention?kind=reroute')).body.items?.some((item) => item['leadId'] === leadId)).toBe(
      false,
    );
  });

  test('accepted, an opportunity, won: by the rep who owns it', async () => {
    const { leadId, assignmentId, rep } = await handedOff();
    const key = await keyOf(rep.key);
    await bench.post(`/v1/assignments/${assignmentId}/accept`, undefined, key);
    expect(
      (await bench.post(`/v1/leads/${leadId}/outcome`, { result: 'opportunity', funnelStage: 'nonsense' }, key)).status,
    ).toBe(400);
    expect(
      (
        await bench.post(
          `/v1/leads/${leadId}/outcome`,
          { result: 'opportunity', value: { amount: 5, currency: 'euro' } },
          key,
        )
      ).status,
    ).toBe(400);
    const value = { amount: 1_250_000, currency: 'EUR' };
    const opportunity = await bench.post(
      `/v1/leads/${leadId}/outcome`,
      { result: 'opportunity', value, funnelStage: 'quote sent' },
      key,
    );
    expect(opportunity, opportunity.text).toMatchObject({ status: 200, body: { stage: 'opportunity' } });
    expect((await bench.get(`/v1/leads/${leadId}`, key)).body).toMatchObject({
      need: { value, funnelStage: 'quote sent' },
    });
    expect((await bench.post(`/v1/leads/${leadId}/outcome`, { result: 'won' }, bench.keys.dino)).status).toBe(403);
    const once = (body: unknown) =>
      bench.call('POST', `/v1/leads/${leadId}/outcome`, { body, key, headers: { 'idempotency-key': 'deal-1' } });
    expect((await once({ result: 'opportunity', funnelStage: 'agreed and invoiced' })).status).toBe(200);
    // The same key for another command: it is carried out, not answered as the first.
    expect(await once({ result: 'won' })).toMatchObject({ status: 200, body: { stage: 'customer' } });
    expect((await once({ result: 'won' })).text).toBe((await once({ result: 'won' })).text);
  });

  test('by the link in the email: what is no number has no link to call', async () => {
    const { assignmentId, rep } = await handedOff({ firstName: 'Zoe', phone: '0000000000' });
    const path = `/r/${bench.tokens.decision({ assignmentId, repId: rep.id, expiresAt: new Date(Date.now() + 3_600_000) })}`;
    const shown = await bench.call('GET', path, { key: null });
    expect(shown.text).toContain('“+00000000”');
    expect(shown.text).not.toContain('tel:');
  });

  test('by the link in the email: pressed twice it says the same twice', async () => {
    const { leadId, assignmentId, rep } = await handedOff({ firstName: 'Eve', phone: '+49 30 1234567' });
    const path = `/r/${bench.tokens.decision({ assignmentId, repId: rep.id, expiresAt: new Date(Date.now() + 3_600_000) })}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    // A busy machine may ask for another press.
    const press = (raw: string) =>
      bench.engine.until(
        () => bench.call('POST', path, { key: null, raw, headers }),
        ({ status }) => status !== 503,
      );
    const first = await press('decision=accept');
    expect(first.status, first.text).toBe(200);
    expect(first.text).toContain('Eve is yours');
    expect(first.text).toContain('href="tel:+49301234567"');
    expect(await press('decision=accept')).toMatchObject({ status: 200, text: first.text });
    const back = await press('decision=reject&reason=too-early&note=Not+yet');
    expect(back.text).toContain('Thank you');
    await bench.engine.untilStage(leadId, 'nurturing');
    expect(await press('decision=reject&reason=too-early')).toMatchObject({ status: 200, text: back.text });
    // What was true of the first press is not true any more.
    const stale = await press('decision=accept');
    expect(stale.status).toBe(409);
    expect(stale.text).not.toContain('is yours');
    expect(stale.text).not.toContain('1234567');
    const late = await press('decision=reject&reason=spam&note=Really');
    expect(late.status).toBe(409);
    expect(late.text).toContain('could not be done');
    expect((await bench.db.repActivity.findMany({ where: { leadId } })).map(({ body }) => body)).toEqual(['Not yet']);
  });
});

test('disqualify with an Idempotency-Key; a new request is then in the attention list', async () => {
  const leadId = await nurturing({ email: 'rival@competitor.example' });
  expect((await bench.post(`/v1/leads/${leadId}/disqualify`, { reason: 'Works for a rival' })).status).toBe(400);
  expect(await bench.post(`/v1/leads/${leadId}/disqualify`, { reason: 'competitor' })).toMatchObject({
    status: 200,
    body: { stage: 'disqualified' },
  });
  await bench.post('/v1/leads', { email: 'rival@competitor.example', source: 'ebook' });
  const asked = async () => (await bench.get('/v1/attention?kind=asked-again')).body.items ?? [];
  await bench.engine.until(asked, (items) => items.some((item) => item['leadId'] === leadId));
});

test('unsubscribed: the cadence ends by itself', async () => {
  const leadId = await nurturing();
  expect(await bench.post(`/v1/leads/${leadId}/unsubscribe`, undefined, bench.keys.marketer)).toMatchObject({
    status: 200,
    body: { unsubscribed: true },
  });
  await bench.engine.untilStage(leadId, 'dormant');
  expect((await bench.get(`/v1/leads/${leadId}`)).body).toMatchObject({
    enrollment: null,
    consent: { mayMail: false, suppressed: [{ reason: 'unsubscribed' }] },
  });
});

test('no worker: 503 in bounded time, and the repeat gets the verdict', async () => {
  const idle = await openApi({
    change: (deps) => ({ ...deps, commands: { execute: (id, command) => deps.commands.execute(id, command, 500) } }),
  });
  try {
    const leadId = await idle.lead();
    const answer = await idle.call('POST', `/v1/leads/${leadId}/pause`, { headers: { 'idempotency-key': 'p' } });
    expect(answer).toMatchObject({ status: 503, body: { code: 'COMMAND_PENDING' } });
    expect(answer.headers.get('retry-after')).toBe('2');
  } finally {
    await idle.close();
  }
});
