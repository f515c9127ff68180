/** What is kept of the reactions on a broadcast equals what a recount of all events says, whatever happens at once. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAppError } from '../../src/domain/errors.ts';
import { newId } from '../../src/domain/ids.ts';
import type { Verdict } from '../../src/domain/machine-open.ts';
import { type Reactions, REACTIONS, reactionsOf, VERDICTS } from '../../src/store/broadcasts/reactions.ts';
import { transact, type Tx } from '../../src/store/db.ts';
import { eraseLead } from '../../src/store/erasure/erase-lead.ts';
import { ingest, type NewEvent } from '../../src/store/events/ingest.ts';
import { noteSuspects } from '../../src/store/events/suspects.ts';
import type { Lead } from '../../src/store/generated/client.ts';
import { lockLeads } from '../../src/store/lock.ts';
import { releaseSends } from '../../src/store/process/sends.ts';
import { takeBack } from '../../src/store/tracking/taken-back.ts';
import { type Bench, openBench, PLAYBOOK } from '../store/support.ts';
import { planForSource, seedKind } from './many-leads.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench?.[Symbol.asyncDispose]());

const TYPES = { opened: 'email.opened', clicked: 'email.clicked', replied: 'reply.received' } as const;
const UNTRACKED = Promise.resolve({ untracked: { opened: 0, clicked: 0 } });

/** By the events themselves, as slowly as it takes. */
async function recounted(broadcastId: string): Promise<Reactions> {
  const rows = await bench.db.$queryRaw<{ type: string; verdict: string; count: number }[]>`
    SELECT e.type, CASE WHEN NOT e.machine THEN CASE WHEN e.properties->>'verdict' = 'unknown' THEN 'unknown' ELSE 'human' END
      WHEN e.properties->>'verdict' = 'suspect' THEN 'suspect' ELSE 'machine' END AS verdict, count(DISTINCT e.send_id)::int AS count
    FROM sends s JOIN events e ON e.send_id = s.id WHERE s.broadcast_id = ${broadcastId} GROUP BY 1, 2`;
  const of = (type: string) => {
    const count = (verdict: Verdict): number =>
      rows.find((row) => row.type === type && row.verdict === verdict)?.count ?? 0;
    return {
      human: count('human'),
      suspect: count('suspect'),
      machine: count('machine'),
      unknown: count('unknown'),
      untracked: 0,
    };
  };
  return { opened: of(TYPES.opened), clicked: of(TYPES.clicked), replied: of(TYPES.replied) };
}

interface Cast {
  broadcastId: string;
  leads: string[];
  /** By the number of the lead. */
  sends: { id: string; attempt: string }[];
}

async function cast(count: number): Promise<Cast> {
  const key = newId('broadcast');
  const leads = await seedKind(bench.db, { name: key, source: key, domain: `${key}.example`, count });
  const broadcastId = await planForSource(bench.db, key);
  const sends = leads.map(() => ({ id: newId('send'), attempt: newId('command') }));
  const words = { broadcastId, variant: 'a', templateKey: 'plain', status: 'claimed', occurredAt: new Date() } as const;
  await bench.db.send.createMany({
    data: sends.map((send, n) => ({ ...send, ...words, leadId: leads[n] ?? '', key: `broadcast:${key}:${n}` })),
  });
  return { broadcastId, leads, sends };
}

function eventOf(sendId: string, leadId: string, type: string, verdict: Verdict, link: number): NewEvent {
  return {
    id: newId('event'),
    leadId,
    type,
    properties: { sendId, verdict, actor: verdict, ...(type === TYPES.clicked ? { linkId: link } : {}) },
    machine: verdict === 'machine' || verdict === 'suspect',
    sendId,
    occurredAtMs: bench.ctx.realNow(),
  };
}

type Deed =
  /** A page view is a human sign: it makes suspect events of the lead count. */
  | { does: 'event'; lead: number; what: (typeof REACTIONS)[number] | 'page'; verdict: Verdict; link: number }
  | { does: 'takeBack' | 'erase' | 'release'; lead: number };

const LEADS = 4;
const lead = fc.nat({ max: LEADS - 1 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      does: fc.constant('event' as const),
      lead,
      what: fc.constantFrom(...REACTIONS, 'page' as const),
      verdict: fc.constantFrom(...VERDICTS),
      link: fc.nat({ max: 1 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('takeBack' as const), lead }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('erase' as const, 'release' as const), lead }) },
);

/** Under the lock of its lead, as all that writes events does. Of one that is erased nothing is left to be done. */
function locked(leadId: string, work: (tx: Tx, one: Lead) => Promise<unknown>): Promise<void> {
  return transact(bench.db, async (tx) => {
    const [one] = await lockLeads(tx, [leadId]);
    if (one !== undefined) await work(tx, one);
  });
}

