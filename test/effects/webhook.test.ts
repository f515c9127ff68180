/** What a signed post connects to, and what becomes of its answers. On a real server of this machine. */
import dns from 'node:dns';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK } from '../../src/domain/budgets.ts';
import { isPublic } from '../../src/runtime/address-guard.ts';
import { createWebhooks, type Webhooks } from '../../src/effects/http/signed-post.ts';
import { slackText } from '../../src/domain/hand-off-hook.ts';
import { answeredAttributes } from '../../src/steps/webhook/answer.ts';
import { HOOK_SECRET, type HookSink, startHookSink } from '../support/hook-sink.ts';

let sink: HookSink;
let webhooks: Webhooks;
const message = (url: string) => ({ url, id: 'msg_1', body: '{"data":{"lead":"lead-1"}}', secret: undefined });
const config = { secrets: { '': HOOK_SECRET }, allow: ['127.0.0.1'], httpsOnly: false };

beforeAll(async () => {
  sink = await startHookSink();
  webhooks = createWebhooks(config);
});
afterAll(async () => {
  await webhooks.close();
  sink.close();
});

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '192.168.0.1',
  '172.16.0.1',
  '169.254.169.254',
  '100.100.100.200',
  '0.0.0.0',
  '224.0.0.1',
  '::1',
  '::',
  'fe80::1',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
  '64:ff9b::7f00:1',
  '::7f00:1',
  '::127.0.0.1',
  '64:ff9b:1::a9fe:a9fe',
  '2002:7f00:1::',
  'no address',
])('%s is not public', (address) => expect(isPublic(address)).toBe(false));
it.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) =>
  expect(isPublic(address)).toBe(true),
);

it('a message for Slack says who and what, mentions nobody, and holds no more of the lead than is asked for', () => {
  const facts = { what: null, rep: 'Ada', team: 'North & West', grade: 'A', reason: null, whyNow: null, fields: {} };
  const url = 'https://engine.example/console/leads/lead_1';
  expect(slackText({ ...facts, event: 'offered', url })).toBe(
    'A lead of grade A is offered to Ada (North &amp; West). <https://engine.example/console/leads/lead_1|Open>',
  );
  const rich = {
    ...facts,
    event: 'rejected',
    reason: 'Too early',
    fields: { company: '<!channel>', country: null },
  } as const;
  expect(slackText({ ...rich, whyNow: 'Asked for a demo', url })).toBe(
    'Ada (North &amp; West) sent a lead away: Too early. <https://engine.example/console/leads/lead_1|Open>\nAsked for a demo\ncompany: &lt;!channel&gt;',
  );
});

describe('a signed post', () => {
  it('arrives once a call, with a signature and the id of the intent', async () => {
    expect(await webhooks.post(message(`${sink.url}/a`))).toEqual({ kind: 'accepted', response: 'HTTP 204' });
    expect(sink.hooks.at(-1)).toMatchObject({ id: 'msg_1', path: '/a', headers: { 'idempotency-key': 'msg_1' } });
  });

  it.each(['http://localhost', 'http://[::1]', 'http://0x7f.1', 'http://2130706433', 'http://127.1'])(
    'does not reach this machine by %s',
    async (host) => {
      const guarded = createWebhooks({ ...config, allow: [] });
      const before = sink.hooks.length;
      const outcome = await guarded.post(message(`${host}:${new URL(sink.url).port}/`));
      expect(outcome).toMatchObject({ kind: 'refused', scope: 'sender' });
      expect(sink.hooks).toHaveLength(before);
      await guarded.close();
    },
  );

  it('is not sent without its secret, nor without TLS in production', async () => {
    expect(await webhooks.post({ ...message(sink.url), secret: 'my-sms' })).toMatchObject({
      kind: 'refused',
      scope: 'sender',
      reason: 'the environment has no WEBHOOK_SECRET_MY_SMS',
    });
    const strict = createWebhooks({ ...config, httpsOnly: true });
    expect(await strict.post(message(sink.url))).toMatchObject({ kind: 'refused', scope: 'sender' });
    await strict.close();
  });

  it.each([
    [500, { kind: 'released', reason: 'HTTP 500' }],
    [429, { kind: 'released' }],
    [404, { kind: 'refused', scope: 'sender' }],
    [422, { kind: 'refused', scope: 'recipient' }],
    [302, { kind: 'refused', scope: 'sender', reason: 'HTTP 302: redirects are not followed' }],
  ])('takes %i for what it means', async (status, outcome) => {
    const before = sink.hooks.length;
    sink.answer((response) => response.writeHead(status, { location: `${sink.url}/elsewhere` }).end());
    expect(await webhooks.post(message(sink.url))).toMatchObject(outcome);
    expect(sink.hooks).toHaveLength(before + 1);
  });

  it('reads a JSON answer, unless it is too long', async () => {
    sink.answer((response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"plan":"gold"}'));
    expect(await webhooks.post(message(sink.url))).toMatchObject({ kind: 'accepted', answer: { plan: 'gold' } });
    const long = JSON.stringify({ plan: 'x'.repeat(100_000) });
    sink.answer((response) => response.writeHead(200, { 'content-type': 'application/json' }).end(long));
    expect(await webhooks.post(message(sink.url))).toEqual({ kind: 'accepted', response: 'HTTP 200' });
  });

  it('is given up in its time by a receiver that answers byte by byte', { timeout: 4 * WEBHOOK.message }, async () => {
    const over = new AbortController();
    sink.answer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const dripping = setInterval(() => response.write(' '), 500);
      over.signal.addEventListener('abort', () => {
        clearInterval(dripping);
        response.end();
      });
    });
    // For a product that would wait for ever.
    const late = setTimeout(() => over.abort(), 2 * WEBHOOK.message);
    const begun = Date.now();
    try {
      expect(await webhooks.post(message(sink.url))).toMatchObject({
        kind: 'released',
        reason: 'no answer (TimeoutError)',
      });
    } finally {
      clearTimeout(late);
      over.abort();
    }
    // An activity counts with this (domain/budgets.ts).
    expect(Date.now() - begun).toBeLessThan(1.9 * WEBHOOK.message);
  });

  it('is to be repeated where nobody answers', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    closed.close();
    expect(await webhooks.post(message(`http://127.0.0.1:${port}/`))).toMatchObject({
      kind: 'released',
      reason: 'no answer (ECONNREFUSED)',
    });
  });
});

