/** What each report takes over the rows of `lists`, through the API: asked for the first time, and as it is asked from then on. */
import { setTimeout } from 'node:timers/promises';
import { REPORTS } from '../src/reports/registry.ts';
import type { Bench, Measured, Row } from './bench.ts';
import { createCaller } from './http.ts';
import { quantile } from './measure.ts';
import { populate } from './population.ts';

const SAMPLES = { quick: 3, full: 12 };
/** Counted anew so often: what the first who asks waits for. */
const ANEW = 2;
const WANTED_S = 2;
/** Days: the period that a report has without being asked, and a year. */
const PERIODS = [90, 365];

export async function measureReports(bench: Bench): Promise<Measured> {
  const size = await populate(bench);
  const { config, urls } = bench.stack;
  const admin = createCaller(urls.api, config.adminApiKey);
  const samples = bench.quick ? SAMPLES.quick : SAMPLES.full;
  try {
    const figures: Figure[] = [];
    const timeOf = async (path: string): Promise<number> => {
      const since = performance.now();
      try {
        await admin.get(path);
      } catch (error) {
        // Longer than anybody waits for: it is counted next, while nobody waits.
        if (error instanceof Error && error.message.includes('answered 503')) return Number.POSITIVE_INFINITY;
        throw error;
      }
      return (performance.now() - since) / 1_000;
    };
    for (const { key } of REPORTS) {
      for (const days of PERIODS) {
        const path = `/v1/reports/${key}?since=${days}d`;
        const anew: number[] = [];
        for (let round = 0; round < ANEW; round += 1) anew.push(await timeOf(`${path}&fresh=true`));
        const times: number[] = [];
        if (anew.includes(Number.POSITIVE_INFINITY)) await until(async () => (await timeOf(path)) < WANTED_S);
        for (let round = 0; round < samples; round += 1) times.push(await timeOf(path));
        const figure = { what: `${key}, ${days} days`, anew, p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
        figures.push(figure);
        bench.say(
          `  ${figure.what}: anew ${anew.map((time) => time.toFixed(2)).join(', ')} s; then p50 ${figure.p50.toFixed(3)} s, p95 ${figure.p95.toFixed(3)} s`,
        );
      }
    }
    return { rows: rowsOf(figures), details: { size, figures } };
  } finally {
    admin.close();
  }
}

/** Until what is counted while nobody waits is there. */
async function until(isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    if (await isThere()) return;
    await setTimeout(30_000);
  }
  throw new Error('reports: an answer was not there within ten minutes');
}

interface Figure {
  what: string;
  /** Seconds of each request. */
  anew: number[];
  p50: number;
  p95: number;
}

/** The slowest of what is asked again and again, every other that is too slow, and what was counted anew. */
function rowsOf(figures: readonly Figure[]): Row[] {
  const slowest = figures.toSorted((a, b) => b.p95 - a.p95);
  const row = (what: string, seconds: number): Row => ({ what, engine: seconds, unit: 's', want: `< ${WANTED_S} s` });
  const anew = figures.map(({ what, anew: times }) => ({ what, longest: Math.max(...times) }));
  const longest = anew.toSorted((a, b) => b.longest - a.longest)[0];
  return [
    row(`reports: slowest p95 of ${figures.length} (${slowest[0]?.what})`, slowest[0]?.p95 ?? Number.NaN),
    ...slowest.slice(1).flatMap(({ what, p95 }) => (p95 < WANTED_S ? [] : [row(`reports: ${what}, p95`, p95)])),
    {
      what: `reports: counted anew, the longest (${longest?.what}; ${anew.filter(({ longest: one }) => one > WANTED_S).length} over ${WANTED_S} s)`,
      engine: longest?.longest ?? Number.NaN,
      unit: 's',
    },
  ];
}
