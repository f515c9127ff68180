/** The console as a rep uses it: sign-in by a mailed link, the desk, one lead. By HTTP, and in a real browser. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserRole } from '../../src/domain/actor.ts';
import { developmentSignIn } from '../../src/cli/development-sign-in.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { askToSignIn } from '../../src/store/access/sign-in-links.ts';
import { newId } from '../../src/domain/ids.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { publishReps } from '../../src/store/rules/publish-reps.ts';
import { logActivity } from '../../src/store/sales/log-activity.ts';
import { changeRep, type RepPatch } from '../../src/store/sales/change-rep.ts';
import { atRest } from '../support/at-rest.ts';
import { CHROMIUM_FLAGS, chromiumPath } from '../support/chromium.ts';
import { stopAt } from '../support/stop-at.ts';
import type { Request, Response } from 'express';
import { takePlace } from '../../src/console/cookies.ts';
import type { ConsoleDeps } from '../../src/console/deps.ts';
import { consoleRouter } from '../../src/console/router.ts';
import { lifeOf } from '../workflows/life.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { openApi, type Bench } from './support.ts';
import { createVisitor, type Visitor } from './visitor.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openApi({ worker: true, change: withLineNeed });
});
afterAll(() => bench.close());

/** While it is on, no command reaches a process. */
const outOfReach = { isOn: false };

/** The pages propose a need of a product line from twenty points on. */
function withLineNeed(deps: ApiDeps): ApiDeps {
  const { rules } = deps.store;
  const current: typeof rules.current = () => {
    const published = rules.current();
    const scoring = { ...published.playbook.scoring, lineNeed: { score: 20, then: 'propose' as const } };
    return { ...published, playbook: { ...published.playbook, scoring } };
  };
  const execute: typeof deps.commands.execute = (...given) =>
    outOfReach.isOn ? Promise.reject(new Error('No connection to the processes')) : deps.commands.execute(...given);
  return { ...deps, commands: { ...deps.commands, execute }, store: { ...deps.store, rules: { ...rules, current } } };
}

/** Where the cookie of the page that was asked for leads. */
const takenPlace = (cookie: string): string =>
  takePlace(
    { headers: { cookie: `nurture_place=${cookie}` } } as unknown as Request,
    { clearCookie: () => {} } as unknown as Response,
    '/home',
  );

const ASKS = { source: 'drip', country: 'IT', event: { type: 'demo.requested' } };
/** What nobody can be called by. */
const NO_NUMBERS = ['123', '0000000000', '+49 000', '+49 171 234567890123456'];

const visitor = () => createVisitor(() => bench.base);

async function emailOf(rep: string): Promise<string> {
  return (await bench.db.rep.findUniqueOrThrow({ where: { key: rep } })).email;
}

/** Asks for a link, and returns its path from the mail. */
async function askForLink(who: Visitor, rep: string): Promise<string> {
  const email = await emailOf(rep);
  const before = signInsTo(email).length;
  const { csrf } = await who.go('/console/sign-in');
  expect(await who.go('/console/sign-in', { csrf, email: email.toUpperCase() })).toMatchObject({ status: 200 });
  await expect.poll(() => signInsTo(email).length).toBe(before + 1);
  return /\/console\/sign-in\/[\w-]+/.exec(signInsTo(email).at(-1)?.text ?? '')?.[0] ?? '';
}

function signInsTo(email: string) {
  return bench.engine.sink.to(email).filter(({ subject }) => subject.startsWith('Sign in'));
}

async function signInAs(email: string): Promise<Visitor> {
  const session = await openSessionOf(bench.db, email, new Date());
  const who = visitor();
  who.cookies.set('nurture_session', session ?? '');
  return who;
}

/** Without a mail: only so many requests in a minute are answered to who asks for links. */
async function signIn(rep: string): Promise<Visitor> {
  return signInAs(await emailOf(rep));
}

/** The next step that is planned was due then. */
async function stepPasses(leadId: string, dueAt: Date): Promise<void> {
  await bench.db.task.updateMany({ where: { leadId, kind: 'next-step', status: 'open' }, data: { dueAt } });
  await bench.db.assignment.updateMany({ where: { leadId, nextStepAt: { not: null } }, data: { nextStepAt: dueAt } });
}

async function signInByLink(rep: string): Promise<Visitor> {
  const who = visitor();
  const link = await askForLink(who, rep);
  const { csrf } = await who.go(link);
  expect(await who.go(link, { csrf })).toMatchObject({ status: 303, to: '/console' });
  return who;
}

async function offered(email: string) {
  const leadId = await bench.lead({ email, firstName: 'Otto', lastName: '<b>Bold</b>', ...ASKS });
  return { leadId, offer: await lifeOf(bench.engine).offered(leadId) };
}

/** Of the form that opens a need of a product line. */
const onceOfLine = (text: string): string => onceOf(text.slice(text.indexOf('id="form-line"')));
const onceOf = (text: string): string => /name="once"\s+value="([^"]+)"/.exec(text)?.[1] ?? '';

describe('signing in', () => {
  test('a link is used up by its button and not by being opened, and works once', async () => {
    const who = visitor();
    const link = await askForLink(who, 'dino');
    await who.go(link);
    const { csrf } = await who.go(link);
    expect((await who.go(link, { csrf })).status).toBe(303);
    expect(await who.go('/console')).toMatchObject({ status: 200 });
    expect((await who.go(link)).text).toContain('You are signed in already');
  });

  test('a link does not work in another browser, nor after ten minutes', async () => {
    const link = await askForLink(visitor(), 'dino');
    const other = visitor();
    const { csrf } = await other.go('/console/sign-in');
    expect((await other.go(link, { csrf })).status).toBe(403);
    const late = visitor();
    const lateLink = await askForLink(late, 'dino');
    await bench.db.signIn.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await late.go(lateLink)).status).toBe(403);
  });

  test('an unknown address gets the same answer, and no mail', async () => {
    const who = visitor();
    const { csrf } = await who.go('/console/sign-in');
    const known = await who.go('/console/sign-in', { csrf, email: await emailOf('ada') });
    const unknown = await who.go('/console/sign-in', { csrf, email: 'nobody@firm.example' });
    expect(unknown.text).toBe(known.text);
    expect(signInsTo('nobody@firm.example')).toEqual([]);
  });

  test('strangers who ask in the name of a rep neither fill their mailbox nor lock them out of a new browser', async () => {
    const email = await emailOf('bob');
    const bob = await signInByLink('bob');
    const unused = () => bench.db.signIn.count({ where: { repId: bench.reps['bob'] ?? '', usedAt: null } });
    const ask = async (who: Visitor) => {
      const { csrf } = await who.go('/console/sign-in');
      return who.go('/console/sign-in', { csrf, email });
    };
    const use = async (who: Visitor, link: string) => (await who.go(link, { csrf: (await who.go(link)).csrf })).status;
    const newest = () => /\/console\/sign-in\/[\w-]+/.exec(signInsTo(email).at(-1)?.text ?? '')?.[0] ?? '';
    const strangers = Array.from({ length: 8 }, () => visitor());
    const asked = await Promise.all(strangers.map(ask));
    expect(new Set(asked.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    await expect.poll(() => signInsTo(email).length).toBe(1 + 5);
    expect(await unused()).toBe(5);
    // A new browser of the rep: no mail, and the links of the mails work in it, as in no browser that did not ask.
    const byNew = visitor();
    const link = newest();
    expect((await byNew.go(link)).status).toBe(403);
    expect((await ask(byNew)).text).toBe(asked[0]?.text);
    expect((await byNew.go(link)).status).toBe(200);
    expect((await visitor().go(link)).status).toBe(403);
    // Ten minutes after it asked, and not after the link was mailed.
    await bench.db.signIn.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await use(byNew, link)).toBe(303);
    expect((await byNew.go('/console')).status).toBe(200);
    expect(await use(byNew, link)).toBe(403);
    expect(signInsTo(email).length).toBe(1 + 5);
    // A browser that is known has mails of its own; after those its newest link serves it.
    for (let n = 0; n < 5; n += 1) await askForLink(bob, 'bob');
    const own = newest();
    await ask(bob);
    expect(signInsTo(email).length).toBe(1 + 5 + 5);
    expect(await use(bob, own)).toBe(303);
    expect((await askToSignIn(bench.db, email, null, new Date()))?.to.address).toBe(email);
    // In a new browser one mail in twenty minutes goes on.
    await bench.db.signIn.updateMany({ data: { expiresAt: new Date(Date.now() - 10 * 60_000 - 1) } });
    const late = visitor();
    expect(await use(late, await askForLink(late, 'bob'))).toBe(303);
    await bench.db.signIn.deleteMany({});
  });

  test('who asks for a page of the console and signs in comes to that page, and nowhere else', async () => {
    const who = visitor();
    const asked = `/console/leads/lead-${'0'.repeat(32)}`;
    expect((await who.go(asked)).to).toBe('/console/sign-in');
    const link = await askForLink(who, 'cleo');
    expect((await who.go(link, { csrf: (await who.go(link)).csrf })).to).toBe(asked);
    const tricked = visitor();
    const evil = [
      '//evil.example',
      '/console/../evil',
      'https:%2F%2Fevil.example',
      '%E0%A4',
      '/consolex?a',
      '/console%5C%5Cevil?a',
      '/console?a%0Ab',
      '/console/../x?a',
    ];
    const next = await askForLink(tricked, 'cleo');
    const session = await tricked.go(next);
    for (const place of evil.slice(1)) {
      tricked.cookies.set('nurture_place', place);
      expect(takenPlace(place), place).toBe('/home');
    }
    tricked.cookies.set('nurture_place', evil[0] ?? '');
    expect((await tricked.go(next, { csrf: session.csrf })).to).toBe('/console');
    expect(takenPlace(encodeURIComponent('/console/board?rep=luca-moretti&since=30%20days'))).toBe(
      '/console/board?rep=luca-moretti&since=30%20days',
    );
    const asksMore = visitor();
    await asksMore.go('/console/leads?since=30%20days&grade=A');
    const last = await askForLink(asksMore, 'cleo');
    expect((await asksMore.go(last, { csrf: (await asksMore.go(last)).csrf })).to).toBe(
      '/console/leads?since=30%20days&grade=A',
    );
    expect(await visitor().go('/')).toMatchObject({ status: 303, to: '/console' });
    expect((await visitor().go('/favicon.ico')).headers.get('content-type')).toContain('image/svg+xml');
  });

  test('a manager in no team begins at the board, not at a desk on which there is never a lead', async () => {
    const boss = visitor();
    const link = await askForLink(boss, 'boss');
    expect((await boss.go(link, { csrf: (await boss.go(link)).csrf })).to).toBe('/console/board');
    expect((await boss.go(link)).text).toContain('href="/console/board">Go on');
    // The desk of the boss is there, and says why it is empty.
    expect((await boss.go('/console')).text).toMatch(/You are in no team.*href="\/console\/board"/s);
    expect((await (await signIn('dino')).go('/console')).text).not.toContain('You are in no team');
    // The console as such is no page that was asked for.
    const again = visitor();
    await again.go('/console');
    const next = await askForLink(again, 'boss');
    expect((await again.go(next, { csrf: (await again.go(next)).csrf })).to).toBe('/console/board');
  });

  test('who is not signed in, has signed out, or was switched off, sees the sign-in page', async () => {
    expect(await visitor().go('/console')).toMatchObject({ status: 303, to: '/console/sign-in' });
    const who = await signIn('dino');
    const stolen = who.cookies.get('nurture_session') ?? '';
    const { csrf } = await who.go('/console');
    expect((await who.go('/console/sign-out', { csrf: 'forged' })).status).toBe(403);
    await who.go('/console/sign-out', { csrf });
    who.cookies.set('nurture_session', stolen);
    expect((await who.go('/console')).status).toBe(303);
    const off = await signIn('dino');
    await bench.db.rep.update({ where: { key: 'dino' }, data: { active: false } });
    expect((await off.go('/console')).status).toBe(303);
    await bench.db.rep.update({ where: { key: 'dino' }, data: { active: true } });
  });

  test('a rep who is switched off, or gets another address, is signed out for good, and their links are over', async () => {
    const bob = { id: bench.reps['bob'] ?? '', key: 'bob' };
    const change = { rep: 'bob', actor: 'system', at: new Date(), denial: () => null };
    const who = await signIn('bob');
    const late = visitor();
    const link = await askForLink(late, 'bob');
    await changeRep(bench.db, { ...change, patch: { active: false } });
    await changeRep(bench.db, { ...change, patch: { active: true } });
    expect((await who.go('/console')).status).toBe(303);
    expect((await late.go(link)).status).toBe(403);
    const { routing } = bench.engine.store.rules.current().playbook;
    const again = await signIn('bob');
    await bench.db.$transaction((tx) => publishReps(tx, routing));
    expect((await again.go('/console')).status).toBe(200);
    const elsewhere = routing.reps.map((rep) => (rep.rep === bob.key ? { ...rep, email: 'robert@firm.example' } : rep));
    await bench.db.$transaction((tx) => publishReps(tx, { ...routing, reps: elsewhere }));
    expect((await again.go('/console')).status).toBe(303);
    await bench.db.$transaction((tx) => publishReps(tx, routing));
    expect(await bench.db.session.count({ where: { repId: bob.id } })).toBe(0);
  });

  test('cookies are out of reach of scripts, tokens are stored as hashes, and a page runs no script but ours', async () => {
    const who = visitor();
    const { headers, text } = await who.go('/console/sign-in');
    // No provider is set up here.
    expect(text).not.toContain('Sign in with');
    expect((await who.go('/console/openid')).status).toBe(404);
    expect(headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; style-src 'self'");
    const session = (await signIn('dino')).cookies.get('nurture_session') ?? '';
    expect(await bench.db.session.count({ where: { tokenHash: session } })).toBe(0);
  });
});

