/** What a lead said about mail: the latest word decides, by one rule wherever it is asked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { inTurn } from '../../src/activities/in-turn.ts';
import { MARKETING, mayMail } from '../../src/domain/consent.ts';
import { newId } from '../../src/domain/ids.ts';
import { readMailWord } from '../../src/store/consent/mail-word.ts';
import { askedBy } from '../../src/domain/fields/asked.ts';
import { loadContexts } from '../../src/store/facts/load-contexts.ts';
import type { Lead } from '../../src/store/generated/client.ts';
import { readConsent } from '../../src/store/lists/lead.ts';
import { MINUTE, openBench, PLAYBOOK, rulesOf, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Said {
  granted: boolean;
  topic?: string;
  /** Minutes after the first. */
  at?: number;
  id?: string;
}

async function say(lead: Lead, ...words: Said[]): Promise<void> {
  for (const { granted, topic = MARKETING, at = 0, id = newId('consent') } of words) {
    const occurredAt = new Date(bench.now + at * MINUTE);
    await bench.db.consent.create({
      data: { id, leadId: lead.id, topic, granted, text: 'said', source: 'test', occurredAt },
    });
  }
}

/** The answer of each place that asks. */
async function answers(lead: Lead): Promise<boolean[]> {
  const word = await readMailWord(bench.db, lead);
  const contexts = await loadContexts(bench.db, [lead], askedBy([{ consented: true }]), {
    atMs: bench.now,
    clock: 'lead',
    fading: { halfLifeMs: 1 },
  });
  const { latest } = await readConsent(bench.db, lead);
  return [mayMail(lead.email, word).may, contexts.get(lead.id)?.consent ?? false, latest?.granted ?? false];
}

describe('two words of the same instant', () => {
  it.each([
    [true, false],
    [false, true],
  ])('%s, then %s: the one recorded later counts, wherever it is asked', async (first, second) => {
    const lead = await bench.lead();
    await say(lead, { granted: first }, { granted: second });
    expect(await answers(lead)).toEqual([second, second, second]);
  });

  it('are ordered by their ids, in whatever order the rows are stored', async () => {
    const [earlier, later] = [newId('consent'), newId('consent')];
    const lead = await bench.lead();
    await say(lead, { granted: false, id: later }, { granted: true, id: earlier });
    expect(await answers(lead)).toEqual([false, false, false]);
  });
});

describe('a word on a topic', () => {
  const on = async (lead: Lead, topic: string) => mayMail(lead.email, await readMailWord(bench.db, lead), topic);

  it('decides for that topic alone; a later word on all mail decides for the topic too', async () => {
    const lead = await bench.lead();
    await say(lead, { granted: true }, { granted: false, topic: 'offers', at: 1 });
    expect(await on(lead, 'offers')).toEqual({ may: false, reason: 'unsubscribed:offers' });
    expect(await on(lead, 'guides')).toEqual({ may: true });
    expect(await answers(lead)).toEqual([true, true, true]);
    await say(lead, { granted: true, at: 2 });
    expect(await on(lead, 'offers')).toEqual({ may: true });
    await say(lead, { granted: false, at: 3 });
    expect(await on(lead, 'guides')).toEqual({ may: false, reason: 'unsubscribed' });
  });

  it.each([true, false])(
    'of the same instant as a word on all mail counts if it was recorded later: %s',
    async (isLater) => {
      const [earlier, later] = [newId('consent'), newId('consent')];
      const lead = await bench.lead();
      const [topicId, allId] = isLater ? [later, earlier] : [earlier, later];
      await say(lead, { granted: false, topic: 'offers', id: topicId }, { granted: true, id: allId });
      expect((await on(lead, 'offers')).may).toBe(!isLater);
    },
  );

  it('is remembered by topic within a turn', async () => {
    const lead = await bench.lead();
    await say(lead, { granted: true }, { granted: false, topic: 'offers', at: 1 });
    const deps = { db: bench.db, rules: rulesOf(PLAYBOOK) } as unknown as ActivityDeps;
    await inTurn(deps, { leadId: lead.id, atMs: Date.now(), heard: [] }, async (turn) => {
      expect((await turn.mayReach('email')).may).toBe(true);
      expect((await turn.mayReach('email', 'offers')).may).toBe(false);
      expect((await turn.mayReach('email', 'guides')).may).toBe(true);
    });
  });
});
