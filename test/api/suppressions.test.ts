/** Addresses that must not be mailed: each reason is lifted by its own right act alone; lists go in and out as CSV. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SUPPRESSION_REASONS, type SuppressionReason } from '../../src/domain/suppression.ts';
import { suppressionAdd, suppressionLift, suppressionShow } from '../../src/cli/suppression.ts';
import { CONSENT, openApi, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi();
});
afterAll(() => bench.close());

let serial = 0;
const reasonsOf = async (email: string): Promise<unknown[]> =>
  ((await bench.post('/v1/suppressions/lookup', { email })).body.items ?? []).map(({ reason }) => reason);
const upload = (csv: string, key?: string) =>
  bench.call('POST', '/v1/suppressions/import', {
    raw: csv,
    headers: { 'content-type': 'text/csv' },
    ...(key === undefined ? {} : { key }),
  });

/** A lead whose address has every reason against it. */
async function suppressed(): Promise<{ leadId: string; email: string }> {
  const email = `all.${(serial += 1)}@suppressed-${serial}.example`;
  const leadId = await bench.lead({ email });
  for (const reason of SUPPRESSION_REASONS) await bench.post('/v1/suppressions', { email, reason });
  return { leadId, email };
}

const lift = (email: string, reason: string, note?: string) =>
  bench.post('/v1/suppressions/lift', { email, reason, ...(note === undefined ? {} : { note }) });

type Act = (lead: { leadId: string; email: string }) => Promise<unknown>;
/** What each act lifts. */
const ACTS: readonly [name: string, act: Act, lifts: SuppressionReason | null][] = [
  [
    'a consent through a key of ours',
    ({ email }) => bench.post('/v1/leads', { email, consent: CONSENT }),
    'unsubscribed',
  ],
  [
    'a consent of a public form',
    ({ email }) => bench.post('/v1/leads', { email, consent: CONSENT }, bench.keys.site),
    null,
  ],
  [
    'the confirmation of that consent',
    async ({ leadId, email }) => {
      await bench.post('/v1/leads', { email, consent: CONSENT }, bench.keys.site);
      const { id } = await bench.db.consent.findFirstOrThrow({ where: { leadId, unconfirmed: true } });
      await bench.call('POST', `/confirm/${bench.tokens.confirm(id)}`, { key: null, raw: '' });
    },
    'unsubscribed',
  ],
  ['lifting an unsubscribe', ({ email }) => lift(email, 'unsubscribed', 'They said so.'), null],
  ['lifting a hard bounce', ({ email }) => lift(email, 'hard-bounce'), 'hard-bounce'],
  ['lifting a complaint without a proof', ({ email }) => lift(email, 'complaint'), null],
  ['lifting a complaint with a proof', ({ email }) => lift(email, 'complaint', 'Their letter of 3 May.'), 'complaint'],
  ['lifting what was suppressed by hand', ({ email }) => lift(email, 'manual'), 'manual'],
  ['an import', ({ email }) => upload(`email,reason\n${email},manual\n`), null],
  [
    'a human reply',
    ({ leadId }) =>
      bench.post('/v1/events', { events: [{ type: 'reply.received', leadId, id: `reply-${(serial += 1)}` }] }),
    null,
  ],
];

test.each(ACTS)('%s lifts what it may and nothing else', async (_name, act, lifts) => {
  const lead = await suppressed();
  await act(lead);
  const left = SUPPRESSION_REASONS.filter((reason) => reason !== lifts);
  expect(new Set(await reasonsOf(lead.email))).toEqual(new Set(left));
});

test('a marketer suppresses, and only an operator or an admin lifts', async () => {
  const { email } = await suppressed();
  const body = { email, reason: 'manual' };
  expect((await bench.post('/v1/suppressions/lift', body, bench.keys.marketer)).status).toBe(403);
  expect((await bench.post('/v1/suppressions/lift', body, bench.keys.operator)).body).toEqual({
    lifted: true,
    left: ['unsubscribed', 'hard-bounce', 'complaint'],
  });
  expect((await bench.post('/v1/suppressions/lift', body, bench.keys.operator)).body['lifted']).toBe(false);
  expect((await lift(email, 'unsubscribed')).body).toMatchObject({
    code: 'CONFLICT',
    detail: expect.stringContaining('Only the person lifts an unsubscribe'),
  });
});

