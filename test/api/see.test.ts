import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leadErase, leadExport } from '../../src/cli/lead-person.ts';
import { newId } from '../../src/domain/ids.ts';
import { openApi, walk, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

describe('GET /v1/leads', () => {
  test('the pages show each lead once, newest first, also when leads come in meanwhile', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 23; index += 1) ids.push(await bench.lead({ source: 'walk' }));
    for (const limit of [1, 5, 23, 200]) {
      expect((await walk(bench, '/v1/leads?source=walk', limit)).map(({ id }) => id)).toEqual(ids.toReversed());
    }
    const first = await bench.get('/v1/leads?source=walk&limit=10');
    await bench.lead({ source: 'walk' });
    const second = await bench.get(`/v1/leads?source=walk&limit=13&cursor=${String(first.body['nextCursor'])}`);
    expect([...(first.body.items ?? []), ...(second.body.items ?? [])].map(({ id }) => id)).toEqual(ids.toReversed());
    expect(second.body['nextCursor']).toBeNull();
  });

  test('filters', async () => {
    const id = await bench.lead({ email: 'needle@example.com', source: 'needle' });
    await bench.db.lead.update({
      where: { id },
      data: {
        stage: 'opportunity',
        fitGrade: 'A',
        ownerId: bench.reps['ada'] ?? '',
        heldAt: new Date(),
        pausedAt: new Date(),
      },
    });
    for (const query of [
      'stage=opportunity',
      'source=needle',
      'grade=A',
      'owner=ada',
      `owner=${bench.reps['ada']}`,
      'held=true',
      'paused=true',
    ]) {
      expect(
        (await walk(bench, `/v1/leads?${query}`, 50)).map((item) => item['id']),
        query,
      ).toEqual([id]);
    }
    for (const query of [
      'owner=bob',
      'cadence=drip',
      'source=needle&stage=new',
      'source=needle&held=false',
      'source=needle&owner=none',
    ]) {
      expect(await walk(bench, `/v1/leads?${query}`, 50), query).toEqual([]);
    }
  });

  test('are put in order by score and by how long they are in their stage, each once on its pages', async () => {
    const ids: string[] = [];
    for (const score of [4, 1, 9, 2, 9]) {
      const id = await bench.lead({ source: 'sorted' });
      ids.push(id);
      await bench.db.lead.update({ where: { id }, data: { score, scoreAt: new Date() } });
    }
    const [four, one, nine, two, alsoNine] = ids;
    const days = new Map(ids.map((id, n) => [id, (n * 2) % 5]));
    // Without a process a lead has no need: it has been in its stage since it came in.
    for (const [id, day] of days)
      await bench.db.lead.update({ where: { id }, data: { createdAt: new Date(Date.now() - day * 86_400_000) } });
    const listed = async (sort: string, limit: number) =>
      (await walk(bench, `/v1/leads?source=sorted&sort=${sort}`, limit)).map(({ id }) => id);
    const longest = ids.toSorted((a, b) => (days.get(b) ?? 0) - (days.get(a) ?? 0));
    for (const limit of [1, 2, 50]) {
      expect(await listed('-score', limit)).toEqual([alsoNine, nine, four, two, one]);
      expect(await listed('score', limit)).toEqual([one, two, four, nine, alsoNine]);
      expect(await listed('since', limit)).toEqual(longest);
      expect(await listed('-since', limit)).toEqual(longest.toReversed());
      expect(await listed('newest', limit)).toEqual(ids.toReversed());
    }
    const page = await bench.get('/v1/leads?source=sorted&sort=score&limit=2');
    const foreign = `cursor=${String(page.body['nextCursor'])}`;
    for (const sort of ['-score', 'since', 'newest'])
      expect((await bench.get(`/v1/leads?source=sorted&sort=${sort}&${foreign}`)).status, sort).toBe(400);
    for (const end of [
      ['score', 'x', 'NaN', '1'],
      ['since', 'x', '-1', '1'],
      ['score', 'x', '1', '1e300'],
    ]) {
      const cursor = Buffer.from(JSON.stringify(end)).toString('base64url');
      expect((await bench.get(`/v1/leads?sort=${end[0]}&cursor=${cursor}`)).status, end.join(' ')).toBe(400);
    }
    expect((await bench.get('/v1/leads?sort=grade')).status).toBe(400);
  });

  test('a filter that does not exist is refused: without it the answer would be everybody', async () => {
    expect((await bench.get('/v1/leads?stag=nurturing')).body['errors']).toEqual([
      { path: 'stag', message: 'is not a known field; did you mean "stage"?' },
    ]);
    for (const path of ['/v1/leads', '/v1/assignments', '/v1/attention']) {
      const answer = await bench.get(`${path}?stag=nurturing`);
      expect(answer.status, path).toBe(400);
      expect(answer.body['errors'], path).toMatchObject([
        { path: 'stag', message: expect.stringContaining('is not a known field; ') },
      ]);
    }
  });
});