describe('a name whose answer changes from one look to the next', () => {
  /** No machine has this address: it is of the public range, in a network that is not given out. */
  const PUBLIC = '3ffe::1';
  const lookup = dns.lookup;
  let looked: string[];

  /** Answers `rebind.example` with each of these in turn, whoever asks in this process: the guard, or the connection after it. */
  function answerInTurn(...answers: string[][]): void {
    looked = [];
    const turns = [...answers];
    const fake = (name: string, ...rest: unknown[]): void => {
      if (name !== 'rebind.example') return void Reflect.apply(lookup, dns, [name, ...rest]);
      const callback = rest.at(-1) as (error: null, found: unknown, family?: number) => void;
      const found = (turns.shift() ?? ['127.0.0.1']).map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }));
      looked.push(found.map(({ address }) => address).join(' '));
      const isAll = (rest[0] as { all?: boolean }).all === true;
      process.nextTick(() => (isAll ? callback(null, found) : callback(null, found[0]?.address, found[0]?.family)));
    };
    dns.lookup = fake as typeof dns.lookup;
    syncBuiltinESMExports();
  }
  afterEach(() => {
    dns.lookup = lookup;
    syncBuiltinESMExports();
  });

  const post = async (allow: readonly string[]) => {
    const guarded = createWebhooks({ ...config, allow });
    const outcome = await guarded.post(message(`http://rebind.example:${new URL(sink.url).port}/`));
    await guarded.close();
    return outcome;
  };

  it('is public for the check and private for the connection: this machine is not reached', async () => {
    const before = sink.hooks.length;
    expect(isPublic(PUBLIC)).toBe(true);
    answerInTurn([PUBLIC], ['127.0.0.1']);
    expect(await post([])).toMatchObject({ kind: 'released' });
    // The address that was checked is the one connected to: there is no second look.
    expect(looked).toEqual([PUBLIC]);
    expect(sink.hooks).toHaveLength(before);
  });

  it.each([[['127.0.0.1']], [[PUBLIC, '127.0.0.1']], [['10.0.0.1', PUBLIC]]])(
    'is private, or among others, at the connection: %s is refused',
    async (answer) => {
      const before = sink.hooks.length;
      answerInTurn(answer);
      expect(await post([])).toMatchObject({ kind: 'refused', scope: 'sender' });
      expect(sink.hooks).toHaveLength(before);
    },
  );

  it('and would reach it without the guard, as a host of our own network does', async () => {
    const before = sink.hooks.length;
    sink.answer((response) => response.writeHead(204).end());
    answerInTurn(['127.0.0.1']);
    expect(await post(['rebind.example'])).toMatchObject({ kind: 'accepted' });
    expect(sink.hooks).toHaveLength(before + 1);
  });
});

it('an answer fills in what is not known, of what the step names', () => {
  const answer = { plan: 'gold', seats: 5, role: 'owner', other: 'x', list: ['a'], empty: ' ' };
  const names = ['plan', 'seats', 'role', 'list', 'empty', 'missing'];
  expect(answeredAttributes(names, { role: 'buyer', plan: null }, answer)).toEqual({ plan: 'gold', seats: 5 });
});
