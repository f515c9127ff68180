/** The ledger of outside effects over a channel of the test's own: an HTTP hook, plugged in by a line of the registry. */
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { inTurn } from '../../src/activities/in-turn.ts';
import type { Turn } from '../../src/activities/turn.ts';
import type { Outcome } from '../../src/domain/effect.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Channel } from '../../src/effects/channel.ts';
import { CHANNELS } from '../../src/effects/channels.ts';
import { claim, type Claimed, lookBack, skip } from '../../src/effects/claim.ts';
import { settle } from '../../src/effects/settle.ts';
import type { EffectResult, Settler } from '../../src/effects/settler.ts';
import type { Lead } from '../../src/store/generated/client.ts';
import { doubtClaimsOf, settleSends, writeSends } from '../../src/store/process/sends.ts';
import { openBench, PLAYBOOK, rulesOf, type Bench } from '../store/support.ts';

const hook: Channel<{ url: string }> = {
  prepare: (_turn, { id }, { url }) => Promise.resolve({ content: {}, act: () => post(`${url}/${id}`) }),
};

async function post(url: string): Promise<Outcome> {
  try {
    const { status } = await fetch(url, { method: 'POST' });
    if (status < 300) return { kind: 'accepted', response: String(status) };
    if (status >= 500) return { kind: 'released', reason: `answered ${status}` };
    const scope = status === 410 ? 'recipient' : 'sender';
    return { kind: 'refused', permanent: true, scope, code: String(status), reason: `answered ${status}` };
  } catch {
    return { kind: 'in_doubt', reason: 'the connection ended before the answer' };
  }
}

let bench: Bench;
let deps: ActivityDeps;
let server: Server;
let url: string;
/** What the hook answers: a status, or null to hang up. */
let answer: number | null = 200;
const calls: string[] = [];