describe('POST /v1/leads/lookup', () => {
  const lookup = async (email: string, key?: string) => {
    const answer = await bench.post('/v1/leads/lookup', { email }, key);
    expect(answer.status).toBe(200);
    return (answer.body.items ?? []).map(({ id }) => id);
  };

  test('finds the lead by the whole address, in any case', async () => {
    const id = await bench.lead({ email: 'wanted@example.com' });
    expect(await lookup('Wanted@Example.com')).toEqual([id]);
    expect(await lookup('want@example.com')).toEqual([]);
  });

  test('a rep finds their own leads only', async () => {
    const id = await bench.lead({ email: 'not-yours@example.com' });
    expect(await lookup('not-yours@example.com', bench.keys.rep)).toEqual([]);
    await bench.db.lead.update({ where: { id }, data: { ownerId: bench.reps['ada'] ?? '' } });
    expect(await lookup('not-yours@example.com', bench.keys.rep)).toEqual([id]);
  });

  test('answers a wrong method by its own name, not as a lead called lookup', async () => {
    const answer = await bench.get('/v1/leads/lookup');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });
});

describe('the timeline', () => {
  test('one list of everything, in either order, the same whatever the size of a page', async () => {
    const leadId = await bench.lead({ need: { type: 'irrigation' }, event: { type: 'form.submitted' } });
    const events = Array.from({ length: 12 }, (_, index) => ({
      leadId,
      type: 'page.viewed',
      properties: { path: `/${index}` },
    }));
    await bench.post('/v1/events', { events });
    await bench.post(`/v1/leads/${leadId}/activities`, { kind: 'call', body: 'Spoke to her' });
    await bench.post(`/v1/leads/${leadId}/unsubscribe`);
    const at = new Date();
    await bench.db.audit.createMany({
      data: [
        {
          id: newId('audit'),
          leadId,
          actor: 'system',
          action: 'assignment.offered',
          data: { assignmentId: 'a', repId: bench.reps['ada'] ?? '', team: 'north', rule: 'the-rest' },
          occurredAt: at,
        },
        {
          id: newId('audit'),
          leadId,
          actor: 'system',
          action: 'step.performed',
          data: { enrollmentId: 'e', cadence: 'drip', stepId: 'one', kind: 'email', result: 'sent' },
          occurredAt: at,
        },
      ],
    });
    await bench.db.send.create({
      data: {
        id: newId('send'),
        key: `${leadId}:1`,
        leadId,
        templateKey: 'plain',
        status: 'skipped',
        attempt: 'x',
        reason: 'no-consent',
        occurredAt: at,
      },
    });

    const newest = await walk(bench, `/v1/leads/${leadId}/timeline`, 200);
    const kinds = new Set(newest.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['touch', 'consent', 'event', 'score', 'change', 'activity', 'send']));
    const titles = newest.map(({ title }) => String(title));
    expect(titles).toContain('Offered to Ada (team north, rule ‘the-rest’)');
    expect(titles).toContain('Email ‘plain’ not sent: there is no consent to marketing mail');
    expect(titles).toContain('First touch by api (ebook)');
    expect(titles).toContain('Call');
    expect(titles.filter((title) => /unsubscribed/i.test(title))).toEqual(['Unsubscribed (api) by API key ‘admin’']);
    expect(titles.some((title) => title.includes('Step ‘one’'))).toBe(false);
    expect(new Set(newest.map(({ id }) => id)).size).toBe(newest.length);
    const times = newest.map((item) => String(item['at']));
    expect(times).toEqual(times.toSorted().toReversed());

    for (const limit of [1, 3, 7]) {
      expect(await walk(bench, `/v1/leads/${leadId}/timeline`, limit)).toEqual(newest);
      expect(await walk(bench, `/v1/leads/${leadId}/timeline?order=asc`, limit)).toEqual(newest.toReversed());
    }
  });
});

