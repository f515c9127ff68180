import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/domain/ids.ts';
import { leadMail } from '../../src/effects/lead-mail.ts';
import { beginMail, contextDigest } from '../../src/effects/mail-writer.ts';
import { closeDb, createDb } from '../../src/store/db.ts';
import { lockLead } from '../../src/store/lock.ts';
import { storedTemplate } from '../../src/store/stored/template.ts';
import { openApi, type Bench } from './support.ts';
import { sentMail } from '../support/sent-mail.ts';

let bench: Bench & { pool: pg.Pool };
let leadId: string;
let sendId: string;
let linkId: number;
const TARGET = 'https://shop.example/müll?a=1';

beforeAll(async () => {
  const api = await openApi();
  bench = { ...api, pool: new pg.Pool({ connectionString: api.engine.database.url, max: 1 }) };
});
afterAll(async () => {
  await bench.pool.end();
  await bench.close();
});
beforeEach(async () => {
  leadId = await bench.lead();
  sendId = await sentMail(bench.db, leadId, 3_600_000);
  linkId = (await bench.db.link.upsert({ where: { url: TARGET }, create: { url: TARGET }, update: {} })).id;
});

const PERSON = {
  'user-agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15',
};
const fetchAs = (
  method: string,
  path: string,
  more: { headers?: Record<string, string>; raw?: string | FormData } = {},
) => bench.call(method, path, { key: null, ...more, headers: { ...PERSON, ...more.headers } });