describe('a file', () => {
  test('of another tool is read, its odd lines are named, and the same file again adds nothing', async () => {
    const leadId = await bench.lead({ email: 'known@import.example' });
    const csv = [
      '\uFEFFEmail Address;Status;Date',
      'Known@Import.example;Hard Bounce;2026-01-02T03:04:05Z',
      '"mia@räucherei.example";spam;',
      'jörg@import.example;bounce;',
      'not an address;bounce;',
      'who@import.example;mood;',
      'opt@import.example;opt_out;nonsense',
      '',
    ].join('\r\n');
    expect((await upload(csv, bench.keys.marketer)).body).toEqual({
      warnings: [
        '1 line with a time that cannot be read, or has not come: taken as since now. Write it as in 2026-05-03T12:00:00Z',
      ],
      lines: 6,
      added: 3,
      refused: 3,
      problems: [
        { line: 4, message: expect.stringContaining('must be ASCII before the @') },
        { line: 5, message: 'this is no email address' },
        { line: 6, message: 'the reason must be one of unsubscribed, hard-bounce, complaint, manual' },
      ],
    });
    expect((await upload(csv)).body).toMatchObject({ added: 0 });
    expect(await bench.db.suppression.findFirst({ where: { email: 'known@import.example' } })).toMatchObject({
      leadId,
      reason: 'hard-bounce',
      occurredAt: new Date('2026-01-02T03:04:05Z'),
    });
    const told = (await bench.get(`/v1/leads/${leadId}/timeline?limit=200`)).body.items ?? [];
    expect(told.map(({ title }) => title).filter((title) => /suppressed/i.test(String(title)))).toEqual([
      'Suppressed by API key ‘marketer’, from a list: mail to the address comes back',
    ]);
    expect(await reasonsOf('mia@räucherei.example')).toEqual(['complaint']);
    expect(await reasonsOf('opt@import.example')).toEqual(['unsubscribed']);
  });

  test('with characters and times that no database keeps, or a reason that is a word of JavaScript, is read like any other', async () => {
    const csv = [
      'email,reason,source,since',
      'odd@odd.example,manual,x\u0000y,-200000-01-01T00:00:00Z',
      'nul@odd.example\u0000,manual,,',
      'js@odd.example,constructor,,',
    ].join('\n');
    expect((await upload(csv)).body).toMatchObject({ lines: 3, added: 1, refused: 2 });
    expect((await bench.post('/v1/suppressions/lookup', { email: 'a\u0000@odd.example' })).status).toBe(400);
    expect(await reasonsOf('odd@odd.example')).toEqual(['manual']);
    expect(await reasonsOf('js@odd.example')).toEqual([]);
  });

  test('says which columns it does not read, which lines have no reason, and takes no time that has not come', async () => {
    const bounces = 'Email Address;Bounce\nx@unread.example;1\ny@unread.example;0\n';
    expect((await upload(bounces)).body).toMatchObject({
      added: 2,
      warnings: [
        'column ‘Bounce’ is not read: known are email, reason, source, since',
        '2 lines without a reason: taken as ‘manual’',
      ],
    });
    const ahead = new Date(Date.now() + 40 * 86_400_000).toISOString();
    expect((await upload(`email,reason,since\nz@unread.example,spam,${ahead}\n`)).body).toMatchObject({
      added: 1,
      refused: 0,
      warnings: [expect.stringContaining('or has not come: taken as since now')],
    });
    const { items } = (await bench.post('/v1/suppressions/lookup', { email: 'z@unread.example' })).body;
    expect(Date.parse(String(items?.[0]?.['since']))).toBeLessThan(Date.now() + 60_000);
  });

  test('of addresses alone is read; what is no CSV, or no text/csv, is refused with the reason', async () => {
    expect((await upload('one@alone.example\ntwo@alone.example\none@alone.example\n')).body).toMatchObject({
      added: 2,
    });
    expect(await reasonsOf('two@alone.example')).toEqual(['manual']);
    expect((await upload('"open\nname,phone\n')).body).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await upload('name,phone\nAda,1\n')).body['detail']).toContain('has no column ‘email’');
    expect((await bench.post('/v1/suppressions/import', {})).status).toBe(415);
    expect((await upload('a\n'.repeat(200_002))).body['detail']).toContain('at most 200000 lines');
  });

  test('that was exported is read again as it was, and no spreadsheet runs an address', async () => {
    const odd = ['=cmd', "'=cmd", "''o", "'o", 'a=b', 'o&b', 'sales/emea', '|x', '{x}', '#x', '`x`', '%x', '-x', '+x'];
    for (const local of odd) {
      const added = await bench.post('/v1/suppressions', { email: `${local}@formula.example` });
      expect(added.status, local).toBe(200);
    }
    const { text, headers } = await bench.get('/v1/suppressions/export');
    expect(headers.get('content-type')).toContain('text/csv');
    expect(text).toContain("'=cmd@formula.example");
    const before = await bench.db.suppression.findMany({ orderBy: { id: 'asc' } });
    await bench.db.suppression.deleteMany();
    expect((await upload(text)).body).toMatchObject({ added: before.length, refused: 0 });
    const plain = (rows: typeof before) =>
      rows.map(({ email, reason, source, leadId, occurredAt }) => [email, reason, source, leadId, occurredAt]);
    const after = await bench.db.suppression.findMany();
    expect(plain(after)).toEqual(expect.arrayContaining(plain(before)));
    expect(after).toHaveLength(before.length);
  });
});

