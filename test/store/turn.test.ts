/** A turn under the lead's lock: what it reads, and what becomes of statements that it does not wait for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { inTurn } from '../../src/activities/in-turn.ts';
import { type Condition, evaluate } from '../../src/domain/condition.ts';
import { newId } from '../../src/domain/ids.ts';
import { transact } from '../../src/store/db.ts';
import { lockLead } from '../../src/store/lock.ts';
import { readPicture } from '../../src/store/process/picture.ts';
import { insertRow, insertRows } from '../../src/store/rows.ts';
import { openBench, PLAYBOOK, rulesOf, type Bench } from './support.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

let bench: Bench;
let deps: ActivityDeps;
beforeAll(async () => {
  bench = await openBench();
  deps = { db: bench.db, rules: rulesOf(PLAYBOOK) } as unknown as ActivityDeps;
});
afterAll(() => bench[Symbol.asyncDispose]());

const waitsForALock = async (): Promise<boolean> => (await lockWaiters(bench.db)).length > 0;

describe('the picture', () => {
  it('is read after the lock is held, also where its statements were sent while the lock was waited for', async () => {
    const lead = await bench.lead();
    const needId = newId('need');
    let picture: ReturnType<typeof readPicture> | undefined;
    await transact(bench.db, async (tx) => {
      await lockLead(tx, lead.id);
      picture = transact(bench.db, (other) => readPicture(bench.db, other, lead.id));
      await expect.poll(waitsForALock).toBe(true);
      await insertRow(tx, 'needs', { id: needId, leadId: lead.id, openedAt: new Date() });
      await tx.$executeRaw`UPDATE leads SET need_id = ${needId} WHERE id = ${lead.id}`;
      await tx.$executeRaw`UPDATE touches SET need_id = ${needId}, handled_at = now(), is_first = FALSE WHERE lead_id = ${lead.id}`;
    });
    expect(await picture).toMatchObject({
      lead: { needId },
      need: { id: needId },
      needTouch: { needId },
      unhandled: [],
    });
  });
});

describe('a picture of very many requests', () => {
  it('has the oldest requests, and says that there are more', async () => {
    const lead = await bench.lead();
    const touch = (n: number) => ({
      id: newId('touch'),
      leadId: lead.id,
      source: `ad-${n}`,
      how: 'form',
      occurredAt: new Date(n),
    });
    await bench.db.touch.createMany({ data: Array.from({ length: 150 }, (_, n) => touch(n)) });
    const { unhandled, hasMoreUnhandled, firstTouch } = await transact(bench.db, (tx) =>
      readPicture(bench.db, tx, lead.id),
    );
    expect(unhandled.map(({ source }) => source)).toEqual(Array.from({ length: 100 }, (_, n) => `ad-${n}`));
    expect(hasMoreUnhandled).toBe(true);
    expect(firstTouch).not.toBeNull();
  });
});

describe('the time of a turn', () => {
  it('is the present when an activity was retried for hours: nothing is sent, or counted against a rep, as of the first try', async () => {
    const lead = await bench.lead();
    let atMs = 0;
    const before = { leadId: lead.id, atMs: Date.now() - 5 * 3_600_000, heard: [] };
    await inTurn(deps, before, (turn) => {
      atMs = turn.atMs;
      return Promise.resolve();
    });
    expect(Date.now() - atMs).toBeLessThan(60_000);
  });

  it("is the process's time when the activity is late by seconds", async () => {
    const lead = await bench.lead();
    const at = { leadId: lead.id, atMs: Date.now() - 5_000, heard: [] };
    await inTurn(deps, at, (turn) => Promise.resolve(expect(turn.atMs).toBe(at.atMs)));
  });
});

describe('a turn that follows from what came in after its process was woken', () => {
  it.each([
    ['the lead qualified', (at: Date) => ({ qualifiedAt: at, qualifiedBy: 'clicked' })],
    [
      'an awaited event came',
      (at: Date) => ({
        awaiting: [{ enrollmentId: 'e', stepId: 's', event: 'x', metBy: 'v', metAt: at.toISOString() }],
      }),
    ],
    [
      'an event came that begins a reminder',
      (at: Date) => ({
        triggers: [{ cadence: 'webinar', does: 'begin', key: null, event: 'x', eventId: 'v', at: at.toISOString() }],
      }),
    ],
    [
      'a request came in',
      (at: Date) => ({ touches: { updateMany: { where: {}, data: { handledAt: null, occurredAt: at } } } }),
    ],
  ])('stands on the timeline after it: %s', async (_what, change) => {
    const lead = await bench.lead();
    await bench.db.touch.updateMany({ where: { leadId: lead.id }, data: { handledAt: new Date() } });
    const woken = Date.now() - 40;
    const cause = new Date(woken + 12);
    await bench.db.lead.update({ where: { id: lead.id }, data: change(cause) });
    const before = await inTurn(deps, { leadId: lead.id, atMs: woken, heard: [] }, (turn) =>
      Promise.resolve(expect(turn.atMs).toBe(cause.getTime() + 1)),
    );
    // What is mailed in it is settled a moment later, and no later: a click on it may have come already.
    await bench.db.lead.update({ where: { id: lead.id }, data: change(new Date(woken + 30)) });
    await inTurn(
      deps,
      { leadId: lead.id, atMs: woken + 1, heard: [] },
      (turn) => Promise.resolve(expect(turn.atMs).toBe(cause.getTime() + 2)),
      before,
    );
  });
});

describe('the turn that settles a mail', () => {
  it('continues from the time of the turn before it, however late: a click in between is a click on this mail', async () => {
    const lead = await bench.lead();
    const at = { leadId: lead.id, atMs: Date.now() - 2 * 60_000, heard: [] };
    let claimedAtMs = 0;
    const before = await inTurn(deps, at, (turn) => {
      claimedAtMs = turn.atMs;
      return Promise.resolve();
    });
    await expect.poll(() => Date.now() > claimedAtMs + 20).toBe(true);
    await inTurn(
      deps,
      { ...at, atMs: at.atMs + 1 },
      (turn) => Promise.resolve(expect(turn.atMs).toBe(claimedAtMs + 1)),
      before,
    );
  });
});

describe('a statement that is not waited for', () => {
  const at = (leadId: string) => ({ leadId, atMs: Date.now(), heard: [] });
  const entryOf = (leadId: string, id: string) => ({
    id,
    leadId,
    actor: 'system',
    action: 'test',
    data: {},
    occurredAt: new Date(),
  });

  it('runs before the statements that come after it, and is done at the end', async () => {
    const lead = await bench.lead();
    let seen: unknown;
    await inTurn(deps, at(lead.id), async (turn) => {
      turn.send(insertRows(turn.tx, 'audit', [entryOf(lead.id, newId('audit'))]));
      seen = await turn.tx.$queryRaw`SELECT action FROM audit WHERE lead_id = ${lead.id} AND action = 'test'`;
    });
    expect(seen).toEqual([{ action: 'test' }]);
    expect(await bench.db.audit.count({ where: { leadId: lead.id, action: 'test' } })).toBe(1);
  });

  it('that fails rolls the turn back, and its own error is thrown', async () => {
    const lead = await bench.lead();
    const id = newId('audit');
    const failing = inTurn(deps, at(lead.id), async (turn) => {
      turn.changeLead({ firstName: 'Changed' });
      turn.send(insertRows(turn.tx, 'audit', [entryOf(lead.id, id)]));
      turn.send(insertRows(turn.tx, 'audit', [entryOf(lead.id, id)]));
      // Fails too, as the transaction is over by then: not what anybody wants to read.
      await turn.tx.$queryRaw`SELECT 1 AS one`;
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await bench.db.audit.count({ where: { id } })).toBe(0);
    expect((await bench.reload(lead)).firstName).not.toBe('Changed');
  });

  it('is rolled back with the turn when something else throws', async () => {
    const lead = await bench.lead();
    const id = newId('audit');
    const failing = inTurn(deps, at(lead.id), async (turn) => {
      turn.send(insertRows(turn.tx, 'audit', [entryOf(lead.id, id)]));
      await Promise.reject(new Error('thought better of it'));
    });
    await expect(failing).rejects.toThrow('thought better of it');
    expect(await bench.db.audit.count({ where: { id } })).toBe(0);
  });
});

describe('the facts of a turn', () => {
  it('are only those that the conditions ask about', async () => {
    const lead = await bench.lead({ consent: { text: 'Yes', source: 'form' } });
    // A turn for a time that has long passed works as of now.
    const nowMs = Date.now();
    const at = (daysAgo: number) => new Date(nowMs - daysAgo * 86_400_000);
    await bench.db.event.createMany({
      data: [1, 5, 40].map((daysAgo) => ({
        id: newId('event'),
        leadId: lead.id,
        type: 'docs.read',
        occurredAt: at(daysAgo),
      })),
    });
    const rep = await bench.db.rep.create({
      data: { id: newId('rep'), key: 'cy', name: 'Cy', email: 'cy@sales.example', teams: [] },
    });
    await inTurn(deps, { leadId: lead.id, atMs: nowMs, heard: [] }, async (turn) => {
      const read: Condition = { events: { type: 'docs.read', within: '14 days', gte: 2 } };
      const ofRow = await turn.facts([{ stage: 'new' }]);
      expect(ofRow).toMatchObject({ stage: 'new', consented: null, owner: null });
      expect(evaluate(read, ofRow)).toBe(null);
      // Not written yet: the turn writes at its end.
      turn.changeLead({ ownerId: rep.id });
      const facts = await turn.facts([read, { owner: 'cy' }, { consented: true }]);
      expect(facts).toMatchObject({ owner: 'cy', consented: true });
      expect(evaluate(read, facts)).toBe(true);
      expect(evaluate({ events: { type: 'docs.read', within: '3 days', gte: 2 } }, facts)).toBe(null);
      const ever: Condition = { events: { type: 'docs.read', is: 3 } };
      expect(evaluate(ever, await turn.facts([ever]))).toBe(true);
    });
  });
});
