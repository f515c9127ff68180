/** Signing in to the console by OpenID Connect, with a real provider. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpenId } from '../../src/api/open-id.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { CLIENT, startOpenIdProvider } from '../support/open-id-provider.ts';
import { openApi, type Bench } from './support.ts';
import { createVisitor, type Visitor } from './visitor.ts';

const PUBLIC_URL = 'http://localhost:8080';
let bench: Bench;
let provider: Awaited<ReturnType<typeof startOpenIdProvider>>;
beforeAll(async () => {
  provider = await startOpenIdProvider(`${PUBLIC_URL}/console/openid/callback`);
  const openId = createOpenId({ issuer: provider.issuer, ...CLIENT, clientAuth: 'basic' }, PUBLIC_URL);
  bench = await openApi({ change: (deps) => ({ ...deps, openId }) });
  const by = { actor: 'system', at: new Date() };
  await inviteUser(bench.db, { email: 'mia@firm.example', name: 'Mia', role: 'admin' }, by);
});
afterAll(async () => {
  await bench.close();
  await provider.close();
});

const visitor = () => createVisitor(() => bench.base);

/** The path that the browser is led back to, once the provider has signed the person in. */
async function comeBack(who: Visitor, email = 'mia@firm.example', verified = true): Promise<string> {
  const begun = await who.go('/console/openid');
  expect(begun.status).toBe(303);
  const { pathname, search } = await provider.signIn(begun.to ?? '', { email, verified });
  return pathname + search;
}

test('who is a user signs in; the state, nonce and code are of one use and of one browser', async () => {
  const who = visitor();
  expect((await who.go('/console/sign-in')).text).toContain(`Sign in with ${new URL(provider.issuer).host}`);
  const begun = await who.go('/console/openid');
  const asked = new URL(begun.to ?? '').searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({ response_type: 'code', code_challenge_method: 'S256' });
  expect(asked.get('state')).toMatch(/^[\w-]{43}$/);
  expect(begun.headers.getSetCookie()[0]).toMatch(/^nurture_openid=.*HttpOnly; SameSite=Lax/);

  const back = await comeBack(who, 'Mia@firm.example');
  const cookie = who.cookies.get('nurture_openid') ?? '';
  expect(await who.go(back)).toMatchObject({ status: 303, to: '/console/board' });
  expect(await who.go('/console')).toMatchObject({ status: 303, to: '/console/board' });

  const again = visitor();
  expect((await again.go(back)).text).toContain('begun in another browser');
  again.cookies.set('nurture_openid', cookie);
  expect(await again.go(back)).toMatchObject({ status: 403, text: expect.stringContaining('This sign-in is over') });
  expect((await again.go('/console')).to).toBe('/console/sign-in');
});

test('a state, or a code, of another browser is refused, and so is a HEAD, which uses nothing up', async () => {
  const who = visitor();
  const back = await comeBack(who);
  const other = visitor();
  await other.go('/console/openid');
  expect((await other.go(back)).status).toBe(403);
  const ownState = new URL((await other.go('/console/openid')).to ?? '').searchParams.get('state') ?? '';
  const stolen = new URL(back, PUBLIC_URL);
  stolen.searchParams.set('state', ownState);
  expect((await other.go(stolen.pathname + stolen.search)).status).toBe(403);
  const third = visitor();
  const good = await comeBack(third);
  const cookie = `nurture_openid=${third.cookies.get('nurture_openid')}`;
  expect((await fetch(bench.base + good, { method: 'HEAD', headers: { cookie } })).status).toBe(404);
  expect((await third.go(good)).status).toBe(303);
});

test('who is not known, is disabled, or has no verified address gets a page that says so, and is not made a user', async () => {
  const by = { actor: 'system', at: new Date() };
  await inviteUser(bench.db, { email: 'kim@firm.example', name: 'Kim', role: 'admin' }, by);
  const before = await bench.counts();
  const unknown = visitor();
  expect(await unknown.go(await comeBack(unknown, 'eve@firm.example'))).toMatchObject({
    status: 403,
    text: expect.stringContaining('ask an admin to invite it'),
  });
  const unverified = visitor();
  expect(await unverified.go(await comeBack(unverified, 'mia@firm.example', false))).toMatchObject({
    status: 403,
    text: expect.stringContaining('verified'),
  });
  // The Kelvin sign, whose small letter is k.
  const alike = visitor();
  expect((await alike.go(await comeBack(alike, '\u212Aim@firm.example'))).status).toBe(403);
  await bench.db.user.updateMany({ data: { active: false } });
  const off = visitor();
  expect((await off.go(await comeBack(off))).status).toBe(403);
  await bench.db.user.updateMany({ data: { active: true } });
  const refused = visitor();
  const state = new URL((await refused.go('/console/openid')).to ?? '').searchParams.get('state') ?? '';
  const denied = await refused.go(
    `/console/openid/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`,
  );
  expect(denied).toMatchObject({ status: 403, text: expect.stringContaining('did not sign you in') });
  expect(await bench.counts()).toEqual(before);
});

test('a rep signs in with their address in routing.yaml', async () => {
  const { email } = await bench.db.rep.findUniqueOrThrow({ where: { key: 'ada' } });
  const who = visitor();
  expect((await who.go(await comeBack(who, email))).status).toBe(303);
  expect((await who.go('/console')).text).toContain('Waiting for your decision');
});

test('a provider that cannot be reached is said so', async () => {
  const openId = createOpenId({ issuer: 'http://127.0.0.1:9', ...CLIENT, clientAuth: 'basic' }, PUBLIC_URL);
  await expect(openId.begin('x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
