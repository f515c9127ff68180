/**
 * What it costs whatever comes in that reports are counted fast: triggers keep columns for them. Rounds with and without the triggers take
 * turns in the same database, so that a machine that gets slower slows both.
 */
import type { Bench, Measured } from './bench.ts';
import { createMix } from './event-mix.ts';
import { createCaller, type HttpCaller } from './http.ts';
import { inParallel, median, pairedRatio, perSecond } from './measure.ts';
import { seedLeads } from './seed-leads.ts';
import { submission } from './start.ts';

const SIZES = {
  quick: { rounds: 9, leads: 60, seeded: 20_000, batches: 25 },
  full: { rounds: 21, leads: 300, seeded: 100_000, batches: 100 },
};
const BATCH = 100;
const CALLERS = { leads: 40, batches: 8 };
const PATIENCE_MS = 300_000;

/** Table and trigger. */
const TRIGGERS = [
  ['stage_changes', 'needs_came_to_stage'],
  ['assignments', 'needs_latest_assignment'],
  ['touches', 'needs_came_by'],
  ['touches', 'needs_came_by_later'],
  ['needs', 'needs_first_touch'],
  ['events', 'sends_reacted'],
  ['events', 'sends_judged_anew'],
  ['consents', 'leads_consented'],
] as const;

export async function measureKeptUp(bench: Bench): Promise<Measured> {
  const { stack, sink, run, say } = bench;
  const size = bench.quick ? SIZES.quick : SIZES.full;
  const caller = createCaller(stack.urls.api, stack.config.adminApiKey);
  let leads = 0;
  const start = async (): Promise<number> => {
    const before = sink.value('taken');
    const from = leads;
    leads += size.leads;
    const since = Date.now();
    await inParallel(size.leads, CALLERS.leads, async (n) => {
      const { status, body } = await caller.post('/v1/leads', submission(`kept-up-${run}-${from + n}`));
      if (status >= 300) throw new Error(`A lead was refused: ${body}`);
    });
    await sink.reaches('taken', before + size.leads, PATIENCE_MS);
    return (size.leads * 1000) / (sink.value('at') - since);
  };
  const batches = async (): Promise<() => Promise<number>> => {
    const seeded = await seedLeads(bench.db, { tag: `seeded-${run}`, count: size.seeded, score: 10 });
    const next = createMix(seeded, `kept-up-${run}`);
    return () =>
      perSecond(size.batches * BATCH, () =>
        inParallel(size.batches, CALLERS.batches, () => postBatch(caller, Array.from({ length: BATCH }, next))),
      );
  };
  // The leads of the second are of the same company as those of the first: they come when those are through.
  const ways = {
    'start: POST to first email': () => Promise.resolve(start),
    'events, batches with their hand-offs': batches,
  };
  try {
    const measured = [];
    for (const [what, open] of Object.entries(ways)) {
      const round = await open();
      const rates = { kept: [] as number[], without: [] as number[] };
      // The first is not counted: code is compiled and connections are opened.
      await round();
      for (let n = 0; n < size.rounds; n += 1)
        // By turns, and who begins changes as well.
        for (const side of n % 2 === 0 ? (['without', 'kept'] as const) : (['kept', 'without'] as const)) {
          await turn(bench, side === 'kept' ? 'ENABLE' : 'DISABLE');
          rates[side].push(await round());
        }
      say(
        `  ${what}: ${rates.without.map((rate, n) => `${(rates.kept[n] ?? 0).toFixed(1)} of ${rate.toFixed(1)}`).join(', ')}`,
      );
      measured.push({ what, ...rates });
    }
    return {
      rows: measured.map(({ what, kept, without }) => ({
        what: `${what}, with what reports keep up`,
        floor: median(without),
        engine: median(kept),
        ratio: pairedRatio(kept, without),
        unit: 'a second',
        want: '≥ 0.95',
      })),
      details: { size, measured },
    };
  } finally {
    await turn(bench, 'ENABLE');
    caller.close();
  }
}

async function turn({ admin }: Bench, to: 'ENABLE' | 'DISABLE'): Promise<void> {
  for (const [table, trigger] of TRIGGERS) await admin.query(`ALTER TABLE ${table} ${to} TRIGGER ${trigger}`);
}

/** @throws Error when an event was refused */
async function postBatch(caller: HttpCaller, events: readonly unknown[]): Promise<void> {
  const { body } = await caller.post('/v1/events', { events });
  if ((JSON.parse(body) as { accepted: number }).accepted !== events.length) throw new Error(`Refused: ${body}`);
}