describe('users', () => {
  const by = () => ({ actor: 'system', author: 'test', at: new Date() });
  const invite = (email: string, role: UserRole, teams: string[] = []) =>
    inviteUser(bench.db, { email, name: `The ${role}`, role, teams }, by());

  test('an admin invites, changes and disables; who is disabled is signed out; the last admin stays', async () => {
    const admin = await invite('Root@Firm.example', 'admin');
    const who = await signInAs('root@firm.example');
    expect(await who.go('/console')).toMatchObject({ status: 303, to: '/console/board' });
    const page = await who.go('/console/users');
    expect(page.text).toContain('root@firm.example');
    const asked = { csrf: page.csrf, name: 'Kim', email: 'kim@firm.example', role: 'manager', teams: 'north' };
    expect(await who.go('/console/users', asked)).toMatchObject({ status: 303, to: '/console/users?done=invited' });
    await expect
      .poll(() => bench.engine.sink.to('kim@firm.example').map(({ subject }) => subject))
      .toEqual([expect.stringContaining('You may sign in')]);
    expect(await who.go('/console/users', asked)).toMatchObject({ status: 409 });
    const noTeam = await who.go('/console/users', { ...asked, email: 'lo@firm.example', teams: 'moon' });
    expect(noTeam).toMatchObject({ status: 400, text: expect.stringContaining('there is no team ‘moon’') });
    // The form keeps what was typed, and the mistake stands beside its field.
    expect(noTeam.text).toMatch(/value="lo@firm\.example".*id="teams"[^>]*value="moon"[^>]*aria-invalid="true"/s);
    const accent = await who.go('/console/users', { ...asked, email: 'kím@firm.example' });
    expect(accent).toMatchObject({ status: 400, text: expect.stringContaining('without accents before the @') });
    const abroad = { ...asked, name: 'Rauch', email: 'rauch@Räucherei.example' };
    expect(await who.go('/console/users', abroad)).toMatchObject({ status: 303 });
    await expect.poll(() => bench.engine.sink.to('rauch@räucherei.example').length).toBe(1);
    expect((await (await signInAs('rauch@räucherei.example')).go('/console/board')).status).toBe(200);
    const kim = await bench.db.user.findUniqueOrThrow({ where: { email: 'kim@firm.example' } });
    const kims = await signInAs('kim@firm.example');
    expect((await kims.go('/console/users')).status).toBe(403);
    expect((await kims.go('/console/users', { ...asked, csrf: (await kims.go('/console/board')).csrf })).status).toBe(
      403,
    );
    await who.go(`/console/users/${kim.id}`, { csrf: page.csrf, active: 'false' });
    expect(await kims.go('/console/board')).toMatchObject({ status: 303, to: '/console/sign-in' });
    const last = await who.go(`/console/users/${admin.id}`, { csrf: page.csrf, active: 'false' });
    expect(last).toMatchObject({ status: 409, text: expect.stringContaining('last active admin') });
    const rows = await bench.db.audit.findMany({ where: { action: { startsWith: 'user.' } }, orderBy: { id: 'asc' } });
    expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
      ['user.invited', 'system'],
      ['user.invited', admin.id],
      ['user.invited', admin.id],
      ['user.changed', admin.id],
    ]);
  });

  test('who is a rep and a user has a desk and may do what either may; a marketer decides on no lead', async () => {
    const { leadId, offer } = await offered('otto@both.example');
    await invite('dino@sales.example', 'marketer');
    const both = await signInAs('dino@sales.example');
    expect((await both.go('/console')).text).toContain('Waiting for your decision');
    const marketer = await invite('mark@firm.example', 'marketer');
    const marks = await signInAs('mark@firm.example');
    const page = await marks.go(`/console/leads/${leadId}`);
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<h2>Accept');
    const form = { once: '1', assignment: offer.id };
    const { csrf, text: board } = await marks.go('/console/board?rep=dino');
    // The leads, and nothing that a marketer may not do.
    expect(board).toContain(leadId);
    for (const part of ['type="checkbox"', 'Hand over', 'Absence']) expect(board).not.toContain(part);
    expect((await marks.go(`/console/leads/${leadId}/accept`, { ...form, csrf })).status).toBe(403);
    const own = (await both.go(`/console/leads/${leadId}`)).csrf;
    expect((await both.go(`/console/leads/${leadId}/accept`, { ...form, csrf: own })).status).toBe(303);
    await bench.db.user.deleteMany({ where: { id: marketer.id } });
    await bench.db.user.deleteMany({ where: { email: 'dino@sales.example' } });
  });

  test('the embedded stack of development prints a link that signs an admin in, once; production makes none', async () => {
    const { config } = bench.engine;
    const embedded = { ...config, embedded: { ...config.embedded, postgres: true } };
    await bench.db.user.deleteMany({ where: { role: 'admin' } });
    const first = await developmentSignIn(embedded);
    expect(first).toMatchObject({ email: 'admin@example.com' });
    const again = await developmentSignIn(embedded);
    expect(again.email).toBe(first.email);
    expect(await bench.db.user.count({ where: { role: 'admin' } })).toBe(1);
    const link = new URL(first.url).pathname;
    const who = visitor();
    const { csrf } = await who.go(link);
    expect((await who.go(link, { csrf })).status).toBe(303);
    expect((await who.go('/console/users')).status).toBe(200);
    expect((await visitor().go(link)).status).toBe(403);
    // It may lead to a page of the console, and to nowhere else.
    for (const [page, to] of [
      ['/console/reports', '/console/reports'],
      ['//elsewhere.example/console', '/console/board'],
    ] as const) {
      const { url } = await developmentSignIn(embedded, page);
      const newcomer = visitor();
      const form = await newcomer.go(`${new URL(url).pathname}${new URL(url).search}`);
      expect(await newcomer.go(new URL(url).pathname, { csrf: form.csrf })).toMatchObject({ status: 303, to });
    }
    for (const refused of [{ ...embedded, env: 'production' as const }, config])
      await expect(developmentSignIn(refused)).rejects.toMatchObject({ code: 'OFF_IN_PRODUCTION' });
  });

  test('a link from the command line works once, in any browser', async () => {
    await invite('cli@firm.example', 'operator');
    const asked = await askToSignIn(bench.db, 'CLI@firm.example', null, new Date());
    const link = `/console/sign-in/${asked?.token}`;
    const who = visitor();
    const { csrf } = await who.go(link);
    expect((await who.go(link, { csrf })).status).toBe(303);
    const stranger = await visitor().go(link);
    expect(stranger).toMatchObject({ status: 403, text: expect.stringContaining('This link does not work') });
    // Who is signed in by it is led on.
    for (const form of [undefined, { csrf }]) {
      const again = await who.go(link, form);
      expect(again).toMatchObject({ status: 403, text: expect.stringContaining('You are signed in already') });
      expect(again.text).toContain('href="/console/board">Go on to the console');
    }
  });
});

test('a rep turns the list of the day by mail on and off, at the foot of the desk', async () => {
  const who = await signIn('dino');
  const press = async () => {
    const { csrf, text } = await who.go('/console');
    const on = /name="on" value="(true|false)"/.exec(text)?.[1] ?? '';
    const { to } = await who.go('/console/desk/digest', { csrf, on });
    return (await who.go(to ?? '')).text;
  };
  expect(await press()).toContain('You get the list of the day by mail');
  expect((await bench.get('/v1/reps')).body['items']).toContainEqual(
    expect.objectContaining({ key: 'dino', dailyDigest: true }),
  );
  expect(await press()).toContain('You get no list of the day any more');
  const off = await bench.call('PATCH', '/v1/reps/dino', { body: { dailyDigest: false } });
  expect(off.body).toMatchObject({ dailyDigest: false });
});