test('a reason names the rep who cannot be told, wherever it is shown', async () => {
  const id = await bench.lead();
  const heldReason = `${bench.reps['ada']} cannot be told by mail, so tell them by hand and resume it: 550`;
  await bench.db.lead.update({ where: { id }, data: { heldAt: new Date(), heldReason } });
  const named = expect.stringMatching(/^Ada cannot be told by mail/);
  expect((await bench.get(`/v1/leads/${id}`)).body).toMatchObject({ heldReason: named });
  expect((await bench.get(`/v1/leads/${id}/why`)).body).toMatchObject({ held: { reason: named } });
  const held = (await bench.get('/v1/attention?kind=held')).body.items ?? [];
  expect(held.find(({ leadId }) => leadId === id)).toMatchObject({ reason: named });
  const keys = (await bench.get('/v1/api-keys')).body.items ?? [];
  expect(keys.find(({ repId }) => repId === bench.reps['ada'])).toMatchObject({ rep: { key: 'ada', name: 'Ada' } });
});

describe('why', () => {
  test('the rules add up to the score, also after decay', async () => {
    const leadId = await bench.lead({ jobTitle: 'Owner' });
    await bench.post('/v1/events', {
      events: [
        { leadId, type: 'pricing.viewed', occurredAt: new Date(Date.now() - 20 * 86_400_000).toISOString() },
        { leadId, type: 'page.viewed' },
        { leadId, type: 'page.viewed', occurredAt: new Date(Date.now() - 5 * 86_400_000).toISOString() },
      ],
    });
    const { body } = await bench.get(`/v1/leads/${leadId}/why`);
    const score = body['score'] as {
      now: number;
      needed: number;
      missing: object;
      rules: { rule: string; points: number; count: number; events: { event: string; points: number }[] }[];
    };
    expect(score.rules.map(({ rule, count }) => [rule, count])).toEqual([
      ['capped', 1],
      ['viewed', 2],
    ]);
    expect(Math.floor(score.rules.reduce((sum, { points }) => sum + points, 0))).toBe(score.now);
    expect(score.now).toBeLessThan(24);
    expect(score.needed).toBe(30);
    expect(score.missing).toMatchObject({ points: 30 - score.now });
    expect(score.rules.map(({ events }) => events.map(({ event }) => event))).toEqual([
      ['pricing.viewed'],
      ['page.viewed', 'page.viewed'],
    ]);
    expect(body).toMatchObject({
      grade: { grade: 'A', points: 30, rules: [{ rule: 'decides', points: 30 }] },
      qualification: { qualified: false, ready: false, because: expect.stringMatching(/of 30 needed for grade A/) },
      consent: { state: 'given', mayMail: true },
      next: { what: expect.any(String), at: null },
      lastSend: null,
      notSent: [],
    });
  });

  test('says why an email was not sent', async () => {
    const leadId = await bench.lead();
    const send = (status: 'skipped' | 'sent', reason: string | null, minutes: number) =>
      bench.db.send.create({
        data: {
          id: newId('send'),
          key: `${leadId}:${minutes}`,
          leadId,
          templateKey: 'plain',
          status,
          attempt: 'x',
          reason,
          occurredAt: new Date(Date.now() + minutes * 60_000),
        },
      });
    await send('sent', null, 1);
    await send('skipped', 'stage-assigned', 2);
    await send('skipped', 'suppressed:hard-bounce,complaint', 3);
    const { body } = await bench.get(`/v1/leads/${leadId}/why`);
    expect(body['lastSend']).toMatchObject({
      status: 'skipped',
      title: expect.stringMatching(
        /address is suppressed, since mail to the address bounced.*, and the recipient complained/,
      ),
    });
    expect(body['notSent']).toMatchObject([
      { reason: 'suppressed:hard-bounce,complaint' },
      { title: expect.stringMatching(/in stage assigned/) },
    ]);
  });
});