async function carryOut(one: Deed, { leads, sends }: Cast): Promise<void> {
  const leadId = leads[one.lead] ?? '';
  const send = sends[one.lead] ?? { id: '', attempt: '' };
  if (one.does === 'event') {
    const { what, verdict, link } = one;
    const type = what === 'page' ? 'page.viewed' : TYPES[what];
    const made = eventOf(send.id, leadId, type, what === 'page' ? 'human' : verdict, link);
    const event = what === 'page' ? { ...made, sendId: null } : made;
    await locked(leadId, async (tx, row) => {
      await ingest(tx, bench.ctx.rules.current(), [row], [event], bench.ctx.realNow());
      await noteSuspects(tx, [event]);
    });
  } else if (one.does === 'takeBack')
    await locked(leadId, async (tx, row) => {
      const found = await tx.event.findMany({ where: { leadId, sendId: send.id, machine: false }, take: 1 });
      await takeBack(
        tx,
        PLAYBOOK.scoring,
        [row],
        found.map(({ id }) => id),
      );
    });
  else if (one.does === 'release') await locked(leadId, (tx) => releaseSends(tx, [send], { alsoInDoubt: false }));
  else
    await eraseLead(bench.ctx, { leadId, actor: 'test' }).catch((error: unknown) => {
      if (!isAppError(error) || error.code !== 'LEAD_UNKNOWN') throw error;
    });
}

test(
  'whatever is recorded, judged anew, erased and released, one after the other or at once',
  { timeout: 300_000 },
  async () => {
    let reacted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(deed, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        async (rounds) => {
          const all = await cast(LEADS);
          for (const round of rounds) {
            await Promise.all(round.map((one) => carryOut(one, all)));
            const kept = await reactionsOf(bench.db, all.broadcastId, UNTRACKED);
            expect(kept).toEqual(await recounted(all.broadcastId));
            reacted += Object.values(kept)
              .flatMap((by) => Object.values(by))
              .reduce((sum, one) => sum + one, 0);
          }
        },
      ),
      { numRuns: 25 },
    );
    expect(reacted).toBeGreaterThan(100);
  },
);

test('a suspect click becomes a person’s, and one of a burst a machine’s; another of the kind keeps its own', async () => {
  const all = await cast(1);
  const {
    broadcastId,
    leads: [leadId = ''],
    sends: [send = { id: '', attempt: '' }],
  } = all;
  const of = async () => (await reactionsOf(bench.db, broadcastId, UNTRACKED)).clicked;
  const none = { human: 0, suspect: 0, machine: 0, unknown: 0, untracked: 0 };
  await carryOut({ does: 'event', lead: 0, what: 'clicked', verdict: 'suspect', link: 1 }, all);
  expect(await of()).toEqual({ ...none, suspect: 1 });
  await carryOut({ does: 'event', lead: 0, what: 'page', verdict: 'human', link: 0 }, all);
  expect(await of()).toEqual({ ...none, human: 1 });
  await carryOut({ does: 'event', lead: 0, what: 'clicked', verdict: 'human', link: 0 }, all);
  await carryOut({ does: 'takeBack', lead: 0 }, all);
  expect(await of()).toEqual({ ...none, human: 1, machine: 1 });
  await carryOut({ does: 'takeBack', lead: 0 }, all);
  expect(await of()).toEqual({ ...none, machine: 1 });
  // The same counts again say nothing new, and what a web mail’s proxy fetched is nobody’s.
  await carryOut({ does: 'event', lead: 0, what: 'opened', verdict: 'unknown', link: 0 }, all);
  await carryOut({ does: 'event', lead: 0, what: 'opened', verdict: 'unknown', link: 0 }, all);
  expect((await reactionsOf(bench.db, broadcastId, UNTRACKED)).opened).toEqual({ ...none, unknown: 1 });
  await eraseLead(bench.ctx, { leadId, actor: 'test' });
  expect(await bench.db.broadcastReaction.count({ where: { sendId: send.id } })).toBe(0);
});

test('nothing is kept of a mail that is no message of a broadcast', async () => {
  const [leadId = ''] = await seedKind(bench.db, { name: 'drip', source: 'drip', count: 1 });
  const id = newId('send');
  const words = { templateKey: 'plain', status: 'sent', attempt: 'test', occurredAt: new Date() } as const;
  await bench.db.send.create({ data: { id, key: `test:${id}`, leadId, ...words } });
  await locked(leadId, (tx, row) =>
    ingest(tx, bench.ctx.rules.current(), [row], [eventOf(id, leadId, TYPES.opened, 'human', 0)], bench.ctx.realNow()),
  );
  expect(await bench.db.event.count({ where: { sendId: id } })).toBe(1);
  expect(await bench.db.broadcastReaction.count({ where: { sendId: id } })).toBe(0);
});