describe('a lead on the desk', () => {
  test('is accepted once however often the button is pressed; a call is logged once; it is sent back with a note', async () => {
    const { leadId } = await offered('otto@desk-one.example');
    const who = await signIn('dino');
    expect((await who.go('/console')).text).toContain('Waiting for your decision (1)');
    const page = await who.go(`/console/leads/${leadId}`);
    expect(page.text).toContain('&lt;b&gt;Bold');
    const assignment = /name="assignment"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const form = { csrf: page.csrf, once: onceOf(page.text), assignment };
    expect(page.text).toMatch(/Why now:.*Call them today\.|Why now:.*Write to them today/s);
    // A reason says what follows, as on the page of the mail.
    expect(page.text).toContain('Too early (back to the nurture pool for at least 5 days)');
    const [first, second] = await Promise.all([1, 2].map(() => who.go(`/console/leads/${leadId}/accept`, form)));
    expect([first?.status, second?.status]).toEqual([303, 303]);
    expect((await who.go(`/console/leads/${leadId}`)).text).toContain('Why now:');
    for (let press = 0; press < 2; press += 1)
      await who.go(`/console/leads/${leadId}/log`, { ...form, kind: 'call', came: 'reached', body: 'Wants an offer' });
    // It was called: that is not advised again.
    expect((await who.go(`/console/leads/${leadId}`)).text).not.toMatch(/Why now:|them today/);
    expect(await bench.db.repActivity.findMany({ where: { leadId, kind: 'call' } })).toMatchObject([
      { result: 'reached' },
    ]);
    const attempt = { ...form, once: 'attempt', kind: 'call', came: 'no-answer' };
    await who.go(`/console/leads/${leadId}/log`, attempt);
    expect(await bench.db.assignment.findUniqueOrThrow({ where: { id: assignment } })).toMatchObject({ attempts: 1 });
    expect((await who.go(`/console/leads/${leadId}`)).text).toContain('Call (no answer) by');
    expect((await who.go(`/console/leads/${leadId}/log`, { ...attempt, kind: 'note', body: 'x' })).status).toBe(400);
    const planning = { ...attempt, once: 'planning', in: '3' };
    expect((await who.go(`/console/leads/${leadId}/log`, planning)).to).toContain('done=logged-planned');
    expect(await bench.db.task.findMany({ where: { leadId, status: 'open' } })).toMatchObject([
      { kind: 'next-step', body: 'Contact again' },
    ]);
    await who.go(`/console/leads/${leadId}/log`, {
      ...form,
      once: '2',
      dueAt: '2031-01-01T09:00',
      step: 'Send offer',
    });
    await stepPasses(leadId, new Date('2020-01-01T09:00Z'));
    expect((await who.go('/console')).text).toMatch(/Send offer:\s.*overdue/s);
    // One form: the call is the step done, and the step that comes with it is planned.
    const both = { ...form, once: 'both', kind: 'call', came: 'reached', step: 'Visit', dueAt: '2031-03-04T10:30' };
    const kept = await who.go(`/console/leads/${leadId}/log`, { ...both, dueAt: '' });
    expect(kept.text).toMatch(/value="call" selected.*Visit<\/textarea>.*id="wrong-in"/s);
    const next = /Logged, and the next step is planned\. Next: Visit by 4 Mar 2031 10:30/;
    for (let press = 0; press < 2; press += 1) {
      const saved = await who.go(`/console/leads/${leadId}/log`, both);
      expect((await who.go(saved.to ?? '')).text).toMatch(next);
    }
    expect(await bench.db.task.findMany({ where: { leadId }, orderBy: { id: 'asc' } })).toMatchObject([
      { body: 'Contact again', status: 'cancelled' },
      { body: 'Send offer', status: 'done' },
      { body: 'Visit', status: 'open' },
    ]);
    // With the step done and no other planned, nothing is said to wait.
    const done = await who.go(`/console/leads/${leadId}/log`, { ...form, once: 'done', kind: 'call' });
    expect((await who.go(done.to ?? '')).text).toMatch(/role="status">\s+Logged\.\s+<\/p>.*no next step/s);
    const opportunity = { ...form, once: '3', result: 'opportunity', currency: 'usd' };
    const noAmount = await who.go(`/console/leads/${leadId}/outcome`, { ...opportunity, value: '12.0055' });
    expect(noAmount.status).toBe(400);
    const won = { ...opportunity, value: '1200.50' };
    expect((await who.go(`/console/leads/${leadId}/outcome`, won)).status).toBe(303);
    expect(await bench.db.need.findFirstOrThrow({ where: { leadId } })).toMatchObject({
      valueMinor: 120_050n,
      currency: 'USD',
    });
    const noReason = await who.go(`/console/leads/${leadId}/reject`, { ...form, once: '4', reason: '' });
    expect(noReason.status).toBe(400);
    expect(noReason.text).toContain('Choose one of the reasons.');
    const reason = bench.engine.store.rules.current().playbook.reasons.find(({ follow }) => follow.kind === 'recycle');
    const gone = `/console?done=rejected&lead=${leadId}`;
    const back = { ...form, once: '5', reason: reason?.reason ?? '', note: 'Spring' };
    expect(await who.go(`/console/leads/${leadId}/reject`, back)).toMatchObject({
      status: 303,
      to: gone,
    });
    const said = await who.go(gone);
    expect(said.text).toContain(
      `You have sent back Otto &lt;b&gt;Bold&lt;/b&gt; as ‘${reason?.label}’: back to the nurture pool for at least`,
    );
    expect(await who.go(`/console/leads/${leadId}`)).toMatchObject({
      status: 403,
      text: expect.stringMatching(new RegExp(`You have sent this lead back as ‘${reason?.label}’, [^:]+:`)),
    });
    // Of a lead that others gave away, or that was given away long ago, neither page has a word.
    const other = await signIn('ada');
    expect((await other.go(gone)).text).not.toContain('You have sent back');
    expect((await other.go(`/console/leads/${leadId}`)).text).not.toContain('You have sent this lead back');
    await bench.db.assignment.updateMany({ where: { leadId }, data: { decidedAt: new Date(Date.now() - 3_600_000) } });
    expect((await who.go(gone)).text).not.toContain('You have sent back');
    // The second press gets the verdict of the first, though the lead is not theirs any more.
    expect(await who.go(`/console/leads/${leadId}/reject`, back)).toMatchObject({ to: gone });
  });

  test('that is sent back to the manager: its row, the list of what waits and its page have the reason in words, and the note', async () => {
    const { leadId, offer } = await offered('otto@not-my-region.example');
    const note = 'Site in <Napa>';
    const sent = await bench.post(`/v1/assignments/${offer.id}/reject`, { reason: 'wrong-region', note });
    expect(sent, sent.text).toMatchObject({ status: 200 });
    const by = { actor: 'system', author: 'test', at: new Date() };
    await inviteUser(bench.db, { email: 'rosa@firm.example', name: 'Rosa', role: 'manager', teams: [] }, by);
    const who = await signInAs('rosa@firm.example');
    const why = 'Sent back as ‘Not my region’: “Site in &lt;Napa&gt;”. A person decides who gets it.';
    for (const page of ['board', 'attention', 'attention?kind=reroute', `leads/${leadId}`])
      expect((await who.go(`/console/${page}`)).text, page).toContain(why);
    // No word of the rep is kept with the need.
    const { waitingBecause } = await lifeOf(bench.engine).need(leadId);
    expect(waitingBecause).toBe('Sent back as ‘wrong-region’: a person decides who gets it.');
    // The manager reads who could get it now, and what each did.
    expect((await who.go(`/console/leads/${leadId}`)).text).toMatch(
      /Considered: [^.]*had it until a person sent it back/,
    );
    await bench.db.user.deleteMany({ where: { email: 'rosa@firm.example' } });
  });

  test('that has left its rep in another tab: what was typed stands beside the refusal, to be copied', async () => {
    const { leadId, offer } = await offered('otto@two-tabs-typed.example');
    const who = await signIn('dino');
    const { csrf } = await who.go(`/console/leads/${leadId}`);
    const form = { csrf, assignment: offer.id };
    const note = 'Wants <b>drip</b> lines by May';
    await who.go(`/console/leads/${leadId}/reject`, { ...form, once: 'tab-1', reason: 'too-early', note: 'Spring' });
    const call = { ...form, kind: 'call', body: note, step: 'Send the list', in: '7' };
    const late = await who.go(`/console/leads/${leadId}/log`, { ...call, once: 'tab-2' });
    expect(late.status).toBe(403);
    expect(late.text).toMatch(
      /You have sent this lead back[^<]*: it is not yours any more.*Wants &lt;b&gt;drip&lt;\/b&gt; lines by May<\/textarea>.*Send the list<\/textarea>/s,
    );
    // A mistake in the form besides: it was refused with a page of the lead that may not be shown any more.
    const mistaken = await who.go(`/console/leads/${leadId}/log`, { ...call, once: 'tab-3', in: 'never' });
    expect(mistaken).toMatchObject({ status: 403, text: expect.stringContaining('lines by May</textarea>') });
    const nothing = await who.go(`/console/leads/${leadId}/log`, { ...form, once: 'tab-4', kind: 'call' });
    expect(nothing).toMatchObject({ status: 403, text: expect.not.stringContaining('What you have typed') });
  });

  test('that is won asks for nothing any more: neither the step that was planned nor the date it was snoozed until', async () => {
    const { leadId } = await offered('otto@won-and-planned.example');
    const who = await signIn('dino');
    const first = await who.go(`/console/leads/${leadId}`);
    const assignment = /name="assignment"\s+value="([^"]+)"/.exec(first.text)?.[1] ?? '';
    const act = async (what: string, fields: Record<string, string>) =>
      expect(
        (await who.go(`/console/leads/${leadId}/${what}`, { csrf: first.csrf, assignment, once: what, ...fields }))
          .status,
      ).toBe(303);
    await act('accept', {});
    await act('log', { kind: 'call', came: 'reached', step: 'Send price list', in: '7' });
    await act('snooze', { in: '1' });
    expect((await who.go(`/console/leads/${leadId}`)).text).toMatch(/Send price list by[^]*snoozed until/);
    await act('outcome', { result: 'won', value: '900', currency: 'EUR' });
    const { text } = await who.go(`/console/leads/${leadId}?done=closed`);
    expect(text).toContain('The outcome is recorded: won, €900.00.');
    expect(text).not.toMatch(/<strong>Next:<|snoozed until/);
  });

  test('that has bought and asks for something else: the sale goes on, named by what was bought, and is told in words', async () => {
    const email = 'otto@bought-twice.example';
    const { leadId } = await offered(email);
    const by = { actor: 'system', author: 'test', at: new Date() };
    await inviteUser(bench.db, { email: 'sally@firm.example', name: 'Sally', role: 'manager', teams: [] }, by);
    const who = await signInAs('sally@firm.example');
    const value = { amount: 120_000, currency: 'EUR' };
    const won = await bench.post(`/v1/leads/${leadId}/outcome`, { result: 'won', reason: 'best-offer', value });
    expect(won).toMatchObject({ status: 200, body: { stage: 'customer' } });
    const sale = await bench.db.need.findFirstOrThrow({ where: { leadId, outcome: 'won' } });
    const bought = await who.go(`/console/leads/${leadId}`);
    expect(bought.text).not.toContain('Why now:');
    expect(bought.text).toContain(`<option value="${sale.id}"`);
    await bench.post('/v1/leads', { email, source: 'trade-show', need: { type: 'service' } });
    await bench.engine.until(
      () => bench.engine.lead(leadId),
      ({ needId }) => needId !== sale.id,
    );
    const page = await who.go(`/console/leads/${leadId}`);
    expect(page.text).toMatch(/With us before.*Bought: €1,200\.00\. Best offer/s);
    expect(page.text).toContain(`<option value="${sale.id}"`);
    const form = { csrf: page.csrf, once: 'goes-on', need: sale.id, funnelStage: 'paid' };
    expect((await who.go(`/console/leads/${leadId}/after-sale`, { ...form, need: 'need-x' })).status).toBe(400);
    expect(await who.go(`/console/leads/${leadId}/after-sale`, form)).toMatchObject({ status: 303 });
    expect(await bench.db.need.findUniqueOrThrow({ where: { id: sale.id } })).toMatchObject({ funnelStage: 'paid' });
    expect((await who.go(`/console/leads/${leadId}`)).text).toContain('Bought: €1,200.00, now ‘paid’. Best offer');
    // Delivered: that sale is over.
    const { funnel } = bench.engine.store.rules.current().playbook;
    const last = { result: 'won', needId: sale.id, funnelStage: funnel.at(-1) };
    expect((await bench.post(`/v1/leads/${leadId}/outcome`, last)).status).toBe(200);
    expect((await who.go(`/console/leads/${leadId}`)).text).not.toContain('After the sale');
  });

  test('a form that is refused shows again what was typed, with the mistake beside its field; nothing false is preset', async () => {
    const { leadId, offer } = await offered('otto@desk-kept.example');
    const who = await signIn('dino');
    const { csrf, text } = await who.go(`/console/leads/${leadId}`);
    for (const form of ['log', 'reject'])
      expect(text).toMatch(new RegExp(`id="form-${form}".*?<option value="" selected`, 's'));
    const act = (what: string, fields: Record<string, string>) =>
      who.go(`/console/leads/${leadId}/${what}`, { csrf, once: what, assignment: offer.id, ...fields });
    const log = await act('log', { kind: 'note', came: 'reached', body: 'Call <after> five' });
    expect(log.status).toBe(400);
    expect(log.text).toMatch(
      /<option value="note" selected>.*aria-describedby="wrong-came".*Call &lt;after&gt; five<\/textarea>/s,
    );
    const step = await act('log', { step: 'Send offer' });
    expect(step.text).toMatch(/Send offer<\/textarea>.*id="wrong-in"/s);
    expect((await act('accept', {})).to).toBe(`/console/leads/${leadId}?done=accepted`);
    expect((await who.go(`/console/leads/${leadId}?done=accepted`)).text).toMatch(/role="status">\s+Accepted\./);
    const lost = await act('outcome', { result: 'lost', value: '1.234', currency: 'KWD', note: 'Too dear' });
    expect(lost.text).toMatch(/value="1.234".*can be read as 1234 or as 1.234.*Too dear<\/textarea>/s);
    const why = await act('outcome', { result: 'lost', value: '1.234,50', currency: 'EUR' });
    expect(why).toMatchObject({ status: 400, text: expect.stringContaining('Say why: choose one of the reasons.') });
    const planned = await act('log', { once: 'planned', step: 'Visit them', dueAt: '2031-03-04T10:30' });
    expect((await who.go(planned.to ?? '')).text).toMatch(/Planned\. Next: Visit them by 4 Mar 2031 10:30\./);
    const amount = { once: 'amount', result: 'opportunity', value: '1.234,50', currency: 'EUR' };
    expect((await act('outcome', amount)).status).toBe(303);
    expect(await bench.db.need.findFirstOrThrow({ where: { leadId } })).toMatchObject({ valueMinor: 123_450n });
    // What is expected stands there to be confirmed; a sale without a value is not taken to bring it.
    expect((await who.go(`/console/leads/${leadId}`)).text).toMatch(/name="value"\s+type="text"\s+value="1234.50"/);
    const nothing = await act('outcome', { once: 'nothing', result: 'opportunity', value: '0', currency: 'EUR' });
    expect(nothing.text).toMatch(/id="wrong-outcome-value">An opportunity is worth more than 0/);
    const empty = await act('outcome', { once: 'empty', result: 'won', value: '', currency: 'EUR' });
    expect(empty).toMatchObject({ status: 400, text: expect.stringMatching(/-value">Say what the sale is worth/) });
    expect(await bench.db.need.findFirstOrThrow({ where: { leadId } })).toMatchObject({ outcome: null });
    expect(await bench.post(`/v1/leads/${leadId}/outcome`, { result: 'won' })).toMatchObject({ status: 200 });
    expect((await who.go(`/console/leads/${leadId}`)).text).toMatch(
      /Outcome[^<]*: won, 1,234\.50 EUR \(the expected value: no other was stated\)/,
    );
  });

  test('a reject from a page that was shown before it was accepted is refused, and names who has it and where it stands', async () => {
    const { leadId, offer } = await offered('otto@desk-stale.example');
    const who = await signIn('dino');
    const { csrf, text } = await who.go(`/console/leads/${leadId}`);
    expect(text).toContain('name="as" value="offered"');
    const form = { csrf, assignment: offer.id, as: 'offered', reason: 'too-early' };
    await who.go(`/console/leads/${leadId}/accept`, { ...form, once: 'a' });
    const stale = await who.go(`/console/leads/${leadId}/reject`, { ...form, once: 'b' });
    expect(stale).toMatchObject({
      status: 409,
      text: expect.stringContaining('It was accepted meanwhile: the lead is in stage accepted, with Dino.'),
    });
    const again = await who.go(`/console/leads/${leadId}/accept`, { ...form, once: 'c' });
    expect(again.text).toContain('This assignment was accepted already. Now it is in stage accepted, with Dino.');
  });

  test('is called from its card, which says why it comes now until somebody got in touch, and in which order cards stand', async () => {
    const asks = { firstName: 'Carla', lastName: 'Card', phone: '+39 06 1234 5678', ...ASKS };
    const leadId = await bench.lead({ email: 'carla@desk-card.example', ...asks });
    const { id } = await lifeOf(bench.engine).offered(leadId);
    const who = await signIn('dino');
    const card = async (query = '') => {
      const { text } = await who.go(`/console${query}`);
      const from = text.indexOf(`href="/console/leads/${leadId}"`);
      return { text, card: text.slice(from, text.indexOf('</li>', from)) };
    };
    const before = await card();
    expect(before.card).toMatch(/Why now:<\/strong>\s+[^<]+; grade [A-D]/);
    expect(before.card).toContain('href="tel:+390612345678"');
    expect(before.text).toContain('the readiest first, then the more valuable, then what is due sooner');
    expect((await card('?order=due')).text).toContain('what is due sooner first, then the readiest');
    // The sentence of the mail and of the page.
    const sentence = /Why now:<\/strong>\s+([^<]+)/.exec(before.card)?.[1] ?? '-';
    expect((await who.go(`/console/leads/${leadId}`)).text).toContain(
      sentence.replace(/\d+ minutes? ago.*|just now.*/s, ''),
    );
    expect((await bench.post(`/v1/assignments/${id}/accept`)).status).toBe(200);
    expect((await card()).card).toContain('Why now:');
    const { csrf } = await who.go(`/console/leads/${leadId}`);
    const call = { csrf, once: 'c', kind: 'call', came: 'reached', body: 'Wants a quote' };
    expect((await who.go(`/console/leads/${leadId}/log`, call)).status).toBe(303);
    const after = (await card()).card;
    expect(after).not.toContain('Why now:');
    expect(after).toContain('href="tel:');
  });

  test('is snoozed until a date: it stands apart on the desk, and comes back when it is woken; the desk is ordered as asked', async () => {
    const { leadId } = await offered('otto@desk-snooze.example');
    const who = await signIn('dino');
    const { csrf } = await who.go(`/console/leads/${leadId}`);
    const act = (fields: Record<string, string>) =>
      who.go(`/console/leads/${leadId}/snooze`, { csrf, once: 's', ...fields });
    expect((await act({ until: '2020-01-01' })).text).toContain('Choose a date to come.');
    expect((await act({})).text).toContain('Choose until when it is snoozed, or write a date.');
    // The time to decide runs on, so the lead is not hidden past its end.
    const tooLong = await act({ in: '90' });
    expect(tooLong).toMatchObject({ status: 400 });
    expect(tooLong.text).toMatch(/You must decide by [^<]+: snooze until then at the latest\./);
    await bench.db.assignment.updateMany({
      where: { leadId },
      data: { dueAt: new Date(Date.now() + 40 * 86_400_000) },
    });
    expect((await act({ in: '7' })).to).toBe(`/console/leads/${leadId}?done=snoozed`);
    const snoozed = new RegExp(`Snoozed \\(\\d+\\).*${leadId}.*Snoozed until`, 's');
    for (const order of ['', '?order=due', '?order=value&tier=', '?order=nonsense&tier=nonsense'])
      expect((await who.go(`/console${order}`)).text).toMatch(snoozed);
    expect((await who.go(`/console/leads/${leadId}`)).text).toMatch(/snoozed until[^]*Put off until [^<]+ by Dino/);
    await act({ in: 'wake' });
    expect((await who.go(`/console/leads/${leadId}`)).text).toMatch(/Put off no more by Dino/);
    expect((await who.go('/console')).text).not.toMatch(snoozed);
    // Money is written as the reader's browser writes it.
    await bench.db.need.updateMany({ where: { leadId }, data: { valueMinor: 123_456_700n, currency: 'EUR' } });
    const headers = { cookie: `nurture_session=${who.cookies.get('nurture_session')}`, 'accept-language': 'de-DE' };
    for (const page of ['', `/leads/${leadId}`])
      expect(await (await fetch(`${bench.base}/console${page}`, { headers })).text()).toMatch(/1\.234\.567,00\s€/);
  });

  test('that nobody has stands on the desk of who is asked to call it, and a button says what came of it, once', async () => {
    const leadId = await bench.lead({ email: 'paula@desk-call.example', firstName: 'Paula', source: 'drip' });
    const [id, at] = ['task-desk', new Date(Date.now() - 60_000)];
    const repId = bench.reps['dino'] ?? '';
    const task = { kind: 'call', body: 'Ask about <b>the stand</b>', occurredAt: at, tellAt: at, dueAt: at };
    await bench.db.task.create({ data: { ...task, id, key: id, leadId, repId, team: 'south' } });
    const who = await signIn('dino');
    const { text, csrf } = await who.go('/console?due=overdue');
    expect(text).toMatch(/Paula.*call asked for.*Ask about &lt;b&gt;the stand&lt;\/b&gt;:\s.*overdue/s);
    // The lead itself is not theirs.
    expect(text).not.toContain(`/console/leads/${leadId}`);
    expect((await (await signIn('ada')).go('/console')).text).not.toContain(id);
    const url = `/console/tasks/${id}?due=overdue`;
    const unsaid = await who.go(url, { csrf, do: 'done', note: 'She was on the move' });
    expect(unsaid).toMatchObject({ status: 400, text: expect.stringContaining(`id="wrong-${id}-came"`) });
    expect(unsaid.text).toContain('value="She was on the move"');
    const other = await signIn('ada');
    expect((await other.go(url, { csrf: (await other.go('/console')).csrf, do: 'done', came: 'reached' })).status).toBe(
      403,
    );
    const form = { csrf, do: 'done', came: 'reached', note: 'Wants a quote' };
    for (const answer of [...(await Promise.all([who.go(url, form), who.go(url, form)])), await who.go(url, form)])
      expect(answer).toMatchObject({ status: 303, to: expect.stringMatching(/due=overdue&done=task-done$/) });
    expect(await bench.db.repActivity.findMany({ where: { leadId } })).toMatchObject([
      { kind: 'call', result: 'reached', actor: repId, body: 'reached: Wants a quote' },
    ]);
    expect(await bench.db.task.findUniqueOrThrow({ where: { id } })).toMatchObject({ status: 'done', closedBy: repId });
    expect((await who.go('/console')).text).not.toContain(id);
    expect((await who.go(url, { ...form, do: 'cancel' })).text).toContain('The task is done already');
    expect((await who.go('/console/tasks/task-none', form)).status).toBe(404);
  });

  test('is found by a part of its name, company, address or phone, by who may see it', async () => {
    const { leadId } = await offered('otto@desk-found.example');
    // Of the same first name.
    await offered('otto@desk-namesake.example');
    await bench.db.lead.update({
      where: { id: leadId },
      data: { company: 'Käserei_100% Blau', phone: '+493012345678', lastName: 'Findling' },
    });
    const [who, other] = [await signIn('dino'), await signIn('ada')];
    const { csrf } = await who.go('/console');
    const otherCsrf = (await other.go('/console')).csrf;
    for (const sought of ['findl', 'ASEREI_100% b'.replace('A', 'ä'), '@desk-found', '030 1234 5678', 'found.exa']) {
      expect(await who.go('/console/leads/find', { csrf, sought }), sought).toMatchObject({
        to: `/console/leads/${leadId}`,
      });
      expect((await other.go('/console/leads/find', { csrf: otherCsrf, sought })).status, sought).toBe(404);
    }
    expect((await who.go('/console/leads/find', { csrf, sought: 'Otto' })).text).toMatch(
      /Found \(\d+\).*value="Otto"|value="Otto".*Found \(\d+\)/s,
    );
    const short = await who.go('/console/leads/find', { csrf, sought: 'ot' });
    expect(short).toMatchObject({ status: 400, text: expect.stringContaining('at least 3') });
    expect(short.text).toContain('value="ot"');
    expect((await who.go('/console/leads/find', { csrf, sought: '%%%' })).status).toBe(404);
  });

  test('is accepted together with others in one form, with an answer for each', async () => {
    const [one, two] = await Promise.all(['one', 'two'].map((n) => offered(`otto@several-${n}.example`)));
    if (one === undefined || two === undefined) throw new Error('two leads');
    const who = await signIn('dino');
    const page = await who.go('/console/decide');
    expect(page.text).toContain(`value="${one.leadId} ${one.offer.id}"`);
    const none = await who.go('/console/decide', { csrf: page.csrf, once: 'none' });
    expect(none).toMatchObject({ status: 400, text: expect.stringContaining('Choose at least one lead.') });
    await who.go(`/console/leads/${two.leadId}/accept`, { csrf: page.csrf, once: 'two', assignment: two.offer.id });
    const form = new URLSearchParams({ csrf: page.csrf, once: onceOf(page.text) });
    for (const { leadId, offer } of [one, two]) form.append('offer', `${leadId} ${offer.id}`);
    const told = await who.go('/console/decide', form);
    expect(told.text).toMatch(/Otto .*: accepted.*Not accepted: This assignment was accepted already/s);
    expect((await bench.db.lead.findUniqueOrThrow({ where: { id: one.leadId } })).stage).toBe('accepted');
  });

  test('is rejected by two presses, of which one is carried out while the other looks: both are answered alike', async () => {
    const { leadId } = await offered('otto@desk-two-presses.example');
    const who = await signIn('dino');
    const page = await who.go(`/console/leads/${leadId}`);
    const assignment = /name="assignment"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const form = { csrf: page.csrf, once: onceOf(page.text), assignment, reason: 'too-early' };
    using stop = stopAt('command.unknown');
    const late = who.go(`/console/leads/${leadId}/reject`, form);
    await stop.reached;
    const first = await who.go(`/console/leads/${leadId}/reject`, form);
    expect(first).toMatchObject({ status: 303 });
    // It may not be their lead any more once it is back in the pool, or with somebody else.
    await expect.poll(async () => (await who.go(`/console/leads/${leadId}`)).status).not.toBe(200);
    stop.go();
    expect(await late).toMatchObject({ status: 303, to: first.to });
  });

  test('has a profile to correct: who said what, only what was changed, mistakes named, and graded anew', async () => {
    const { leadId } = await offered('otto@desk-profile.example');
    const who = await signIn('dino');
    const page = await who.go(`/console/leads/${leadId}`);
    expect(page.text).toContain('stated by API key ‘admin’, ');
    const url = `/console/leads/${leadId}/profile`;
    const form = {
      csrf: page.csrf,
      firstName: 'Otto',
      'was-firstName': 'Otto',
      company: 'Bold Ltd',
      'was-company': '',
    };
    await bench.db.lead.update({ where: { id: leadId }, data: { firstName: 'Ottokar' } });
    expect(await who.go(url, form)).toMatchObject({ status: 303, to: `/console/leads/${leadId}?done=profile` });
    expect(await who.go(url, { ...form, 'was-company': 'Bold Ltd' })).toMatchObject({
      to: `/console/leads/${leadId}?done=unchanged`,
    });
    const wrong = await who.go(url, { csrf: page.csrf, country: 'Atlantis', 'was-country': '', timeZone: 'Mars' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toMatch(/“Country”: expected a country.*“Time zone”: expected an IANA.*Expected a country/s);
    for (const phone of ['javascript:alert(1)', '1', 'no phone', '+', ...NO_NUMBERS])
      expect((await who.go(url, { csrf: page.csrf, phone, 'was-phone': '' })).text, phone).toMatch(
        /“Phone”: expected a phone number, such as \+49.*id="wrong-edit-phone"/s,
      );
    expect((await who.go(url, { csrf: page.csrf, phone: '030/12 34 (5)', 'was-phone': '' })).status).toBe(303);
    const long = { csrf: page.csrf, language: `en${'-aa'.repeat(20)}`, company: 'x'.repeat(201) };
    expect((await who.go(url, long)).text).toMatch(/“Company”: expected at most 200.*“Language”: expected at most 35/s);
    await who.go(url, { csrf: page.csrf, 'was-lastName': 'x', lastName: '' });
    expect(await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } })).toMatchObject({
      firstName: 'Ottokar',
      lastName: null,
      company: 'Bold Ltd',
    });
    const after = await who.go(`/console/leads/${leadId}`);
    expect(after.text).toContain('confirmed by Dino');
    expect(after.text).toContain('Profile corrected by Dino: company Bold Ltd');
  });

  test('is assessed, once however often the button is pressed: fit, the need, points with a note; what is left as it is stays', async () => {
    const { leadId } = await offered('otto@desk-assessed.example');
    const who = await signIn('dino');
    const page = await who.go(`/console/leads/${leadId}`);
    const url = `/console/leads/${leadId}/assess`;
    const form = { csrf: page.csrf, once: onceOf(page.text) };
    const said = {
      ...form,
      grade: 'A',
      maturity: 'evaluating',
      budget: 'known',
      timing: '',
      points: '-7',
      note: 'Spring',
    };
    await Promise.all([1, 2].map(() => who.go(url, said)));
    expect(await who.go(url, said)).toMatchObject({ status: 303, to: `/console/leads/${leadId}?done=assessed` });
    expect(await bench.db.scoreEntry.findMany({ where: { leadId, rule: 'assessment' } })).toMatchObject([
      { points: -7 },
    ]);
    expect(await bench.db.repActivity.count({ where: { leadId, body: 'Spring' } })).toBe(1);
    const need = await bench.db.need.findFirstOrThrow({ where: { leadId } });
    expect(need).toMatchObject({ maturity: 'evaluating', budget: 'known', timing: 'unknown' });
    expect(Object.keys(need.assessed ?? {}).toSorted()).toEqual(['budget', 'maturity']);
    const shown = await who.go(`/console/leads/${leadId}`);
    expect(shown.text).toMatch(/Budget.*known.*assessed, until.*A\s+<span class="soft small">by a person/s);
    await who.go(url, { ...form, once: 'again', grade: 'rules' });
    expect(await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } })).toMatchObject({ assessed: null });
    const wrong = async (fields: Record<string, string>) => (await who.go(url, { ...form, once: 'x', ...fields })).text;
    expect(await wrong({ note: 'x' })).toContain('Choose at least one thing');
    expect(await wrong({ points: '5' })).toContain('Points want a note');
    expect(await wrong({ points: '500', note: 'x' })).toContain('from -100 to 100');
    expect(await wrong({ budget: 'much' })).toContain('“Budget”: choose one of known, unknown, no.');
  });

  test('has a story in words, older pages of it, and the colleagues of its company', async () => {
    const { leadId } = await offered('otto@desk-six.example');
    await bench.lead({ email: 'anna@desk-six.example', firstName: 'Anna', source: 'drip', country: 'IT' });
    const who = await signIn('dino');
    const { csrf, text } = await who.go(`/console/leads/${leadId}`);
    expect(text).toMatch(/Colleagues at the company.*Somebody of the company/s);
    expect(text).not.toContain('>Anna<');
    expect(text).toContain('Offered to Dino');
    expect(text).toMatch(/Why now:<\/strong> Asked for a demonstration /);
    expect(text).toMatch(
      /Why Dino: team south, by the rule ‘[\w-]+’; comes next in turn, with weight 1 of 1 in the team and /,
    );
    for (let n = 0; n < 32; n += 1)
      await who.go(`/console/leads/${leadId}/log`, { csrf, once: `n${n}`, kind: 'note', body: `Note ${n}` });
    const newest = await who.go(`/console/leads/${leadId}`);
    expect(newest.text).toContain('<blockquote>Note 31</blockquote>');
    const older = /href="([^"]+)">Older entries/.exec(newest.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const oldest = await who.go(older);
    expect(oldest.text).toContain('Offered to Dino');
    expect(oldest.text).not.toContain('Note 31');
  });

  test('is put off by a day, paused and resumed, and marketing mail to it is stopped', async () => {
    const { leadId } = await offered('otto@desk-seven.example');
    const who = await signIn('dino');
    const { csrf } = await who.go(`/console/leads/${leadId}`);
    const act = (what: string, fields: Record<string, string> = {}) =>
      who.go(`/console/leads/${leadId}/${what}`, { csrf, once: what, ...fields });
    expect((await act('log', { step: 'Look again' })).status).toBe(400);
    const past = await act('log', { step: 'Look again', dueAt: '2020-01-31T10:00' });
    expect(past.text).toContain('This has passed');
    const again = { step: 'Look once more', in: '14', once: 'replaces' };
    const both = await act('log', { step: 'Look again', in: '7', dueAt: '2099-01-31T10:00' });
    expect(both.text).toContain('not both');
    expect((await act('log', { step: 'Look again', in: '7' })).status).toBe(303);
    expect((await act('log', again)).status).toBe(303);
    expect((await who.go(`/console/leads/${leadId}`)).text).toMatch(
      /The step that was planned for .* gave way to a new one/,
    );
    const step = await bench.db.repActivity.findFirstOrThrow({ where: { leadId, body: 'Look again' } });
    const days = ((step.dueAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(5.9);
    // Or the first working day after it.
    expect(days).toBeLessThan(12);
    expect((await act('pause', { note: 'On holiday' })).status).toBe(303);
    expect((await who.go(`/console/leads/${leadId}`)).text).toContain('Paused since');
    expect((await act('resume')).status).toBe(303);
    expect((await act('unsubscribe')).status).toBe(303);
    expect(await bench.db.suppression.count({ where: { email: 'otto@desk-seven.example' } })).toBe(1);
  });

  test('is taken in by hand, once, by a rep for themselves; a mistake keeps what was written', async () => {
    const who = await signIn('dino');
    const page = await who.go('/console/leads/new');
    const form = {
      csrf: page.csrf,
      once: onceOf(page.text),
      how: 'referral',
      email: 'Rita@by-hand.example',
      firstName: 'Rita',
      source: 'fair',
      referredBy: 'Otto Bold',
      value: '900',
      currency: 'eur',
      note: 'Call after five',
      goesTo: 'mine',
    };
    const wrong = await who.go('/console/leads', { ...form, value: 'much' });
    expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('value="Rita"') });
    for (const email of ['a,b@c.dd', 'a@b..c', `a@${'.'.repeat(60_000)}@`])
      expect((await who.go('/console/leads', { ...form, email })).status).toBe(400);
    const four = { ...form, email: 'rita', phone: 'javascript:alert(1)', country: 'Atlantis', value: 'much', how: '' };
    expect((await who.go('/console/leads', four)).text).toMatch(
      /role="alert">.*“Email address”.*“Country”.*“Phone”.*“Expected value”.*id="wrong-how">.*id="wrong-email">.*id="wrong-phone">Expected a phone number, such as.*id="wrong-country">.*id="wrong-value">/s,
    );
    for (const phone of NO_NUMBERS)
      for (const country of ['', 'DE'])
        expect((await who.go('/console/leads', { ...form, email: '', phone, country })).text, phone).toContain(
          'id="wrong-phone">Expected a phone number, such as',
        );
    const nowhere = await who.go('/console/leads', { ...form, country: 'Atlantis' });
    expect(nowhere.text).toMatch(/id="wrong-country">There is no such country/);
    expect((await who.go('/console/leads', { ...form, goesTo: '' })).text).toContain(
      'Choose who goes on with the lead.',
    );
    const line = await who.go('/console/leads', { ...form, productLine: 'drip-linse' });
    expect(line.status).toBe(400);
    expect(line.text).toMatch(/id="wrong-productLine">There is no such product line; did you mean/);
    expect((await who.go('/console/leads', form)).status).toBe(303);
    await who.go('/console/leads', form);
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { email: 'rita@by-hand.example' } });
    expect(await bench.db.touch.count({ where: { leadId: lead.id } })).toBe(1);
    // Who says that it is theirs has accepted it: nothing was to be decided, and nothing is to be told.
    await expect
      .poll(async () => (await who.go('/console/leads', form)).to)
      .toBe(`/console/leads/${lead.id}?done=added-mine`);
    expect(await bench.db.assignment.findMany({ where: { leadId: lead.id } })).toMatchObject([
      {
        status: 'accepted',
        repId: bench.reps['dino'],
        decidedBy: bench.reps['dino'],
        offerDecidedAt: null,
        dueAt: null,
        briefDueAt: null,
      },
    ]);
    expect(await bench.engine.lead(lead.id)).toMatchObject({ stage: 'accepted', ownerId: bench.reps['dino'] });
    // The same person again: who enters it knows of it; what comes from the lead is told.
    const toldOf = async () => {
      await bench.engine.until(
        () => bench.db.touch.count({ where: { leadId: lead.id, handledAt: null } }),
        (open) => open === 0,
      );
      const { requestsDueAt, requestsToldAt } = await bench.db.assignment.findFirstOrThrow({
        where: { leadId: lead.id },
      });
      return requestsDueAt !== null || requestsToldAt !== null;
    };
    const again = { ...form, once: newId('command'), referredBy: '', note: '' };
    expect((await who.go('/console/leads', again)).to).toBe(`/console/leads/${lead.id}?done=added-mine`);
    expect(await toldOf()).toBe(false);
    const templateKey = { in: ['rep-brief', 'rep-request-added'] };
    expect(await bench.db.send.count({ where: { leadId: lead.id, templateKey } })).toBe(0);
    await bench.post('/v1/leads', { email: 'rita@by-hand.example', source: 'drip' });
    expect(await toldOf()).toBe(true);
    const body = 'Referred by Otto Bold. Call after five';
    expect(await bench.db.repActivity.count({ where: { leadId: lead.id, body } })).toBe(1);
    const found = await who.go('/console/leads/find', { csrf: page.csrf, sought: 'RITA@by-hand.example' });
    expect(found.to).toBe(`/console/leads/${lead.id}`);
    const { leadId } = await offered('otto@desk-eight.example');
    const ada = await signIn('ada');
    const { csrf } = await ada.go('/console');
    expect((await ada.go('/console/leads/find', { csrf, sought: 'otto@desk-eight.example' })).status).toBe(404);
    expect((await ada.go('/console/leads')).text).not.toContain(leadId);
    const known = {
      csrf,
      once: 'x1',
      how: 'phone',
      goesTo: 'rules',
      email: 'otto@desk-eight.example',
      firstName: 'Changed',
    };
    expect(await ada.go('/console/leads', known)).toMatchObject({
      status: 409,
      text: expect.stringContaining('is not your lead: Dino has this lead and is told'),
    });
    expect((await bench.db.lead.findUniqueOrThrow({ where: { id: leadId } })).firstName).toBe('Otto');
  });

  test('is taken in though no command reaches its process: it is theirs, and who may not see theirs yet is told what comes next', async () => {
    const who = await signIn('dino');
    const page = await who.go('/console/leads/new');
    const form = {
      csrf: page.csrf,
      once: onceOf(page.text),
      how: 'phone',
      email: 'slow@by-hand-slow.example',
      goesTo: 'mine',
    };
    outOfReach.isOn = true;
    const taken = await who.go('/console/leads', form).finally(() => (outOfReach.isOn = false));
    const lead = await bench.db.lead.findUniqueOrThrow({ where: { email: 'slow@by-hand-slow.example' } });
    await bench.engine.until(
      () => bench.engine.lead(lead.id),
      ({ stage }) => stage === 'accepted',
    );
    // By then at the latest its page says so, whatever the answer to the form could say.
    expect(taken.to).toMatch(new RegExp(`^/console/leads/${lead.id}\\?done=added-(mine|soon)$`));
    expect((await who.go(`/console/leads/${lead.id}?done=added-soon`)).text).toContain(
      'it is yours: you have accepted it',
    );
    expect((await who.go('/console/leads', form)).to).toBe(`/console/leads/${lead.id}?done=added-mine`);
    expect(await bench.db.touch.count({ where: { leadId: lead.id } })).toBe(1);
    // One that is not theirs to see yet: who took it in is told so, and nobody else.
    const pool = { ...form, once: newId('command'), email: 'pool@by-hand-pool.example', goesTo: 'pool' };
    await who.go('/console/leads', pool);
    const other = await bench.db.lead.findUniqueOrThrow({ where: { email: 'pool@by-hand-pool.example' } });
    const soon = `/console/leads/${other.id}?done=added-soon`;
    expect(await who.go(soon)).toMatchObject({
      status: 200,
      text: expect.stringContaining('about to be handed to you'),
    });
    expect((await (await signIn('ada')).go(soon)).status).toBe(403);
  });

  test('with a phone that is known is asked about: the same person keeps the name, another one is a new lead', async () => {
    const who = await signIn('dino');
    const take = async (fields: Record<string, string>) => {
      const page = await who.go('/console/leads/new');
      const form = { csrf: page.csrf, once: onceOf(page.text), how: 'phone', country: 'DE', goesTo: 'mine', ...fields };
      const post = (more: Record<string, string> = {}) => who.go('/console/leads', { ...form, ...more });
      return { post, first: await post() };
    };
    const leads = () =>
      bench.db.lead.findMany({
        where: { phone: '+4930998877' },
        orderBy: { createdAt: 'asc' },
        include: { touches: true },
      });
    const karl = await take({ firstName: 'Karl', company: 'Gärten Nord', phone: '030 / 99 88 77' });
    expect(karl.first.status).toBe(303);
    const [first] = await leads();
    const { post, first: asked } = await take({ firstName: 'Karla', phone: '+4930998877' });
    expect(asked.status).toBe(400);
    expect(asked.text).toContain('A lead with this phone is known: Karl (Gärten Nord). Same person?');
    expect(asked.text).toContain(`<option value="${first?.id}"`);
    expect(await leads()).toHaveLength(1);
    expect((await post({ person: 'nobody' })).status).toBe(400);

    expect((await post({ person: 'another' })).status).toBe(303);
    await post({ person: 'another' });
    expect(await leads()).toMatchObject([
      { firstName: 'Karl', touches: [{}], sharesPhone: false },
      { firstName: 'Karla', touches: [{}], sharesPhone: true },
    ]);

    const same = await take({
      firstName: 'Karlchen',
      email: 'karl@gaerten-nord.example',
      phone: '+4930998877',
      jobTitle: 'Owner',
    });
    expect(same.first.text).toContain('2 leads with this phone are known');
    const person = first?.id ?? '';
    expect((await same.post({ person })).status).toBe(303);
    await same.post({ person });
    expect(await leads()).toMatchObject([
      { firstName: 'Karl', company: 'Gärten Nord', jobTitle: 'Owner', touches: [{}, {}] },
      { firstName: 'Karla', touches: [{}] },
    ]);
    const body = 'Another address of this person: karl@gaerten-nord.example.';
    expect(await bench.db.repActivity.count({ where: { leadId: person, body } })).toBe(1);

    // Without a country, whatever the country of the one that is known.
    const bare = await take({ firstName: 'Karlo', phone: '030 998877', country: '' });
    expect(bare.first.text).toContain('2 leads with this phone are known');
    expect((await take({ firstName: 'Karl', phone: '030 998877', country: '' })).first.text).toContain('Same person?');

    // Who may not see the lead learns whose it is, and no name.
    const other = await signIn('ada');
    const page = await other.go('/console/leads/new');
    const form = {
      csrf: page.csrf,
      once: onceOf(page.text),
      how: 'phone',
      goesTo: 'pool',
      phone: '+4930998877',
      firstName: 'Kurt',
    };
    const hidden = (await other.go('/console/leads', form)).text;
    expect(hidden).toContain('add the request to a lead of Dino');
    expect(hidden).not.toContain('Karl');

    // By the API the number alone still finds the lead that it is known by, and a name that a person of ours said stays.
    await bench.post('/v1/leads', { how: 'phone', phone: '+4930998877', firstName: 'Kurt' }, bench.keys.dino);
    expect(await leads()).toMatchObject([
      { firstName: 'Karl', touches: [{}, {}, {}] },
      { firstName: 'Karla', touches: [{}] },
    ]);
    expect((await who.go(`/console/leads/${person}`)).text).toContain(
      'what a person of ours verified was kept: first name',
    );
  });

  test('is taken in by a manager who is in no team: the rules give it to a rep, or nobody has it yet', async () => {
    const by = { actor: 'system', author: 'test', at: new Date() };
    await inviteUser(bench.db, { email: 'mona@firm.example', name: 'Mona', role: 'manager', teams: [] }, by);
    const who = await signInAs('mona@firm.example');
    const page = await who.go('/console/leads/new');
    expect(page.text).not.toContain('it is mine');
    const form = {
      csrf: page.csrf,
      once: onceOf(page.text),
      how: 'phone',
      country: 'germany',
      value: '12,500',
      currency: 'EUR',
    };
    expect((await who.go('/console/leads', { ...form, email: 'walter@by-phone.example', goesTo: 'mine' })).status).toBe(
      400,
    );
    expect(
      (await who.go('/console/leads', { ...form, email: 'walter@by-phone.example', goesTo: 'rules' })).status,
    ).toBe(303);
    const { id } = await bench.db.lead.findUniqueOrThrow({ where: { email: 'walter@by-phone.example' } });
    await expect.poll(() => bench.db.assignment.count({ where: { leadId: id } })).toBe(1);
    expect(await bench.db.lead.findUniqueOrThrow({ where: { id } })).toMatchObject({ country: 'DE' });
    expect(await bench.db.need.findFirstOrThrow({ where: { leadId: id } })).toMatchObject({ valueMinor: 1_250_000n });
    const later = { ...form, once: 'pool', email: 'paula@in-the-pool.example', goesTo: 'pool' };
    expect((await who.go('/console/leads', later)).status).toBe(303);
    const paula = await bench.db.lead.findUniqueOrThrow({ where: { email: 'paula@in-the-pool.example' } });
    await expect
      .poll(async () => (await bench.db.lead.findUniqueOrThrow({ where: { id: paula.id } })).stage)
      .toBe('dormant');
  });

  test('that shows interest in another product line gets a need of it by one press: once, and its rep has it', async () => {
    const { leadId } = await offered('otto@desk-line.example');
    const who = await signIn('dino');
    const page = () => who.go(`/console/leads/${leadId}`);
    const likes = { lines: { 'drip-lines': { '': { points: 40, atMs: Date.now() } } } };
    await bench.db.lead.update({ where: { id: leadId }, data: { scoreParts: likes } });
    const first = await page();
    expect(first.text).toContain('Make the need about drip-lines');
    const post = (form: Record<string, string>) => who.go(`/console/leads/${leadId}/line`, form);
    const pressed = (text: string, way: string) => ({
      csrf: first.csrf,
      once: onceOfLine(text),
      line: 'drip-lines',
      way,
    });
    expect((await post({ ...pressed(first.text, 'fills'), line: 'pipes' })).status).toBe(409);
    const fills = pressed(first.text, 'fills');
    expect(await post(fills)).toMatchObject({ status: 303, to: `/console/leads/${leadId}?done=added` });
    await expect
      .poll(() => bench.db.need.findMany({ where: { leadId } }))
      .toMatchObject([{ productLine: 'drip-lines' }]);
    expect((await page()).text).not.toContain('id="form-line"');

    // Its need was about something else, and is closed: the same interest opens another one.
    const assignment = /name="assignment"\s+value="([^"]+)"/.exec(first.text)?.[1] ?? '';
    const form = { csrf: first.csrf, assignment, once: 'line-accept' };
    expect((await who.go(`/console/leads/${leadId}/accept`, form)).status).toBe(303);
    const lost = { ...form, once: 'line-lost', result: 'no-need', note: 'x', why: 'bought-elsewhere' };
    expect((await who.go(`/console/leads/${leadId}/outcome`, lost)).status).toBe(303);
    await bench.db.need.updateMany({ where: { leadId }, data: { productLine: 'pipes' } });
    const closed = await page();
    expect(closed.text).toContain('Open a need of drip-lines');
    const opens = pressed(closed.text, 'opens');
    await post(opens);
    await expect.poll(async () => (await post(opens)).to).toBe(`/console/leads/${leadId}?done=accepted`);
    expect(await bench.db.need.findMany({ where: { leadId }, orderBy: { openedAt: 'asc' } })).toMatchObject([
      { productLine: 'pipes', stage: 'no-need' },
      { productLine: 'drip-lines', stage: 'accepted', ownerId: bench.reps['dino'] },
    ]);
    expect(await bench.db.touch.count({ where: { leadId, how: 'interest' } })).toBe(2);
  });

  test('is not shown to, nor decided by, a rep it does not belong to, and no form is taken without its token', async () => {
    const { leadId, offer } = await offered('otto@desk-two.example');
    const other = await signIn('ada');
    const { csrf } = await other.go('/console');
    expect((await other.go(`/console/leads/${leadId}`)).status).toBe(403);
    const form = { csrf, once: '1', assignment: offer.id };
    expect((await other.go(`/console/leads/${leadId}/accept`, form)).status).toBe(403);
    const who = await signIn('dino');
    expect((await who.go(`/console/leads/${leadId}/accept`, { ...form, csrf: 'forged' })).status).toBe(403);
    expect(await bench.db.assignment.findUniqueOrThrow({ where: { id: offer.id } })).toMatchObject({
      status: 'offered',
    });
  });
});

