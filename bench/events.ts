/** Events per second through `POST /v1/events`, one by one and in batches, beside a server that only inserts the rows. */
import type { Bench, Measured, Row } from './bench.ts';
import { startReporter } from './children.ts';
import { createMix, type MixedEvent } from './event-mix.ts';
import { createCaller, type HttpCaller } from './http.ts';
import { inParallel, median, pairedRatio, perSecond, quantile } from './measure.ts';
import { seedLeads } from './seed-leads.ts';

const BATCH = 100;
const SIZES = {
  quick: { leads: 20_000, rounds: 3, singles: 300, batches: 25 },
  full: { leads: 100_000, rounds: 7, singles: 3_000, batches: 300 },
};

interface Side {
  /** Events per second of each round. */
  rates: number[];
  /** Milliseconds of each request. */
  times: number[];
}

export async function measureEvents(bench: Bench): Promise<Measured> {
  const size = bench.quick ? SIZES.quick : SIZES.full;
  const { config, urls } = bench.stack;
  const leads = await seedLeads(bench.db, { tag: `events-${bench.run}`, count: size.leads, score: 10 });
  const floorServer = startReporter('./events-floor.ts', { DATABASE_URL: config.databaseUrl });
  await floorServer.reaches('port', 1, 30_000);
  const engine = createCaller(urls.api, config.adminApiKey);
  const floor = createCaller(`http://127.0.0.1:${floorServer.value('port')}`, '');
  const next = createMix(leads, `events-${bench.run}`);
  try {
    const rings = await countRings(bench);
    const qualifiedBefore = await countQualified(bench);
    let sent = 0;
    const run = async (title: string, requests: number, callers: number, body: () => unknown, events: number) => {
      const sides = { floor: emptySide(), engine: emptySide() };
      for (let round = -1; round < size.rounds; round += 1) {
        // The first round is not counted: code is compiled and connections are opened.
        for (const [name, caller] of [['floor', floor] as const, ['engine', engine] as const]) {
          const side = round < 0 ? emptySide() : sides[name];
          side.rates.push(await send(caller, requests, callers, body, events, side.times));
          if (name === 'engine') sent += requests * events;
        }
        if (round < 0) continue;
        const [floorRate = 0, engineRate = 0] = [sides.floor.rates.at(-1), sides.engine.rates.at(-1)];
        bench.say(`  ${title}, round ${round + 1}: floor ${floorRate.toFixed(0)}/s, engine ${engineRate.toFixed(0)}/s`);
      }
      return sides;
    };
    const single = await run('single', size.singles, 16, next, 1);
    const batch = await run('batches', size.batches, 8, () => ({ events: batchOf(next) }), BATCH);
    const crossings = (await countQualified(bench)) - qualifiedBefore;
    const signals = await rings();
    const perThousand = (count: number): number => (count * 1000) / sent;
    return {
      rows: [
        ...rowsOf('events, single', single, 'aim ≥ 0.6'),
        ...rowsOf(`events, batches of ${BATCH}`, batch, 'aim ≥ 0.6 and 3,000/s'),
        {
          what: 'events: signals to Temporal per 1,000',
          engine: perThousand(signals),
          unit: `of ${perThousand(crossings).toFixed(2)} crossings`,
          want: 'only the crossings',
        },
      ],
      details: { leads: size.leads, single, batch, sent, crossings, signals },
    };
  } finally {
    engine.close();
    floor.close();
    floorServer.stop();
  }
}

function emptySide(): Side {
  return { rates: [], times: [] };
}

function batchOf(next: () => MixedEvent): MixedEvent[] {
  return Array.from({ length: BATCH }, next);
}

/** @throws Error when an event was refused: refusals would be fast and spoil the figure. */
async function send(
  caller: HttpCaller,
  requests: number,
  callers: number,
  body: () => unknown,
  events: number,
  times: number[],
): Promise<number> {
  return perSecond(requests * events, () =>
    inParallel(requests, callers, async () => {
      const answer = await caller.post('/v1/events', body());
      const { accepted } = JSON.parse(answer.body) as { accepted: number };
      if (accepted !== events) throw new Error(`Of ${events} events ${accepted} were accepted: ${answer.body}`);
      times.push(answer.ms);
    }),
  );
}

/** Counts the new rows of the outbox from now on. The relay sends one signal for each; the process deletes the row. */
async function countRings({ db }: Bench): Promise<() => Promise<number>> {
  await db.query(`CREATE SEQUENCE IF NOT EXISTS bench_rings;
    CREATE OR REPLACE FUNCTION bench_ring() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM nextval('bench_rings'); RETURN NULL; END $$;
    CREATE OR REPLACE TRIGGER bench_ring AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION bench_ring()`);
  const read = async (): Promise<number> => {
    const { rows } = await db.query<{ count: number }>(
      'SELECT CASE WHEN is_called THEN last_value ELSE 0 END::int AS count FROM bench_rings',
    );
    return rows[0]?.count ?? 0;
  };
  const before = await read();
  return async () => {
    const count = (await read()) - before;
    await db.query('DROP TRIGGER bench_ring ON outbox');
    return count;
  };
}

async function countQualified({ db }: Bench): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM audit WHERE action = 'lead.qualified'`,
  );
  return rows[0]?.count ?? 0;
}

function rowsOf(what: string, { floor, engine }: { floor: Side; engine: Side }, want: string): Row[] {
  const times = (share: number): Pick<Row, 'floor' | 'engine' | 'unit'> => ({
    floor: quantile(floor.times, share),
    engine: quantile(engine.times, share),
    unit: 'ms',
  });
  return [
    {
      what,
      floor: median(floor.rates),
      engine: median(engine.rates),
      ratio: pairedRatio(engine.rates, floor.rates),
      unit: 'events/s',
      want,
    },
    { what: `${what}: p50 of a request`, ...times(0.5) },
    { what: `${what}: p99 of a request`, ...times(0.99) },
  ];
}