beforeAll(async () => {
  Object.assign(CHANNELS, { hook });
  bench = await openBench();
  deps = { db: bench.db, rules: rulesOf(PLAYBOOK) } as unknown as ActivityDeps;
  server = createServer((request, response) => {
    calls.push(request.url ?? '');
    if (answer === null) request.socket.destroy();
    else response.writeHead(answer).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await bench[Symbol.asyncDispose]();
});
beforeEach(() => {
  answer = 200;
});

const at = (lead: Lead) => ({ leadId: lead.id, atMs: Date.now(), heard: [] });
const inATurn = async (lead: Lead, work: (turn: Turn) => Promise<void> | void): Promise<void> => {
  await inTurn(deps, at(lead), (turn) => Promise.resolve(work(turn)));
};
const rowOf = (key: string) => bench.db.send.findUnique({ where: { key } });

/** Keeps what it was told. */
function listener(canRepeat = false): Settler<Turn> & { told: EffectResult[] } {
  const told: EffectResult[] = [];
  return { told, canRepeat: () => canRepeat, settled: (_turn, became) => void told.push(became) };
}

async function claimed(lead: Lead, key: string, settler: Settler<Turn> = listener()): Promise<Claimed<Turn>> {
  let made: Claimed<Turn> | undefined;
  await inATurn(lead, async (turn) => {
    const intent = { key, audience: 'lead' as const };
    made = await claim(turn, intent, { channel: 'hook' as 'email', draft: { url } as never, settler });
  });
  if (made === undefined) throw new Error('nothing was claimed');
  return made;
}

describe('an effect', () => {
  it.each([
    [200, { status: 'sent', reason: null }],
    [410, { status: 'failed', reason: 'answered 410' }],
    [null, { status: 'in_doubt', reason: 'the connection ended before the answer' }],
  ])('whose channel answers %s has that on its row', async (status, row) => {
    const lead = await bench.lead();
    const key = newId('command');
    const effect = await claimed(lead, key);
    const { id: leadId } = lead;
    const named = { channel: 'hook', templateKey: 'hook', audience: 'lead', leadId };
    expect(await rowOf(key)).toMatchObject({ status: 'claimed', ...named });
    answer = status;
    const outcome = await effect.act();
    await inATurn(lead, (turn) => settle(turn, effect, outcome));
    expect(await rowOf(key)).toMatchObject(row);
    expect(calls.filter((path) => path === `/${effect.id}`)).toHaveLength(1);
  });

  it.each([503, 403])(
    'that was not taken (%s) leaves no row, and the same intent can be claimed again',
    async (status) => {
      const lead = await bench.lead();
      const key = newId('command');
      const settler = listener();
      const effect = await claimed(lead, key, settler);
      answer = status;
      const outcome = await effect.act();
      await inATurn(lead, (turn) => settle(turn, effect, outcome));
      expect(settler.told).toMatchObject([{ status: 'released', isLate: false }]);
      expect(await rowOf(key)).toBeNull();
      expect(await bench.bells(lead)).toEqual([]);
      const again = await claimed(lead, key);
      expect(again.id).not.toBe(effect.id);
    },
  );

  it('is claimed once: a second claim of the same intent fails with all that goes with it', async () => {
    const lead = await bench.lead();
    const key = newId('command');
    await claimed(lead, key);
    await expect(claimed(lead, key)).rejects.toMatchObject({ code: '23505' });
    await inATurn(lead, async (turn) => expect(await lookBack(turn, key)).toBe('claimed'));
    expect(await rowOf(key)).toMatchObject({ status: 'in_doubt' });
  });

  it('that was decided against has its row and its reason', async () => {
    const lead = await bench.lead();
    const key = newId('command');
    const intent = { key, audience: 'lead' as const };
    await inATurn(lead, (turn) =>
      skip(turn, intent, { channel: 'email', content: { templateKey: 'plain', topic: 'tips' }, reason: 'no-consent' }),
    );
    expect(await rowOf(key)).toMatchObject({ status: 'skipped', reason: 'no-consent', topic: 'tips' });
    await inATurn(lead, async (turn) => expect(await lookBack(turn, key)).toBe('skipped'));
  });

  it('is settled once, though the answer to the commit was lost and it is tried again', async () => {
    const lead = await bench.lead();
    const [sent, released] = [newId('command'), newId('command')];
    const settler = listener();
    for (const [key, status] of [
      [sent, 200],
      [released, 503],
    ] as const) {
      const effect = await claimed(lead, key, settler);
      answer = status;
      const outcome = await effect.act();
      await inATurn(lead, (turn) => settle(turn, effect, outcome));
      await inATurn(lead, (turn) => settle(turn, effect, outcome));
    }
    expect(settler.told.map(({ status }) => status)).toEqual(['sent', 'not-ours', 'released']);
    expect(await rowOf(sent)).toMatchObject({ status: 'sent' });
    expect(await rowOf(released)).toBeNull();
  });
});

describe('an effect that a later attempt was in doubt about', () => {
  const late = async (status: number | null, canRepeat: boolean) => {
    const lead = await bench.lead();
    const key = newId('command');
    const settler = listener(canRepeat);
    const effect = await claimed(lead, key, settler);
    await inATurn(lead, (turn) => doubtClaimsOf(turn.tx, lead.id));
    answer = status;
    const outcome = await effect.act();
    await inATurn(lead, (turn) => settle(turn, effect, outcome));
    const bells = (await bench.bells(lead)).map(({ reason }) => reason);
    return { row: await rowOf(key), told: settler.told, bells };
  };

  it('is done, when the first attempt comes to say so', async () => {
    expect(await late(200, false)).toMatchObject({ row: { status: 'sent' }, told: [{ status: 'sent' }], bells: [] });
  });

  it.each([503, 403])(
    'and was not taken (%s) is released, and the process rung, where it can be tried again',
    async (status) => {
      const { row, told, bells } = await late(status, true);
      expect(row).toBeNull();
      expect(told).toMatchObject([{ status: 'released', isLate: true }]);
      expect(bells).toEqual(['released']);
    },
  );

  it.each([503, 403])('and was not taken (%s) stays in view, where nobody tries again', async (status) => {
    const { row, told, bells } = await late(status, false);
    expect(row).toMatchObject({ status: 'in_doubt', reason: expect.stringContaining('It was not taken') as string });
    expect(told).toMatchObject([{ status: 'in_doubt' }]);
    expect(bells).toEqual([]);
  });
});

describe('many effects', () => {
  it('are claimed and settled in a statement each, and only by the attempts that hold them', async () => {
    const leads = [await bench.lead(), await bench.lead(), await bench.lead()];
    const rows = leads.map(({ id: leadId }) => ({
      id: newId('send'),
      key: newId('command'),
      leadId,
      channel: 'hook',
      audience: 'lead',
      templateKey: 'hook',
      attempt: newId('command'),
      occurredAt: new Date(),
    }));
    await writeSends(bench.db, rows, 'claimed');
    const sentAt = new Date();
    const settled = rows.map(({ id, attempt }, n) => ({
      id,
      attempt: n === 1 ? newId('command') : attempt,
      status: n === 2 ? ('failed' as const) : ('sent' as const),
      reason: n === 2 ? 'answered 410' : null,
      sentAt: n === 2 ? null : sentAt,
    }));
    expect(new Set(await settleSends(bench.db, settled))).toEqual(new Set([rows[0]?.id, rows[2]?.id]));
    const statuses = await Promise.all(rows.map(({ key }) => rowOf(key)));
    expect(statuses).toMatchObject([{ status: 'sent', sentAt }, { status: 'claimed' }, { status: 'failed' }]);
  });
});