describe('the board', () => {
  async function manager() {
    const email = `mia-${Math.random().toString(36).slice(2)}@firm.example`;
    const by = { actor: 'system', at: new Date() };
    await inviteUser(bench.db, { email, name: 'Mia', role: 'manager', teams: ['north'] }, by);
    return signInAs(email);
  }
  async function inNorth(email: string, firstName = 'Nora') {
    const leadId = await bench.lead({ email, firstName, lastName: '<i>North</i>', ...ASKS, country: 'DE' });
    return { leadId, offer: await lifeOf(bench.engine).offered(leadId) };
  }
  /** Waits until the mail to who has the lead has left and its row says so. */
  async function told(leadId: string): Promise<void> {
    await bench.engine.until(
      () => bench.db.assignment.findFirst({ where: { leadId }, orderBy: { createdAt: 'desc' } }),
      (one) => one !== null && one.toldAt !== null && one.briefDueAt === null,
    );
  }
  /** After a hand-over that is half a minute later. It is not left to a test that comes after, which would find a mail too many. */
  async function toldOfHandOver(leadId: string): Promise<void> {
    await bench.engine.forward(leadId, '2 minutes');
    await told(leadId);
  }
  const change = (rep: string, patch: RepPatch) =>
    changeRep(bench.db, { rep, patch, actor: 'system', at: new Date(), denial: () => null });
  /** The assignments that the list of leads showed. */
  const shownOf = (text: string): string => /name="shown"\s+value="([^"]+)"/.exec(text)?.[1] ?? '';
  const keyOf = (repId: string) => Object.entries(bench.reps).find(([, id]) => id === repId)?.[0] ?? '';

  test('a rep has none; a manager sees what stands out, hands all leads of a rep over, and a note goes along', async () => {
    expect((await (await signIn('dino')).go('/console/board')).status).toBe(403);
    const { leadId, offer } = await inNorth('nora@board-one.example');
    const who = await manager();
    const from = keyOf(offer.repId);
    const to = from === 'ada' ? 'bob' : 'ada';
    const all = await who.go(`/console/board?rep=${from}`);
    // What is done first stands first: the absence, then to whom the leads go, then the leads.
    expect(all.text).toMatch(
      new RegExp(`<h2>Absence</h2>.*id="leads-to".*value="${leadId}"\\s+checked.*Weight and limits`, 's'),
    );
    const refused = await who.go(`/console/board/hand-over?rep=${from}`, {
      csrf: all.csrf,
      form: 'leads',
      to: `rep:${to}`,
      note: 'Is ill',
    });
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('Choose at least one lead.') });
    expect(refused.text).toMatch(new RegExp(`value="rep:${to}"\\s+selected.*value="Is ill"`, 's'));
    expect(refused.text).not.toMatch(new RegExp(`value="${leadId}"\\s+checked`));
    const nobody = await who.go(`/console/board/hand-over?rep=${from}`, {
      csrf: all.csrf,
      form: 'leads',
      lead: leadId,
    });
    expect(nobody.text).toMatch(new RegExp(`id="leads-to"[^>]*aria-invalid.*value="${leadId}"\\s+checked`, 's'));
    expect(nobody.text).toContain('id="wrong-leads-to">Choose a team or a rep');
    const form = { csrf: all.csrf, once: onceOf(all.text), lead: leadId, to: `rep:${to}`, note: 'Ada is ill' };
    // What was planned goes along, and stands beside the decision: it is not overdue before the lead is accepted.
    const plan = { csrf: all.csrf, once: 'p', step: 'Send the quote', dueAt: '2031-01-02T09:00' };
    expect((await who.go(`/console/leads/${leadId}/log`, plan)).status).toBe(303);
    await stepPasses(leadId, new Date('2020-01-02T09:00Z'));
    // A double press hands it over once.
    const moved = await Promise.all([1, 2].map(() => who.go('/console/board/hand-over', form)));
    for (const answer of [...moved, await who.go('/console/board/hand-over', form)])
      expect(answer).toMatchObject({ status: 303, to: moved[0]?.to });
    expect((await who.go(moved[0]?.to ?? '')).text).toMatch(
      /Handed over: 1\. Not handed over: 0\..*with (Bob|Cleo|Ada), to decide by [^(]* \d\d:\d\d \(before: [^)]* \d\d:\d\d\)/s,
    );
    expect(await bench.db.assignment.count({ where: { leadId } })).toBe(2);
    const now = await bench.db.assignment.findFirstOrThrow({ where: { leadId }, orderBy: { createdAt: 'desc' } });
    expect(now).toMatchObject({ repId: bench.reps[to], status: 'offered' });
    expect(await bench.db.repActivity.count({ where: { leadId, body: 'Ada is ill' } })).toBe(1);
    const theirs = await signIn(to);
    const theirDesk = (await theirs.go('/console')).text;
    expect(theirDesk).toMatch(/Decide:.*Once accepted: Send the quote:\s+2 Jan 2020 09:00\s*<\/p>/s);
    expect(theirDesk).toMatch(/<strong>Note of Mia:<\/strong>\s+Ada is ill/);
    expect((await theirs.go('/console/decide')).text).toMatch(/planned: Send the quote/);
    expect((await theirs.go(`/console/leads/${leadId}`)).text).toMatch(
      /Next:<\/strong> decide by.*Once accepted:<\/strong> Send the quote by\s+2 Jan 2020 09:00\s*<\/p>/s,
    );
    // Money and numbers are written as the reader's browser writes them.
    await bench.db.need.updateMany({ where: { leadId }, data: { valueMinor: 123_456_700n, currency: 'EUR' } });
    const headers = {
      cookie: `nurture_session=${who.cookies.get('nurture_session')}`,
      'accept-language': 'de-DE,en;q=0.5',
    };
    let text = '';
    // Last, and again until it is shown: a process that is just at work takes the lead from who is late.
    await expect
      .poll(async () => {
        const late = { dueAt: new Date(Date.now() - 60_000) };
        await bench.db.assignment.updateMany({ where: { leadId, status: 'offered' }, data: late });
        text = await (await fetch(`${bench.base}/console/board?show=no-decision&sort=-since`, { headers })).text();
        return text;
      })
      .toMatch(/Nora &lt;i&gt;North.*no decision in time.*1\.234\.567,00\s€/s);
    expect(text).toMatch(/href="\/console\/board\?show=no-decision#leads"\s*><strong>\d+<\/strong> no decision/);
    expect(text).toMatch(/aria-sort="descending">\s*<a href="[^"]*sort=since/);
    // It is late by the clock of the rep's working hours, and so not in time.
    const pageOfRep = (await who.go(`/console/board?rep=${to}`)).text;
    expect(pageOfRep).toMatch(/Decides in<\/dt>\s*<dd>\s*[^<]*\d+% in time by working hours/);
    expect(pageOfRep).not.toMatch(/Decides in<\/dt>\s*<dd>\s*[^<]*100% in time/);
    const stuck = await who.go('/console/board?show=stuck&sort=nonsense&team=-median&from=x');
    expect(stuck.text).toContain('Standing out: nothing happens');
    expect(stuck.text).not.toContain('Nora &lt;i&gt;North');
    await toldOfHandOver(leadId);
  });

  test('several leads at once, an opportunity among them: what cannot move is named with the reason, and who gets them has one mail', async () => {
    const who = await manager();
    const [one, two, lost] = await Promise.all(
      [1, 2, 3].map((n) => inNorth(`sick-${n}@gathered-${n}.example`, 'Sissi')),
    );
    if (one === undefined || two === undefined || lost === undefined) throw new Error('three leads');
    // The offers are mailed before the mails are counted: one of them went to who gets the leads.
    for (const { leadId } of [one, two, lost]) await told(leadId);
    const life = lifeOf(bench.engine);
    const boss = { kind: 'key', keyId: 'of-the-boss', manager: true } as const;
    await life.tell(two.leadId, boss, { kind: 'outcome', result: 'opportunity' });
    await life.tell(lost.leadId, boss, { kind: 'outcome', result: 'lost', reason: 'price' });
    const to =
      ['ada', 'bob', 'cleo'].find((rep) => [one, two].every(({ offer }) => offer.repId !== bench.reps[rep])) ?? '';
    const { csrf, text } = await who.go(`/console/board?rep=${keyOf(one.offer.repId)}`);
    expect(text).toContain('An opportunity stays one');
    const dueAt = new Date('2031-03-04T10:30:00Z');
    for (const { leadId } of [one, two])
      await logActivity(bench.engine.store, boss, { leadId, kind: 'next-step', body: 'Visit them', dueAt });
    const body = new URLSearchParams({ csrf, once: 'sick', to: `rep:${to}`, note: 'She is ill' });
    for (const { leadId } of [one, two, lost]) body.append('lead', leadId);
    const email = await emailOf(to);
    const before = bench.engine.sink.to(email).length;
    const { to: page } = await who.go('/console/board/hand-over', body);
    const moved = await who.go(page ?? '');
    expect(moved.text).toMatch(/Handed over: 2\. Not handed over: 1\..*A lead in stage no-need cannot be handed over/s);
    expect(await bench.db.lead.findUniqueOrThrow({ where: { id: two.leadId } })).toMatchObject({
      stage: 'opportunity',
      ownerId: bench.reps[to],
    });
    for (const { leadId } of [one, two]) await toldOfHandOver(leadId);
    // Mails about the leads of tests before may still come.
    const mails = bench.engine.sink
      .to(email)
      .slice(before)
      .filter(({ subject, text: words }) => `${subject} ${words}`.includes('Sissi'));
    expect(mails.map(({ subject }) => subject)).toEqual([expect.stringMatching(/^2 handed over: Sissi/)]);
    expect(mails[0]?.text).toMatch(/(Ada|Bob|Cleo).* She is ill.*Sissi.*Visit them by\s.*4\s+Mar\s+2031/s);
  });

  test('a lead that nobody was offered yet waits by its name, and is handed over too', async () => {
    const away = { from: new Date(Date.now() - 60_000), until: null, deputy: null };
    for (const rep of ['ada', 'bob', 'cleo']) await change(rep, { away });
    const leadId = await bench.lead({ email: 'willa@board-wait.example', firstName: 'Willa', ...ASKS, country: 'DE' });
    await expect
      .poll(async () => (await bench.db.need.findFirst({ where: { leadId } }))?.waitingFor)
      .toEqual(expect.any(String));
    const who = await manager();
    let page = await who.go('/console/board');
    await expect
      .poll(async () => {
        // A lead that became ready a moment ago is not listed yet, and its process may still be writing.
        await bench.db.$executeRaw`UPDATE leads SET updated_at = now() - interval '2 minutes' WHERE id = ${leadId}`;
        page = await who.go('/console/board');
        return page.text;
      })
      .toMatch(/Waiting for somebody.*Willa<\/a\s*>.*(today|yesterday) \d\d:\d\d.*as soon as somebody has room/s);
    // What waits for the hours of its team alone waits for no person: it is counted, with the time at which the first is offered.
    const waits = (waitingFor: string) => bench.db.need.updateMany({ where: { leadId }, data: { waitingFor } });
    await waits('hours');
    const closed = (await who.go('/console/board')).text;
    expect(closed).not.toContain('Every lead has a rep');
    expect(closed).toMatch(/<strong>\d+<\/strong> waiting to be offered/);
    expect(closed).toMatch(/until their team is at work: the first is offered (today|tomorrow|yesterday) \d\d:\d\d/);
    await waits('room');
    // Handed to a team of whom everybody is away: nobody has it, and both pages say so.
    const toTeam = { csrf: page.csrf, once: 'to-the-team', lead: leadId, to: 'team:north' };
    const nobody = await who.go((await who.go('/console/board/hand-over', toTeam)).to ?? '');
    expect(nobody.text).toMatch(
      /Handed over: 0\.[^<]*Not offered to anybody yet: 1\..*is away or has no room.*tried again at the latest/s,
    );
    const alone = await who.go(`/console/leads/${leadId}/hand-over`, { ...toTeam, once: 'alone' });
    const itsPage = (await who.go(alone.to ?? '')).text;
    expect(itsPage).toMatch(/role="status">Not offered to anybody yet: [^<]*is away or has no room/);
    expect(itsPage).toMatch(/Next: Every rep of team/);
    expect(itsPage).not.toContain('Handed over.');
    const form = { csrf: page.csrf, once: onceOf(page.text), lead: leadId, to: 'rep:bob' };
    const moved = await who.go('/console/board/hand-over', form);
    expect((await who.go(moved.to ?? '')).text).toContain('Handed over: 1. Not handed over: 0.');
    expect(await lifeOf(bench.engine).offered(leadId)).toMatchObject({ rule: 'rerouted', rep: { key: 'bob' } });
    await toldOfHandOver(leadId);
    for (const rep of ['ada', 'bob', 'cleo']) await change(rep, { away: null });
  });

  test('a rep hands over a lead of their own on its page, as by the API, and no lead by the forms of the board', async () => {
    const { leadId, offer } = await inNorth('own@board-own.example');
    const who = await signIn(keyOf(offer.repId));
    const page = await who.go(`/console/leads/${leadId}`);
    const form = { csrf: page.csrf, form: 'leads', lead: leadId, to: 'rep:dino', once: newId('command') };
    for (const path of [
      'hand-over',
      'hand-over?rep=dino',
      ...['away', 'back', 'active', 'limits'].map((one) => `reps/${offer.repId}/${one}`),
    ])
      expect((await who.go(`/console/board/${path}`, form)).status, path).toBe(403);
    expect(await bench.db.assignment.count({ where: { leadId } })).toBe(1);
    const stranger = await signIn('dino');
    const strange = { ...form, csrf: (await stranger.go('/console')).csrf };
    expect((await stranger.go(`/console/leads/${leadId}/hand-over`, strange)).status).toBe(403);
    const shown = { assignment: /name="assignment"\s+value="([^"]+)"/.exec(page.text)?.[1] ?? '', as: 'offered' };
    expect(page.text).toContain('<option value="rep:dino"');
    // The second press comes when the lead is theirs no more.
    for (const _press of [1, 2])
      expect(await who.go(`/console/leads/${leadId}/hand-over`, { ...form, ...shown })).toMatchObject({
        status: 303,
        to: '/console?done=handed-over',
      });
    expect(await lifeOf(bench.engine).offered(leadId, offer)).toMatchObject({ rep: { key: 'dino' } });
    expect((await who.go(`/console/leads/${leadId}`)).text).toContain('You have passed this lead on');
    expect(await bench.db.assignment.count({ where: { leadId } })).toBe(2);
    await toldOfHandOver(leadId);
  });

  test('posts without the id of the form, or with an odd one, share nothing', async () => {
    const who = await manager();
    const { leadId, offer } = await inNorth('once@board-once.example');
    const form = { csrf: (await who.go('/console/board')).csrf, lead: leadId, to: `rep:${keyOf(offer.repId)}` };
    const pages = [];
    for (const once of [
      {},
      {},
      { once: '' },
      { once: ' ' },
      { once: '../x' },
      { once: '../x' },
      { once: 'x'.repeat(101) },
    ])
      pages.push((await who.go('/console/board/hand-over', { ...form, ...once })).to);
    expect(new Set(pages).size).toBe(7);
    expect(pages).not.toContain(null);
  });

  test('a lead is handed over on its own page', async () => {
    const { leadId, offer } = await inNorth('page@board-page.example');
    const who = await manager();
    const page = await who.go(`/console/leads/${leadId}`);
    expect(page.text).toContain('An opportunity stays one');
    const to = keyOf(offer.repId) === 'bob' ? 'cleo' : 'bob';
    const form = { csrf: page.csrf, once: onceOf(page.text), to: `rep:${to}`, note: 'Knows them' };
    const url = `/console/leads/${leadId}/hand-over`;
    expect((await who.go(url, { ...form, to: '' })).text).toMatch(/Knows them<\/textarea>/);
    for (const answer of [await who.go(url, form), await who.go(url, form)])
      expect(answer.to).toBe(`/console/leads/${leadId}?done=handed-over`);
    expect(await lifeOf(bench.engine).offered(leadId, offer)).toMatchObject({ repId: bench.reps[to] });
    expect(await bench.db.assignment.count({ where: { leadId } })).toBe(2);
    await toldOfHandOver(leadId);
  });

  test('two tabs: who hands on what was just handed on is told who did, and decides again', async () => {
    const { leadId, offer } = await inNorth('tabs@board-tabs.example');
    const who = await manager();
    const url = `/console/leads/${leadId}`;
    const [tab, other] = [await who.go(url), await who.go(url)];
    const boardTab = await who.go(`/console/board?rep=${keyOf(offer.repId)}`);
    const [to = '', third = ''] = ['ada', 'bob', 'cleo'].filter((rep) => bench.reps[rep] !== offer.repId);
    const formOf = ({ csrf, text }: typeof tab, rep: string) => ({
      csrf,
      once: onceOf(text),
      assignment: /name="assignment"\s+value="([^"]+)"/.exec(text)?.[1] ?? '',
      as: 'offered',
      to: `rep:${rep}`,
    });
    const same = await who.go(`${url}/hand-over`, formOf(tab, keyOf(offer.repId)));
    expect(same).toMatchObject({
      status: 400,
      text: expect.stringMatching(/(Ada|Bob|Cleo) has it already: nothing changed/),
    });
    const away = { from: new Date(Date.now() - 60_000), until: null, deputy: third };
    await change(to, { away });
    const moved = await who.go(`${url}/hand-over`, formOf(same, to));
    expect((await who.go(moved.to ?? '')).text).toMatch(
      /has it now, and is away, until further notice, deputy (Ada|Bob|Cleo)\./,
    );
    await change(to, { away: null });
    const late = await who.go(`${url}/hand-over`, formOf(other, third));
    expect(late).toMatchObject({
      status: 409,
      text: expect.stringMatching(/Mia handed it on meanwhile: (Ada|Bob|Cleo) has it now/),
    });
    const onBoard = { csrf: boardTab.csrf, once: onceOf(boardTab.text), lead: leadId, shown: shownOf(boardTab.text) };
    expect(onBoard.shown).toContain(offer.id);
    const refused = await who.go('/console/board/hand-over', { ...onBoard, to: `rep:${third}` });
    expect((await who.go(refused.to ?? '')).text).toMatch(/Not handed over: 1\..*Mia handed it on meanwhile/s);
    expect(await bench.db.assignment.count({ where: { leadId } })).toBe(2);
    // The page that was shown again knows who has it now.
    expect((await who.go(`${url}/hand-over`, formOf(late, third))).status).toBe(303);
    expect(await bench.db.assignment.count({ where: { leadId } })).toBe(3);
    await toldOfHandOver(leadId);
  });

  test('leads shared among reps who are ticked: each goes to one of them, and the page names who got it', async () => {
    const { leadId, offer } = await inNorth('among@board-among.example', 'Amonga');
    const who = await manager();
    const from = keyOf(offer.repId);
    const others = ['ada', 'bob', 'cleo'].filter((rep) => rep !== from);
    const page = await who.go(`/console/board?rep=${from}&tick=none`);
    expect(page.text).not.toMatch(new RegExp(`value="${leadId}"\\s+checked`));
    expect(page.text).toMatch(/tick=all[^"]*"\s*>all</);
    expect(page.text).not.toContain(`name="among" value="${from}"`);
    const body = (to: string) => {
      const fields = { csrf: page.csrf, form: 'leads', once: onceOf(page.text), shown: shownOf(page.text), to };
      const form = new URLSearchParams({ ...fields, lead: leadId });
      for (const rep of others) form.append('among', rep);
      return form;
    };
    const both = await who.go(`/console/board/hand-over?rep=${from}`, body('team:north'));
    expect(both).toMatchObject({ status: 400, text: expect.stringContaining('not both') });
    expect(both.text).toMatch(new RegExp(`name="among" value="${others[0]}"\\s+checked`));
    const moved = await who.go(`/console/board/hand-over?rep=${from}`, body(''));
    expect((await who.go(moved.to ?? '')).text).toMatch(/Handed over: 1\..*Amonga.*with (Ada|Bob|Cleo), to decide by/s);
    const now = await bench.db.assignment.findFirstOrThrow({ where: { leadId }, orderBy: { createdAt: 'desc' } });
    expect(others).toContain(keyOf(now.repId));
    await toldOfHandOver(leadId);
  });

  test('leads of other teams are neither shown nor handed over, and their reps not changed', async () => {
    const { leadId } = await offered('otto@board-two.example');
    const who = await manager();
    const { csrf, text } = await who.go('/console/board?rep=dino');
    expect(text).not.toContain(leadId);
    const list = await who.go('/console/leads?since=30%20days&inStageSince=2%20weeks');
    expect(list.status).toBe(200);
    expect(list.text).toMatch(/<option value="bob"[^>]*>Bob<.*value="2 weeks".*The newest come first/s);
    expect(list.text).not.toContain('value="dino"');
    const sorted = async (query: string) => (await who.go(`/console/leads?grade=C&${query}`)).text;
    expect(await sorted('sort=since')).toMatch(/the longest come first.*grade=C&amp;sort=-since.*aria-sort="none"/s);
    expect(await sorted('sort=-score')).toMatch(/By score, the highest first, of the 10,000 newest/);
    expect(await sorted(`sort=score&after=${leadId}&value=x&at=1e99`)).toContain('the lowest first');
    const refused = await who.go('/console/board/hand-over', { csrf, lead: leadId, to: 'team:north' });
    expect(refused).toMatchObject({
      status: 403,
      text: expect.stringContaining('This lead was offered to another rep'),
    });
    // Beside a lead of theirs it is told apart, and nothing of it is shown.
    const { leadId: theirs } = await inNorth('theirs@board-three.example', 'Thessa');
    const both = new URLSearchParams({ csrf, to: 'team:north', lead: leadId });
    both.append('lead', theirs);
    const moved = await who.go('/console/board/hand-over', both);
    const told = await who.go(moved.to ?? '');
    expect(told.text).toMatch(/Handed over: 1\. Not handed over: 1\..*A lead that is not yours: This lead.*Thessa/s);
    expect(told.text).not.toContain('Otto');
    await toldOfHandOver(theirs);
    // Another manager's list is theirs.
    expect((await (await manager()).go(moved.to ?? '')).status).toBe(404);
    const away = { csrf, from: '2026-12-21', open: 'yes' };
    expect((await who.go(`/console/board/reps/${bench.reps['dino']}/away`, away)).status).toBe(403);
  });

  test('an absence, a limit and their mistakes', async () => {
    const who = await manager();
    const { csrf } = await who.go('/console/board');
    const rep = `/console/board/reps/${bench.reps['cleo']}`;
    const wrong = await who.go(`${rep}/away`, { csrf, from: '2037-12-21', until: '2037-12-01' });
    expect(wrong).toMatchObject({ status: 400, text: expect.stringContaining('“Back on” must be after “Away from”.') });
    // The rep's page again, with what was typed, and the mistake beside its field.
    expect(wrong.text).toContain('Leads of Cleo');
    expect(wrong.text).toMatch(/id="from"[^>]*value="2037-12-21".*id="until"[^>]*value="2037-12-01"[^>]*aria-invalid/s);
    // A press on the form as it is shown enters no absence.
    const noEnd = await who.go(`${rep}/away`, { csrf, from: '2037-12-21', until: '' });
    expect(noEnd).toMatchObject({ status: 400, text: expect.stringContaining('or tick “Until further notice”') });
    await who.go(`${rep}/away`, { csrf, from: '2037-12-21', until: '', open: 'yes' });
    expect((await who.go('/console/board?rep=cleo')).text).toMatch(/name="open" value="yes"\s+checked/);
    const entered = await who.go(`${rep}/away`, { csrf, from: '2037-12-21', until: '2038-01-04', deputy: 'bob' });
    expect((await who.go(entered.to ?? '')).text).toMatch(/role="status">Cleo: away from Mon 21 Dec 2037, back on/);
    expect((await who.go('/console/board')).text).toMatch(
      /away from Mon 21 Dec 2037, back on Mon 4 Jan 2038, deputy Bob/,
    );
    // Two who stand in for each other are not away together unseen: all that time it is refused, a part of it is told.
    const bobs = `/console/board/reps/${bench.reps['bob']}/away`;
    const circle = await who.go(bobs, { csrf, from: '2037-12-22', until: '2038-01-03', deputy: 'cleo' });
    expect(circle).toMatchObject({
      status: 400,
      text: expect.stringContaining('Cleo is away all that time and stands in for nobody: choose another rep, or none'),
    });
    const partly = await who.go(bobs, { csrf, from: '2037-12-22', until: '2038-01-10', deputy: 'cleo' });
    expect((await who.go(partly.to ?? '')).text).toMatch(
      /deputy Cleo \(who is away from Mon 21 Dec 2037, back on Mon 4 Jan 2038\); the deputy of Cleo, away then too/,
    );
    await who.go(`/console/board/reps/${bench.reps['bob']}/back`, { csrf });
    const limits = await who.go(`${rep}/limits`, { csrf, weight: '2', maxOpen: '0' });
    expect(limits.status).toBe(400);
    expect(limits.text).toMatch(/id="weight"[^>]*value="2".*id="maxOpen"[^>]*value="0"[^>]*aria-invalid/s);
    const saved = await who.go(`${rep}/limits`, { csrf, weight: '2', maxOpen: '7' });
    expect((await who.go(saved.to ?? '')).text).toContain('Cleo: weight 2, at most 7 open leads now.');
    // To whom leads are handed over is seen with what they have, and who is away now.
    const north = await inNorth('load@board-load.example');
    const of = keyOf(north.offer.repId);
    const other = of === 'bob' ? 'ada' : 'bob';
    await change(other, { away: { from: new Date(Date.now() - 60_000), until: null, deputy: null } });
    const onPage = (await who.go(`/console/leads/${north.leadId}`)).text;
    expect(onPage).toMatch(/value="rep:cleo"[^>]*>Cleo: \d+ of 7 open leads</);
    expect(onPage).toMatch(new RegExp(`value="rep:${other}"[^>]*>\\w+ \\(away, [^)]*\\): \\d+ open leads?<`));
    // The process of another lead may be just at work.
    await expect
      .poll(async () => {
        const open = await bench.db.assignment.count({
          where: { repId: north.offer.repId, status: { in: ['offered', 'accepted'] }, closedAt: null },
        });
        const { text } = await who.go(`/console/leads/${north.leadId}`);
        return open > 0 && new RegExp(`value="rep:${of}"[^>]*>\\w+: ${open}( of 7)? open leads?<`).test(text);
      })
      .toBe(true);
    await change(other, { away: null });
    await told(north.leadId);
    await who.go(`${rep}/back`, { csrf });
    expect(await bench.db.rep.findUniqueOrThrow({ where: { key: 'cleo' } })).toMatchObject({
      weight: 2,
      maxOpen: 7,
      awayFrom: null,
    });
    await who.go(`${rep}/limits`, { csrf, weight: '1' });
  });
});