describe('opens and clicks', () => {
  test('the pixel appends one open; HEAD and a bad token append nothing, and the image comes all the same', async () => {
    const path = `/o/${bench.tokens.open(sendId)}.gif`;
    const before = await bench.counts();
    const head = await fetchAs('HEAD', path);
    expect(head.status).toBe(200);
    const bad = await fetchAs('GET', '/o/nonsense.gif');
    expect([bad.status, bad.headers.get('content-type')]).toEqual([404, 'image/gif']);
    await bench.tracker.idle();
    expect(await bench.counts()).toEqual(before);
    const open = await fetchAs('GET', path);
    expect(open.status).toBe(200);
    expect(open.headers.get('content-type')).toBe('image/gif');
    expect(open.headers.get('cache-control')).toMatch(/no-store/);
    expect(open.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    await bench.tracker.idle();
    expect(await bench.db.event.findMany({ where: { leadId } })).toMatchObject([
      { type: 'email.opened', machine: false, sendId },
    ]);
  });

  test('a click redirects to what is stored, whatever the request says', async () => {
    const path = `/c/${bench.tokens.click(sendId, linkId)}`;
    const head = await fetchAs('HEAD', `${path}?url=https://evil.example`);
    expect(head.status).toBe(302);
    await bench.tracker.idle();
    expect(await bench.db.event.count({ where: { leadId } })).toBe(0);
    const click = await fetchAs('GET', `${path}?url=https://evil.example`);
    expect(click.status).toBe(302);
    expect(click.headers.get('location')).toBe(new URL(TARGET).href);
    expect(click.headers.get('referrer-policy')).toBe('no-referrer');
    await bench.tracker.idle();
    expect(await bench.db.event.findMany({ where: { leadId } })).toMatchObject([
      { type: 'email.clicked', machine: false },
    ]);
  });

  test('soon after delivery, who asks by HEAD before is a program, whatever it says it is', async () => {
    await bench.db.send.update({
      where: { id: sendId },
      data: { sentAt: new Date(Date.now() - 60_000), linkCount: 4 },
    });
    const path = `/c/${bench.tokens.click(sendId, linkId)}`;
    expect((await fetchAs('HEAD', path)).status).toBe(302);
    expect((await fetchAs('GET', path)).status).toBe(302);
    await bench.tracker.idle();
    expect(await bench.db.event.findMany({ where: { leadId } })).toMatchObject([
      { machine: true, properties: { verdict: 'machine', reasons: ['after-head'] } },
    ]);
    const { body } = await bench.get(`/v1/leads/${leadId}/timeline`);
    expect((body.items ?? []).map(({ title }) => title)).toContain(
      'Clicked in an email by a machine: not counted (the message was asked about by HEAD a moment before)',
    );
  });

  test('a person waits neither for a lead that somebody holds nor for a pool that is used up', async () => {
    // A link for each click: one that was clicked before would be answered from memory.
    const urls = Array.from({ length: 3 }, () => ({ url: `https://shop.example/${newId('event')}` }));
    const links = await bench.db.link.createManyAndReturn({ data: urls });
    const clicks = links.map(({ id }) => `/c/${bench.tokens.click(sendId, id)}`);
    const pixel = `/o/${bench.tokens.open(sendId)}.gif`;
    const done = Promise.withResolvers<void>();
    const all = Array.from({ length: 24 }, async () => {
      await bench.db.$transaction(
        async (tx) => {
          await tx.$queryRaw`SELECT id FROM leads WHERE id = ${leadId} FOR KEY SHARE`;
          await done.promise;
        },
        { timeout: 15_000 },
      );
    });
    const holder = createDb(bench.engine.database.url, { max: 1 });
    try {
      const held = holder.$transaction(async (tx) => {
        await lockLead(tx, leadId);
        await done.promise;
      });
      // Every connection is taken, and the lead is held.
      await expect
        .poll(async () => {
          const { rows } = await bench.pool.query<{ n: number }>(
            `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
          );
          return rows[0]?.n;
        })
        .toBe(25);
      const times: number[] = [];
      for (const path of [...clicks, pixel, pixel]) {
        const since = performance.now();
        expect((await fetchAs('GET', path)).status).toBe(path === pixel ? 200 : 302);
        times.push(performance.now() - since);
      }
      // The fastest of each: on a busy machine anything may take long once. Who waits for the lead or for the pool waits every
      // time, and until both are let go below.
      expect(Math.min(...times.slice(0, 3))).toBeLessThan(1_000);
      expect(Math.min(...times.slice(3))).toBeLessThan(1_000);
      expect((await bench.pool.query('SELECT id FROM events WHERE lead_id = $1', [leadId])).rows).toEqual([]);
      done.resolve();
      await Promise.all([held, ...all]);
    } finally {
      done.resolve();
      await closeDb(holder);
    }
    await bench.tracker.idle();
    const events = await bench.db.event.findMany({ where: { leadId }, orderBy: { id: 'asc' } });
    expect(events.map(({ type }) => type)).toEqual([
      ...Array.from({ length: 3 }, () => 'email.clicked'),
      ...Array.from({ length: 2 }, () => 'email.opened'),
    ]);
  });

  test('with a database that does not answer a click is redirected at once, and is not lost', async () => {
    const path = `/c/${bench.tokens.click(sendId, linkId)}`;
    expect((await fetchAs('HEAD', path)).status).toBe(302);
    await bench.pool.query('BEGIN');
    await bench.pool.query('LOCK TABLE tracked IN ACCESS EXCLUSIVE MODE');
    const click = await fetchAs('GET', path);
    expect([click.status, click.headers.get('x-kept')]).toEqual([302, 'later']);
    await bench.pool.query('ROLLBACK');
    await bench.tracker.idle();
    expect(await bench.db.event.count({ where: { leadId } })).toBe(1);
  });

  test('a link that is not stored, a token of another kind, a changed one: a page, 404, no trace', async () => {
    const before = await bench.counts();
    const tokens = [
      bench.tokens.click(sendId, 999_999),
      bench.tokens.open(sendId),
      `${bench.tokens.click(sendId, linkId)}x`,
      'x'.repeat(5000),
      '..%2f..',
    ];
    for (const token of tokens) {
      const answer = await fetchAs('GET', `/c/${token}`);
      expect([answer.status, answer.headers.get('content-type')], token).toEqual([404, 'text/html; charset=utf-8']);
      expect(answer.text).toContain('This link is not valid');
    }
    expect(await bench.counts()).toEqual(before);
  });
});

describe('unsubscribe', () => {
  const consent = () => bench.get(`/v1/leads/${leadId}`).then(({ body }) => body['consent']);

  test('GET and HEAD show a page and change nothing', async () => {
    const path = `/u/${bench.tokens.unsubscribe(sendId)}`;
    const before = await bench.counts();
    for (const method of ['GET', 'HEAD']) expect((await fetchAs(method, path)).status).toBe(200);
    const page = await fetchAs('GET', path);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(page.headers.get('set-cookie')).toBeNull();
    expect(page.text).toContain('…@firm.example');
    expect(page.text).not.toMatch(/person\d+@/);
    expect(await bench.counts()).toEqual(before);
    expect(await consent()).toMatchObject({ state: 'given' });
  });

  const multipart = new FormData();
  multipart.set('List-Unsubscribe', 'One-Click');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  test.each([
    ['form-encoded one-click', { raw: 'List-Unsubscribe=One-Click', headers: form }, 'one-click'],
    ['multipart one-click', { raw: multipart }, 'one-click'],
    [
      'multipart that is cut off',
      { raw: '--x\r\nContent-Dispo', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      'link',
    ],
    ['an empty body', {}, 'link'],
    ['the button of the page', { raw: 'from=page', headers: form }, 'unsubscribe page'],
    ['a body that is nonsense', { raw: '{"', headers: { 'content-type': 'application/json' } }, 'link'],
    [
      'an unknown charset',
      { raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded; charset=klingon' } },
      'link',
    ],
    ['too large a body', { raw: `a=${'b'.repeat(100_000)}`, headers: form }, 'link'],
    ['another value', { raw: 'List-Unsubscribe=Yes', headers: form }, 'link'],
  ])('POST with %s', async (_, init, source) => {
    const path = `/u/${bench.tokens.unsubscribe(sendId)}`;
    const answer = await fetchAs('POST', path, init);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('location')).toBeNull();
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await consent()).toMatchObject({
      state: 'withdrawn',
      suppressed: [{ reason: 'unsubscribed', source }],
      mayMail: false,
      source,
    });
    const before = await bench.counts();
    expect((await fetchAs('POST', path, init)).status).toBe(200);
    expect(await bench.counts()).toEqual(before);
  });

  test('a bad token is a page and 404, however it is asked', async () => {
    const before = await bench.counts();
    const right = bench.tokens.unsubscribe(sendId);
    const tokens = ['nonsense', `${right}x`, right.slice(0, -3), bench.tokens.open(sendId)];
    for (const token of tokens) {
      for (const method of ['GET', 'HEAD', 'POST']) expect((await fetchAs(method, `/u/${token}`)).status).toBe(404);
      const oneClicks = [{ raw: 'List-Unsubscribe=One-Click', headers: form }, { raw: multipart }];
      for (const init of oneClicks) expect((await fetchAs('POST', `/u/${token}`, init)).status).toBe(404);
    }
    expect(await consent()).toMatchObject({ state: 'given', mayMail: true });
    expect((await fetchAs('POST', `/u/${bench.tokens.unsubscribe(newId('send'))}`)).status).toBe(404);
    expect(await bench.counts()).toEqual(before);
  });
});

describe('the decision page', () => {
  async function offered(status: 'offered' | 'accepted' = 'offered') {
    const need = await bench.db.need.create({
      data: { id: newId('need'), leadId, stage: 'assigned', openedAt: new Date() },
    });
    await bench.db.lead.update({ where: { id: leadId }, data: { needId: need.id } });
    const assignment = await bench.db.assignment.create({
      data: {
        id: newId('assignment'),
        leadId,
        needId: need.id,
        repId: bench.reps['ada'] ?? '',
        team: 'north',
        rule: 'x',
        status,
        offeredAt: new Date(),
      },
    });
    return assignment.id;
  }
  const link = (assignmentId: string, rep = 'ada', ms = 3_600_000) =>
    `/r/${bench.tokens.decision({ assignmentId, repId: bench.reps[rep] ?? '', expiresAt: new Date(Date.now() + ms) })}`;

  test('shows the brief and changes nothing', async () => {
    await bench.db.lead.update({ where: { id: leadId }, data: { firstName: '<b>Eve</b>', company: 'Acme & Sons' } });
    const path = link(await offered());
    const before = await bench.counts();
    const page = await fetchAs('GET', path);
    await fetchAs('HEAD', path);
    expect(page.status).toBe(200);
    expect(page.text).toContain('&lt;b&gt;Eve&lt;/b&gt;');
    expect(page.text).toContain('Not my region');
    expect(page.text).toContain('to the manager, who finds another rep');
    expect(page.headers.get('x-robots-tag')).toMatch(/noindex/);
    expect(await bench.counts()).toEqual(before);
  });

  test('too old, of another rep, or over: no brief', async () => {
    const id = await offered();
    expect((await fetchAs('GET', link(id, 'ada', -10_000))).status).toBe(404);
    expect((await fetchAs('GET', link(id, 'bob'))).status).toBe(404);
    expect(
      (
        await fetchAs('POST', link(id, 'bob'), {
          raw: 'decision=accept',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        })
      ).status,
    ).toBe(404);
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } });
    await bench.db.assignment.update({ where: { id }, data: { status: 'expired' } });
    const over = await fetchAs('GET', link(id));
    expect(over.text).toContain('no longer waits');
    expect(over.text).not.toContain(lead.email);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const raw of ['', 'decision=accept', 'decision=reject&reason=nonsense']) {
      const pressed = await fetchAs('POST', link(id), { raw, headers });
      expect(pressed.status, raw).toBe(409);
      expect(pressed.text).toContain('no longer waits');
      expect(pressed.text).not.toContain(lead.email);
    }
  });

  test('of a need that is over: no brief of the next one', async () => {
    const path = link(await offered('accepted'));
    expect((await fetchAs('GET', path)).text).toContain('Not my region');
    await bench.db.need.updateMany({ where: { leadId }, data: { closedAt: new Date() } });
    // Nothing was tried, so nothing failed. Who has the lead still, as after a sale, is led to its page; nobody else is.
    const toLead = `href="/console/leads/${leadId}"`;
    const [without, rep] = [await fetchAs('GET', path), bench.reps['ada'] ?? ''];
    expect(without.text).toContain('no longer waits');
    expect(without.text).toContain('Nothing waits for your decision');
    expect(without.text).not.toContain('could not be done');
    expect(without.text).not.toContain(toLead);
    await bench.db.lead.update({ where: { id: leadId }, data: { ownerId: rep } });
    expect((await fetchAs('GET', path)).text).toContain(toLead);
    await bench.db.lead.update({ where: { id: leadId }, data: { ownerId: null } });
    await offered();
    const stale = await fetchAs('GET', path);
    expect(stale.text).toContain('no longer waits');
  });

  test('of a rep who has left the playbook: no brief', async () => {
    const path = link(await offered());
    await bench.db.rep.update({ where: { key: 'ada' }, data: { active: false } });
    try {
      expect((await fetchAs('GET', path)).status).toBe(404);
    } finally {
      await bench.db.rep.update({ where: { key: 'ada' }, data: { active: true } });
    }
  });

  test('a decision holds for the lead as it was shown: changed since, it is shown anew and nothing is done', async () => {
    const path = link(await offered());
    const [, shown = ''] = /name="shown" value="([^"]+)"/.exec((await fetchAs('GET', path)).text) ?? [];
    expect(shown).toMatch(/^offered /);
    // A manager has accepted it in the rep's name meanwhile, and it is in a sale.
    await bench.db.assignment.updateMany({ where: { leadId, status: 'offered' }, data: { status: 'accepted' } });
    await bench.db.lead.update({ where: { id: leadId }, data: { stage: 'opportunity' } });
    const before = await bench.counts();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const raw = new URLSearchParams({ decision: 'reject', reason: 'too-early', shown }).toString();
    const answer = await fetchAs('POST', path, { raw, headers });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('has changed since you opened this page');
    expect(answer.text).toContain('value="accepted opportunity"');
    expect(await bench.counts()).toEqual(before);
  });

  test('a post that decides nothing shows the page again', async () => {
    const path = link(await offered());
    const before = await bench.counts();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const raw of [
      '',
      'decision=maybe',
      'decision=reject',
      'decision=reject&reason=',
      'decision=reject&reason=nonsense',
    ]) {
      const answer = await fetchAs('POST', path, { raw, headers });
      expect([answer.status, answer.headers.get('content-type')], raw).toEqual([400, 'text/html; charset=utf-8']);
      expect(answer.text).toContain('role="alert"');
    }
    expect(await bench.counts()).toEqual(before);
  });
});

test('every GET of the API changes nothing', async () => {
  const before = await bench.counts();
  const paths = [
    '/v1/leads',
    `/v1/leads/${leadId}`,
    `/v1/leads/${leadId}/timeline`,
    `/v1/leads/${leadId}/why`,
    `/v1/leads/${leadId}/activities`,
    '/v1/assignments',
    '/v1/attention',
    '/v1/cadences',
    '/v1/reasons',
    '/v1/reps',
    '/v1/api-keys',
    '/metrics',
    '/openapi.json',
    '/docs/',
  ];
  for (const path of paths) {
    for (const method of ['GET', 'HEAD']) expect((await bench.call(method, path)).status, path).toBe(200);
  }
  expect(await bench.counts()).toEqual(before);
});

describe('a mail in the browser', () => {
  const soon = (): Date => new Date(Date.now() + 3_600_000);
  const TEMPLATE = {
    key: 'seen',
    hash: '5ee'.padEnd(64, '0'),
    subject: 'Hello',
    preheader: 'There',
    topic: 'news',
    kind: 'resource' as const,
    text: null,
    body: '<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ lead.firstName | default: "there" }}, <a href="https://shop.example/a">read</a> {{ links.unsubscribe }} {{ links.preferences }} {{ links.viewInBrowser }}</mj-text></mj-column></mj-section></mj-body></mjml>',
    file: 'templates/seen.mjml',
    spans: [],
  };

  /** Written as a worker writes it. */
  async function sent(): Promise<void> {
    const { hash } = TEMPLATE;
    await bench.db.templateRevision.upsert({
      where: { hash },
      create: { key: TEMPLATE.key, hash, source: storedTemplate(TEMPLATE) },
      update: {},
    });
    await bench.db.lead.update({ where: { id: leadId }, data: { firstName: 'Ada <b>' } });
    const send = await bench.db.send.update({
      where: { id: sendId },
      data: { templateKey: 'seen', templateHash: hash, topic: 'news' },
    });
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } });
    const { playbook } = bench.engine;
    const draft = leadMail({ playbook, picture: { lead, need: null, needTouch: null }, at: send.occurredAt }, TEMPLATE);
    const mail = {
      tokens: bench.tokens,
      publicUrl: 'http://localhost:8080',
      companyName: 'Brookfield',
      postalAddress: '1 Mill Lane',
      from: {},
    };
    const begun = await beginMail(
      { mail, brand: playbook.brand, utm: undefined },
      { id: sendId, audience: 'lead' },
      draft,
    );
    await bench.db.send.update({
      where: { id: sendId },
      data: { contextDigest: contextDigest(sendId, begun.context) },
    });
  }

  test('shows what was sent, counts nothing, and is listed nowhere', async () => {
    await sent();
    const before = await bench.counts();
    const page = await fetchAs('GET', `/v/${bench.tokens.view(sendId, soon())}`);
    const { text } = page;
    expect(page.status).toBe(200);
    expect(text).toContain('Hello Ada &lt;b&gt;');
    expect(text).toContain('href="https://shop.example/a"');
    expect(text).not.toMatch(/\/[oc]\/[\w-]{20}/);
    expect(text).not.toContain('has changed since');
    expect(text).toContain('<meta name="robots" content="noindex, nofollow">');
    expect(page.headers.get('x-robots-tag')).toContain('noindex');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; img-src https: http:");
    expect(page.headers.get('cache-control')).toContain('no-store');
    await bench.tracker.idle();
    expect(await bench.counts()).toEqual(before);
  });

  test('passed on, it leaves and chooses nothing for its reader: it offers to mail them a link', async () => {
    await sent();
    const token = bench.tokens.view(sendId, soon());
    const { text } = await fetchAs('GET', `/v/${token}`);
    expect(text).not.toMatch(/\/u\/\w/);
    const asks = [...text.matchAll(/\/preferences\/[\w-]+/g)].map(([link]) => link);
    expect(asks).toEqual([`/preferences/${token}`, `/preferences/${token}`]);
    // Nor does it give out a link that lasts longer.
    expect([...text.matchAll(/\/v\/[\w-]+/g)].map(([link]) => link)).toEqual([`/v/${token}`]);
    const page = await fetchAs('GET', `/preferences/${token}`);
    expect(page.text).toContain('Only by a link of your own');
    expect(page.text).not.toContain('name="topic"');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const raw of ['do=leave', 'do=save&frequency=monthly&snooze=30'])
      expect((await fetchAs('POST', `/preferences/${token}`, { raw, headers })).text).toContain(
        'Only by a link of your own',
      );
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } });
    expect([lead.mailFrequency, lead.snoozedUntil]).toEqual([null, null]);
    expect(await bench.db.suppression.count({ where: { email: lead.email ?? '' } })).toBe(0);
    expect((await fetchAs('POST', `/preferences/${token}`, { raw: 'do=mail', headers })).text).toContain(
      'A link is on its way',
    );
  });

  test('says so when what it was written from has changed', async () => {
    await sent();
    await bench.db.lead.update({ where: { id: leadId }, data: { firstName: 'Grace' } });
    const { text } = await fetchAs('GET', `/v/${bench.tokens.view(sendId, soon())}`);
    expect(text).toContain('Hello Grace');
    expect(text).toContain('has changed since this email was sent');
    await bench.db.lead.update({ where: { id: leadId }, data: { language: 'de-AT' } });
    const german = await fetchAs('GET', `/v/${bench.tokens.view(sendId, soon())}`);
    expect(german.text).toContain('hat sich seit dem Versand dieser E-Mail geändert');
  });

  test('is not shown to who unsubscribed, after an erasure, or when its link is too old', async () => {
    await sent();
    const path = `/v/${bench.tokens.view(sendId, soon())}`;
    expect((await fetchAs('GET', `/v/${bench.tokens.view(sendId, new Date(Date.now() - 2_000))}`)).status).toBe(404);
    expect((await fetchAs('GET', `/v/${bench.tokens.unsubscribe(sendId)}`)).status).toBe(404);
    await fetchAs('POST', `/u/${bench.tokens.unsubscribe(sendId)}`);
    expect((await fetchAs('GET', path)).text).toContain('You have unsubscribed from our emails');
    await bench.db.lead.update({ where: { id: leadId }, data: { language: 'de' } });
    const german = await fetchAs('GET', path);
    expect(german.text).toContain('<html lang="de"');
    expect(german.text).toContain('Sie haben sich von unseren E-Mails abgemeldet');
    await bench.db.send.delete({ where: { id: sendId } });
    expect((await fetchAs('GET', path)).text).toContain('no longer kept');
  });
});