describe('in the terminal', () => {
  const as = (key: string) => ({ ...bench.engine.config, client: { url: bench.base, key } });

  test('what is stored about a person is shown, or goes to a new file that its owner alone can read', async () => {
    const email = 'nell@export-me.example';
    const id = await bench.lead({ email, firstName: 'Nell' });
    const operator = as(bench.keys.operator);
    const shown = await leadExport(operator, 'Nell@Export-Me.example', {});
    expect(shown.data).toMatchObject({
      leadId: id,
      data: { profile: [{ id, email, firstName: 'Nell' }], touches: [{}] },
    });
    expect(JSON.parse(shown.text)).toEqual(shown.data);
    const dir = await mkdtemp(path.join(tmpdir(), 'lead-export-'));
    try {
      const out = path.join(dir, 'nell.json');
      const wrote = await leadExport(operator, id, { out });
      expect(wrote).toMatchObject({ data: { leadId: id, file: out } });
      expect(wrote.text).toMatch(/nell\.json: 1 of profile, .*1 of touches/);
      const text = await readFile(out, 'utf8');
      expect(JSON.parse(text)).toMatchObject({ leadId: id, data: { profile: [{ email }] } });
      expect((await stat(out)).mode & 0o777).toBe(0o600);
      await expect(leadExport(operator, id, { out })).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await readFile(out, 'utf8')).toBe(text);
      const nowhere = { out: path.join(dir, 'no-folder', 'nell.json') };
      await expect(leadExport(operator, id, nowhere)).rejects.toThrow(/--out: .*cannot be written/);
    } finally {
      await rm(dir, { recursive: true });
    }
    await expect(leadExport(as(bench.keys.marketer), id, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(leadExport(operator, 'nobody@export-me.example', {})).rejects.toMatchObject({ code: 'LEAD_UNKNOWN' });
  });

  test('a person is erased when told so and not before, by who may', async () => {
    const email = 'nick@erase-me.example';
    const id = await bench.lead({ email });
    const admin = as(bench.keys.admin);
    const asked = await leadErase(admin, email, { really: false });
    expect(asked.text).toMatch(
      /^This would delete lead-\w+ for good: 1 of profile, .*Nothing was done yet: add --do\.$/,
    );
    expect(asked.data).toEqual({ leadId: id, erased: false });
    await expect(leadErase(as(bench.keys.operator), email, { really: true })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await bench.db.lead.count({ where: { id } })).toBe(1);
    const done = await leadErase(admin, email, { really: true });
    expect(done.data).toEqual({ leadId: id, erased: true });
    expect(done.text).toMatch(new RegExp(`^${id} is erased: 1 of profile, `));
    expect(await bench.db.lead.count({ where: { id } })).toBe(0);
    for (const who of [id, email])
      for (const really of [false, true])
        await expect(leadErase(admin, who, { really })).rejects.toMatchObject({ code: 'LEAD_UNKNOWN' });
  });
});