describe('attention', () => {
  test('tells commands to who has the command line; reps and managers read whom to ask, and what happens by itself', async () => {
    const domain = 'no-command.example';
    const { leadId, offer } = await offered(`ned@${domain}`);
    const soon = new Date(Date.now() + 86_400_000);
    await bench.db.lead.update({ where: { id: leadId }, data: { answerDueAt: soon } });
    const refusal = { receiver: domain, until: soon, heardBy: 'answer', reason: '550 5.7.1 blocked', refusals: 3 };
    await bench.db.mailRefusal.create({ data: refusal });
    const by = { actor: 'system', at: new Date() };
    await inviteUser(bench.db, { email: 'cora@no-command.example', name: 'Cora', role: 'operator' }, by);
    await inviteUser(bench.db, { email: 'mia@no-command.example', name: 'Mia', role: 'manager', teams: [] }, by);
    const rep = await bench.db.rep.findUniqueOrThrow({ where: { id: offer.repId } });
    const [operator, manager, seller] = [
      await signInAs('cora@no-command.example'),
      await signInAs('mia@no-command.example'),
      await signInAs(rep.email),
    ];
    const page = `/console/leads/${leadId}`;
    expect((await operator.go(page)).text).toContain(`npx nurture sending lift ${domain}`);
    expect((await operator.go('/console/attention')).text).toContain('<code>npx nurture sending lift</code>');
    for (const who of [manager, seller]) {
      const { text } = await who.go(page);
      expect(text).toContain('ask an operator to mend the cause; now and then a mail tries by itself');
      expect(text).not.toContain('npx nurture');
    }
    for (const place of ['attention', 'cadences', 'board'])
      expect((await manager.go(`/console/${place}`)).text, place).not.toContain('npx nurture');
    await bench.db.mailRefusal.delete({ where: { receiver: domain } });
    await bench.db.lead.update({ where: { id: leadId }, data: { answerDueAt: null } });
  });

  test('names each lead that the reader may see, says in plain words what is to be done, and has pages of one kind', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1)
      ids.push(
        await bench.lead({
          email: `held${n}@attention-${n}.example`,
          firstName: `Held${n}`,
          company: `Hold & Co ${n}`,
        }),
      );
    await bench.db.lead.updateMany({
      where: { id: { in: ids } },
      data: { heldAt: new Date('2020-02-03T04:05:00Z'), heldReason: 'a template is missing' },
    });
    // Of a team that the manager does not manage: the task is theirs, the lead is not.
    const task = { kind: 'call', body: 'Call', occurredAt: new Date(), tellAt: new Date(), dueAt: new Date(1) };
    await bench.db.task.create({
      data: {
        ...task,
        id: 'task-attention',
        key: 'attention',
        leadId: ids[0] ?? '',
        repId: bench.reps['ada'] ?? '',
        team: 'north',
      },
    });
    const by = { actor: 'system', at: new Date() };
    await inviteUser(bench.db, { email: 'ola@attention.example', name: 'Ola', role: 'operator' }, by);
    const who = await signInAs('ola@attention.example');
    const { text } = await who.go('/console/attention');
    expect(text).toMatch(/<strong>\d+<\/strong> Held: the lead’s process could not go on/);
    expect(text).toMatch(
      new RegExp(`href="/console/leads/${ids[0]}">Held0</a\\s*> <span class="soft">Hold &amp; Co 0`),
    );
    expect(text).toContain('3 Feb 2020 04:05');
    expect(text).toContain('Resume it');
    expect(text).toMatch(/href="\/console\/attention\?kind=held">All of them/);
    expect(text).not.toContain('>Held6<');
    const all = await who.go('/console/attention?kind=held&since=2020-02-03T04:05:00.000Z&after=held');
    expect(all.text).toContain('>Held6<');
    expect((await who.go('/console/attention?kind=held&since=2999-01-01T00:00:00.000Z&after=x')).text).toContain(
      'none after these',
    );
    expect((await who.go('/console/attention?kind=nonsense&since=never&after=%00x')).status).toBe(404);
    await inviteUser(bench.db, { email: 'uma@attention.example', name: 'Uma', role: 'manager', teams: ['north'] }, by);
    const manager = await (await signInAs('uma@attention.example')).go('/console/attention?kind=task-overdue');
    expect(manager.text).toContain('A lead of somebody else');
    expect(manager.text).not.toContain('Held0');
    await bench.db.task.delete({ where: { id: 'task-attention' } });
    await bench.db.lead.updateMany({ where: { id: { in: ids } }, data: { heldAt: null, heldReason: null } });
  });
});