test('the list is paged, by reason, and the lookup finds what was kept of an erased person', async () => {
  const { email } = await suppressed();
  const page = await bench.get('/v1/suppressions?reason=complaint&limit=1');
  expect(page.body.items).toMatchObject([{ email, reason: 'complaint' }]);
  expect(page.body['nextCursor']).not.toBeNull();
  const hash = await bench.deps.store.hashAddress(email);
  await bench.db.suppression.updateMany({ where: { email }, data: { email: null, leadId: null, addressHash: hash } });
  expect(await reasonsOf(email.toUpperCase())).toHaveLength(4);
  const listed = (await bench.get('/v1/suppressions?limit=200')).body.items ?? [];
  expect(listed.some((one) => one['email'] === email)).toBe(false);
});

test('by the command line each reason is lifted by its own act alone', async () => {
  const config = { ...bench.engine.config, client: { url: bench.base, key: bench.keys.operator } };
  const { email } = await suppressed();
  const shown = (await suppressionShow(config, email)).text;
  for (const reason of SUPPRESSION_REASONS) expect(shown).toContain(reason);
  await expect(suppressionLift(config, email, { reason: 'unsubscribed' })).rejects.toThrow(/consent/);
  await expect(suppressionLift(config, email, { reason: 'complaint' })).rejects.toThrow(/note/);
  const { text } = await suppressionLift(config, email, { reason: 'hard-bounce' });
  expect(text).toMatch(/^hard-bounce is lifted\. Still there: /);
  expect(text).toContain('complaint');
  expect((await suppressionLift(config, email, { reason: 'hard-bounce' })).text).toContain('did not stand against it');
  await suppressionLift(config, email, { reason: 'complaint', note: 'letter of 3 May' });
  await suppressionLift(config, email, { reason: 'manual' });
  expect(await reasonsOf(email)).not.toContain('manual');
  expect(await reasonsOf(email)).toContain('unsubscribed');
  expect((await suppressionAdd(config, email, { note: 'asked by phone' })).text).toContain('manual');
});