/** Every page and form of the console: who may open it. A new one fails until it has its line. */
const PAGES: Readonly<Record<string, 'anybody' | 'signed in' | 'whose lead it is' | 'managers' | 'admins'>> = {
  'get /style.css': 'anybody',
  'get /htmx.js': 'anybody',
  'get /sliders.js': 'anybody',
  'get /sign-in': 'anybody',
  'post /sign-in': 'anybody',
  'get /sign-in/:token': 'anybody',
  'post /sign-in/:token': 'anybody',
  'post /sign-out': 'anybody',
  'get /openid': 'anybody',
  'get /openid/callback': 'anybody',
  'get /': 'signed in',
  'post /desk/digest': 'signed in',
  'post /tasks/:id': 'signed in',
  'get /decide': 'signed in',
  'post /decide': 'signed in',
  'get /users': 'admins',
  'post /users': 'admins',
  'post /users/:id': 'admins',
  'get /board': 'managers',
  'get /attention': 'managers',
  'post /attention/sends': 'managers',
  'post /attention/mails': 'managers',
  'post /attention/pauses': 'managers',
  'post /board/hand-over': 'managers',
  'get /board/hand-overs/:id': 'managers',
  'post /board/reps/:rep/away': 'managers',
  'post /board/reps/:rep/back': 'managers',
  'post /board/reps/:rep/active': 'managers',
  'post /board/reps/:rep/limits': 'managers',
  'get /cadences': 'signed in',
  'get /cadences/:cadence': 'signed in',
  'get /broadcasts': 'managers',
  'get /broadcasts/:id': 'managers',
  'get /broadcasts/:id/mail/:variant': 'managers',
  'post /broadcasts/:id': 'managers',
  'post /newsletters/:key': 'managers',
  'get /reports': 'signed in',
  'get /reports/target': 'signed in',
  'post /reports/target': 'managers',
  'get /reports/target/:id/delete': 'managers',
  'post /reports/target/:id/delete': 'managers',
  'get /reports/:report': 'signed in',
  'post /reports/:report/mail': 'signed in',
  'post /reports/:report/mail/:id/end': 'signed in',
  'get /reports/csv/:report': 'signed in',
  'get /reports/:report/leads': 'signed in',
  'get /leads': 'signed in',
  'get /leads/new': 'signed in',
  'post /leads': 'signed in',
  'post /leads/find': 'signed in',
  'get /leads/:id': 'whose lead it is',
  'post /leads/:id/profile': 'whose lead it is',
  'post /leads/:id/unsubscribe': 'whose lead it is',
  'post /leads/:id/pause': 'whose lead it is',
  'post /leads/:id/resume': 'whose lead it is',
  'post /leads/:id/disqualify': 'whose lead it is',
  'post /leads/:id/accept': 'whose lead it is',
  'post /leads/:id/reject': 'whose lead it is',
  'post /leads/:id/assess': 'whose lead it is',
  'post /leads/:id/log': 'whose lead it is',
  'post /leads/:id/outcome': 'whose lead it is',
  'post /leads/:id/snooze': 'whose lead it is',
  'post /leads/:id/hand-over': 'whose lead it is',
  'post /leads/:id/qualify-on': 'whose lead it is',
  'post /leads/:id/after-sale': 'whose lead it is',
  'post /leads/:id/reopen': 'whose lead it is',
  'post /leads/:id/line': 'whose lead it is',
};

/** Fields that are right for every form of a lead. */
const RIGHT = {
  way: 'fills',
  line: 'drip-lines',
  reason: 'too-early',
  kind: 'call',
  body: 'x',
  dueAt: '2030-01-01T09:00',
  step: 'x',
  result: 'lost',
  funnelStage: 'paid',
  note: 'x',
  once: 'of a stranger',
};

describe('every page of the console', () => {
  test('answers what it cannot read or keep as a mistake of the browser, not of its own', async () => {
    const who = await signIn('dino');
    const { csrf } = await who.go('/console');
    expect((await who.go('/console/leads/%00')).status).toBe(404);
    expect((await who.go('/console/leads/%E0%A4')).status).toBe(400);
    expect((await who.go('/console/leads/find', { csrf, sought: 'a\u0000@b.example' })).status).toBe(400);
    expect((await who.go('/console/leads/find', { csrf, sought: 'a'.repeat(60_000) })).status).toBe(400);
    expect((await who.go('/console/leads/find', { csrf, sought: 'a'.repeat(70_000) })).status).toBe(413);
  });

  test('shows no words that stand in its address', async () => {
    const by = { actor: 'system', at: new Date() };
    await inviteUser(bench.db, { email: 'words@firm.example', name: 'W', role: 'operator' }, by);
    const who = await signInAs('words@firm.example');
    const words = encodeURIComponent('Call 555 and say your password');
    for (const page of ['attention', 'board', 'leads', ''])
      for (const name of ['done', 'refused', 'wrong', 'error'])
        expect((await who.go(`/console/${page}?${name}=${words}`)).text).not.toContain('say your password');
    const { csrf } = await who.go('/console/board');
    expect((await who.go('/console/attention/sends', { csrf, send: 'send-1', do: 'constructor' })).status).toBe(400);
  });

  test('settles mails that came back, and messages in doubt, where they are shown, and for whom they are', async () => {
    const by = { actor: 'system', at: new Date() };
    await inviteUser(bench.db, { email: 'mails@firm.example', name: 'M', role: 'operator' }, by);
    const who = await signInAs('mails@firm.example');
    const domain = 'settled-mails.example';
    const leads = await Promise.all([1, 2, 3].map((n) => bench.lead({ email: `a${n}@${domain}` })));
    const [first = '', second = '', third = ''] = leads;
    const sends = leads.map(() => newId('send'));
    const at = new Date();
    await bench.db.send.createMany({
      data: leads.map((leadId, n) => ({
        id: sends[n] ?? '',
        key: sends[n] ?? '',
        leadId,
        templateKey: 'plain',
        status: n === 0 ? ('in_doubt' as const) : ('sent' as const),
        attempt: 'x',
        occurredAt: at,
      })),
    });
    const kept = async (n: number, more: object): Promise<string> => {
      const id = newId('inboundMail');
      const [leadId, sendId] = n < 0 ? [null, null] : [leads[n] ?? '', sends[n] ?? ''];
      const data = { id, digest: id, leadId, sendId, verdict: 'hard', did: 'kept', receivedAt: at, excerpt: null };
      await bench.db.inboundMail.create({ data: { ...data, ...more } });
      return id;
    };
    const burst = { did: 'quarantined', domain, status: '5.1.1' };
    const [one, two] = [await kept(1, burst), await kept(2, burst)];
    const answer = { verdict: 'reply', asksRemoval: true, excerpt: 'Please remove <me>.' };
    const [asks, unknown] = [await kept(2, answer), await kept(-1, { verdict: 'unclear', excerpt: 'Who are you?' })];
    const nobody = { verdict: 'complaint', recipient: 'nobody-known@elsewhere-mails.example' };
    const [spam, nameless] = [await kept(-1, nobody), await kept(-1, { verdict: 'complaint' })];
    const page = await who.go('/console/attention?kind=mail-returned');
    expect(page.text).toContain('Nobody we know');
    expect(page.text).toContain('a mail was reported as spam, and no message of ours to the address is known');
    expect(page.text.match(/Send nothing to the address/g)).toHaveLength(1);
    expect(page.text).toContain('Please remove &lt;me&gt;.');
    expect(page.text).toContain('Who are you?');
    expect(page.text).toContain(`All from ${domain} are gone for good`);
    const press = (mail: string, what: string, from = 'attention') =>
      who.go('/console/attention/mails', { csrf: page.csrf, mail, do: what, from });
    expect(await press(spam, 'suppress')).toMatchObject({ status: 303 });
    expect(await bench.db.suppression.findMany({ where: { email: nobody.recipient } })).toMatchObject([
      { reason: 'complaint', leadId: null },
    ]);
    expect((await press(nameless, 'suppress')).status).toBe(409);
    expect(await press(unknown, 'dismiss')).toMatchObject({ status: 303, to: '/console/attention?done=dismiss' });
    expect((await press(one, 'suppress-burst')).status).toBe(303);
    const settled = await bench.db.inboundMail.findMany({ where: { OR: [{ id: one }, { id: two }] } });
    expect(settled.map(({ did }) => did)).toEqual(['suppressed', 'suppressed']);
    expect(
      await bench.db.suppression.count({ where: { email: { endsWith: `@${domain}` }, reason: 'hard-bounce' } }),
    ).toBe(2);

    const ofFirst = await who.go(`/console/leads/${first}`);
    expect(ofFirst.text).toContain('may or may not have left');
    const dismissed = { csrf: ofFirst.csrf, send: sends[0] ?? '', do: 'dismiss', lead: first };
    expect(await who.go('/console/attention/sends', dismissed)).toMatchObject({
      to: `/console/leads/${first}?done=dismiss-send`,
    });
    expect((await who.go(`/console/leads/${first}`)).text).not.toContain('may or may not have left');

    // The rep with the lead sees what was answered, and may do what it asks for; no more. Another rep may do nothing.
    await bench.db.lead.update({ where: { id: third }, data: { ownerId: bench.reps['ada'] ?? '' } });
    const post = { mail: asks, from: 'lead' };
    const stranger = await signIn('dino');
    const strange = { csrf: (await stranger.go('/console')).csrf, ...post };
    expect((await stranger.go('/console/attention/mails', { ...strange, do: 'unsubscribe' })).status).toBe(403);
    const owner = await signIn('ada');
    const theirs = await owner.go(`/console/leads/${third}`);
    expect(theirs.text).toContain('Unsubscribe them');
    expect(theirs.text).not.toContain('I have seen to it');
    const owned = { csrf: theirs.csrf, ...post };
    expect((await owner.go('/console/attention/mails', { ...owned, do: 'dismiss' })).status).toBe(403);
    expect(await owner.go('/console/attention/mails', { ...owned, do: 'unsubscribe' })).toMatchObject({
      to: `/console/leads/${third}?done=unsubscribe`,
    });
    expect(await bench.db.suppression.count({ where: { email: `a3@${domain}`, reason: 'unsubscribed' } })).toBe(1);
    expect((await bench.db.inboundMail.findUniqueOrThrow({ where: { id: asks } })).did).toBe('unsubscribed');
    expect((await who.go(`/console/leads/${second}`)).text).not.toContain('Mails that wait for a person');
  });

  test('has a line in the table', () => {
    const { stack } = consoleRouter(
      { ...bench.deps, failed: () => {}, settings: { publicUrl: bench.base } } as unknown as ConsoleDeps,
      () => {},
    );
    const pages = stack.flatMap(({ route }) =>
      route === undefined ? [] : route.stack.map(({ method }) => `${method} ${route.path}`),
    );
    expect(pages.toSorted()).toEqual(Object.keys(PAGES).toSorted());
  });

  test('leads a stranger to the sign-in, refuses a forged form, and a rep whose lead it is not; nothing is changed', async () => {
    const { leadId, offer } = await offered('otto@desk-five.example');
    const other = await signIn('ada');
    const own = await signIn('dino');
    const { csrf } = await other.go('/console');
    // The processes of the leads before may still be working, or be about to tell a rep of a hand-over.
    await atRest(bench.engine);
    const before = await bench.counts();
    for (const [page, who] of Object.entries(PAGES)) {
      if (who === 'anybody') continue;
      const [method = '', path = ''] = page.split(' ');
      const url = `/console${path.replace(':id', leadId)}`;
      const form = { ...RIGHT, assignment: offer.id };
      const fields = (token: string) => (method === 'get' ? undefined : { ...form, csrf: token });
      expect(await visitor().go(url, fields(csrf)), page).toMatchObject({ status: 303, to: '/console/sign-in' });
      if (method === 'post') expect((await own.go(url, fields(csrf))).status, `forged: ${page}`).toBe(403);
      if (who !== 'signed in') expect((await other.go(url, fields(csrf))).status, page).toBe(403);
    }
    expect(await bench.counts()).toEqual(before);
  });
});

test('a marketer previews, starts and cancels a broadcast, and pauses a newsletter; an operator sees them, a manager does not', async () => {
  const by = { actor: 'system', at: new Date() };
  for (const role of ['marketer', 'manager', 'operator'] as const)
    await inviteUser(bench.db, { email: `${role}@casts.example`, name: role, role }, by);
  const planned = await bench.post('/v1/broadcasts', {
    key: 'spring',
    template: 'plain',
    when: { source: 'nobody' },
    // Not at once: one that reaches nobody is done before anybody cancels it.
    schedule: { at: new Date(Date.now() + 86_400_000).toISOString() },
  });
  await bench.db.newsletter.create({
    data: { key: 'gone', revision: 1, schedule: { cron: '0 9 * * TUE', timeZone: 'UTC', catchUpMs: 1 } },
  });
  const who = await signInAs('marketer@casts.example');
  const page = `/console/broadcasts/${String(planned.body['id'])}`;
  const { csrf, text } = await who.go(page);
  expect(text).toContain('See whom it reaches');
  expect(text).not.toContain('>Start<');
  expect(await who.go(page, { csrf, do: 'preview' })).toMatchObject({ status: 303 });
  const shown = await who.go(page);
  expect(shown.text).toContain('0 of 0 leads would get it now');
  expect(shown.text).toContain(`src="${page}/mail/a"`);
  const mail = await who.go(`${page}/mail/a`);
  expect(mail.headers.get('content-security-policy')).toMatch(/sandbox$/);
  expect(mail.text).toContain('Alex');
  expect((await who.go(`${page}/mail/b`)).status).toBe(404);
  expect(await who.go(page, { csrf, do: 'start' })).toMatchObject({ status: 303 });
  expect(await who.go(page, { csrf, do: 'cancel' })).toMatchObject({ status: 303 });
  expect((await bench.get('/v1/broadcasts/spring')).body['status']).toBe('canceled');
  expect((await who.go(page, { csrf, do: 'resume' })).status).toBe(409);
  expect((await who.go(page, { csrf, do: 'constructor' })).status).toBe(400);
  expect(await who.go('/console/newsletters/gone', { csrf, do: 'pause' })).toMatchObject({ status: 303 });
  expect((await bench.db.newsletter.findUniqueOrThrow({ where: { key: 'gone' } })).pausedAt).not.toBeNull();
  expect((await (await signInAs('operator@casts.example')).go('/console/broadcasts')).text).toContain('spring');
  const manager = await signInAs('manager@casts.example');
  expect((await manager.go('/console/broadcasts')).status).toBe(403);
});

/** What of the menu and the tables lies beyond the edge of the page, and which table has a scroll of its own. */
const OUT_OF_SIGHT = `(() => {
  const out = [...document.querySelectorAll('nav a, table.rows input, table.rows td:not(:has(.hidden)), table.rows tbody th')].filter((one) => {
    if (!(one instanceof HTMLInputElement) && one.textContent.trim() === '') return false;
    const range = document.createRange();
    if (one instanceof HTMLInputElement) range.selectNode(one);
    else range.selectNodeContents(one);
    const { left, right } = range.getBoundingClientRect();
    return one.offsetWidth === 0 || left < 0 || right > document.documentElement.clientWidth;
  });
  const scrolling = [...document.querySelectorAll('nav, .wide:has(table.rows)')].filter(
    (one) => one.scrollWidth > one.clientWidth || (one.scrollHeight > one.clientHeight && getComputedStyle(one).overflowY !== 'visible'),
  );
  return [...out, ...scrolling].map((one) => one.outerHTML.slice(0, 200));
})()`;

describe.skipIf(chromiumPath === undefined)('in a browser (Chromium, or CHROMIUM_PATH)', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: CHROMIUM_FLAGS });
  });
  afterAll(() => browser?.close());

  const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  async function violations(page: Page): Promise<unknown[]> {
    return page.evaluate(
      `(() => { const module = undefined; ${axe}; return axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])); })()`,
    );
  }

  test('a rep signs in and rejects a lead by keyboard, without a script, at phone width', async () => {
    const { leadId } = await offered('otto@desk-three.example');
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false });
    const who = await signIn('dino');
    const value = who.cookies.get('nurture_session') ?? '';
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    await page.goto(`${bench.base}/console`);
    await page.locator(`a[href$="${leadId}"]`).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/leads/${leadId}`);
    await page.getByLabel('Reason').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Reject' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console?done=rejected&lead=*');
    expect(await page.getByRole('status').textContent()).toContain('You have sent back Otto');
    await context.close();
  });

  test('the desk shows by itself what is new, with no script but ours, and focus stays', async () => {
    const value = (await signIn('dino')).cookies.get('nurture_session') ?? '';
    const context = await browser.newContext();
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.clock.install();
    await page.goto(`${bench.base}/console`);
    await page.getByRole('link', { name: 'Leads' }).focus();
    const { leadId } = await offered('otto@desk-live.example');
    await page.clock.fastForward(21_000);
    await page.locator(`#live a[href$="${leadId}"]`).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Leads');
    expect(refused).toEqual([]);
    await context.close();
  });

  test('the board shows by itself what stands out now, and keeps what was chosen and written', async () => {
    const by = { actor: 'system', at: new Date() };
    await inviteUser(bench.db, { email: 'live@firm.example', name: 'Live', role: 'operator' }, by);
    // Accepted and without a next step, a lead stands out until somebody plans one.
    const accept = async ({ id }: { id: string }) =>
      expect((await bench.post(`/v1/assignments/${id}/accept`)).status).toBe(200);
    const first = await offered('otto@board-live.example');
    const second = await offered('otto@board-live-two.example');
    await accept(first.offer);
    const value = (await signInAs('live@firm.example')).cookies.get('nurture_session') ?? '';
    const context = await browser.newContext();
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.clock.install();
    await page.goto(`${bench.base}/console/board`);
    await page.locator(`#box-${first.leadId}`).check();
    await page.locator('#leads-note').fill('Otto is ill');
    expect(await page.locator(`#box-${second.leadId}`).count()).toBe(0);
    await accept(second.offer);
    await page.clock.fastForward(21_000);
    await page.locator(`#box-${second.leadId}`).waitFor();
    expect(await page.locator(`#box-${first.leadId}`).isChecked()).toBe(true);
    expect(await page.locator(`#box-${second.leadId}`).isChecked()).toBe(false);
    expect(await page.locator('#leads-note').inputValue()).toBe('Otto is ill');
    expect(refused.filter((line) => !line.includes('404'))).toEqual([]);
    await context.close();
  });

  test('board, attention, leads and users have no fault that axe finds, and fit a phone of 390 pixels', async () => {
    const email = 'axe@firm.example';
    await inviteUser(bench.db, { email, name: 'Axe', role: 'admin' }, { actor: 'system', at: new Date() });
    const { leadId } = await offered('otto@axe-board.example');
    await bench.db.assignment.updateMany({ where: { leadId }, data: { dueAt: new Date(Date.now() - 1) } });
    await bench.db.lead.update({ where: { id: leadId }, data: { heldAt: new Date(), heldReason: 'a test' } });
    const long = 'apagewithalongname'.repeat(4);
    const seen = { type: 'page.viewed', leadId, id: newId('event'), properties: { page: long } };
    expect((await bench.post('/v1/events', { events: [seen] })).status).toBe(200);
    const value = (await signInAs(email)).cookies.get('nurture_session') ?? '';
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, bypassCSP: true });
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    await bench.post('/v1/broadcasts', { key: 'axe', template: 'plain', when: { source: 'ebook' } });
    const pages = [
      'broadcasts',
      'broadcasts/axe',
      'board',
      'board?rep=dino',
      'board?show=no-decision',
      'attention',
      'attention?kind=held',
      'leads',
      'leads/new',
      'users',
      `leads/${leadId}`,
    ];
    for (const path of pages) {
      await page.goto(`${bench.base}/console/${path}`);
      expect(await violations(page), path).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(390);
    }
    expect(await page.locator('main').textContent()).toContain(long.slice(0, 40));
    expect((await page.goto(`${bench.base}/console/attention?kind=held`))?.status()).toBe(200);
    expect(await page.locator('main').textContent()).toContain('a test');
    await context.close();
  });

  test('on a phone of 375 pixels all of the menu and of every row is in sight, with the titles of its columns', async () => {
    const email = 'phone@firm.example';
    await inviteUser(bench.db, { email, name: 'Phone', role: 'admin' }, { actor: 'system', at: new Date() });
    // A lead whose next step was due yesterday stands out until somebody does it.
    const { leadId, offer } = await offered('otto@phone-board.example');
    expect((await bench.post(`/v1/assignments/${offer.id}/accept`)).status).toBe(200);
    const step = { leadId, kind: 'next-step', body: 'Visit them', dueAt: new Date(Date.now() + 3_600_000) } as const;
    await logActivity(bench.engine.store, { kind: 'key', keyId: 'of-the-boss', manager: true }, step);
    await stepPasses(leadId, new Date(Date.now() - 86_400_000));
    const value = (await signInAs(email)).cookies.get('nurture_session') ?? '';
    const context = await browser.newContext({ viewport: { width: 375, height: 812 } });
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    await bench.post('/v1/broadcasts', { key: 'phone', template: 'plain', when: { source: 'ebook' } });
    const preview = { looked: 3, gets: 1, later: {}, leftOut: { suppressed: 2 } };
    await bench.db.broadcast.update({ where: { key: 'phone' }, data: { preview, startedAt: new Date() } });
    const asked: [string, string[]][] = [
      ['broadcasts/phone', ['Leads', 'not tracked: cannot be known']],
      ['board', ['Why', 'Since', 'Next', 'Stage', 'Open', 'Overdue', 'Answers in']],
      ['board?show=step-overdue', ['Rep', 'Why', 'Since', 'Next', 'Stage']],
      ['leads', ['Lead', 'Stage', 'In it since', 'With', 'Came in']],
    ];
    for (const [path, labels] of asked) {
      await page.goto(`${bench.base}/console/${path}`);
      const shown = await page
        .locator('main [data-label]')
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('data-label')));
      expect(shown, path).toEqual(expect.arrayContaining(labels));
      expect(await page.evaluate(OUT_OF_SIGHT), path).toEqual([]);
      if (process.env['SCREENSHOTS'] !== undefined)
        await page.screenshot({
          path: `${process.env['SCREENSHOTS']}/phone-${path.replace(/\W.*/, '')}-${asked.findIndex(([one]) => one === path)}.png`,
          fullPage: true,
        });
    }
    await context.close();
  });

  test('desk and lead have no fault that axe finds, and fit a phone', async () => {
    const { leadId } = await offered('otto@desk-four.example');
    const value = (await signIn('dino')).cookies.get('nurture_session') ?? '';
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, bypassCSP: true });
    await context.addCookies([{ name: 'nurture_session', value, url: `${bench.base}/console` }]);
    const page = await context.newPage();
    for (const path of ['/console', `/console/leads/${leadId}`]) {
      await page.goto(bench.base + path);
      expect(await violations(page), path).toEqual([]);
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect(wide, path).toBeLessThanOrEqual(360);
      if (process.env['SCREENSHOTS'] !== undefined)
        await page.screenshot({
          path: `${process.env['SCREENSHOTS']}/console-${path === '/console' ? 'desk' : 'lead'}.png`,
          fullPage: true,
        });
    }
    await context.close();
  });
});
