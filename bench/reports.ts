/** What each report takes over the rows of `lists`, through the API. */
import { REPORTS } from '../src/reports/registry.ts';
import type { Bench, Measured, Row } from './bench.ts';
import { createCaller } from './http.ts';
import { quantile } from './measure.ts';
import { populate } from './population.ts';

const SAMPLES = { quick: 3, full: 12 };
const WANTED_S = 2;
/** Days: the period that a report has without being asked, and a year. */
const PERIODS = [90, 365];

export async function measureReports(bench: Bench): Promise<Measured> {
  const size = await populate(bench);
  const { config, urls } = bench.stack;
  const admin = createCaller(urls.api, config.adminApiKey);
  const samples = bench.quick ? SAMPLES.quick : SAMPLES.full;
  try {
    const figures: { what: string; p50: number; p95: number }[] = [];
    for (const { key } of REPORTS) {
      for (const days of PERIODS) {
        const times: number[] = [];
        for (let round = 0; round < samples; round += 1) {
          const since = performance.now();
          const { status, body } = await admin.get(`/v1/reports/${key}?since=${days}d`);
          if (status !== 200) throw new Error(`reports: ${key} answered ${status}: ${body}`);
          times.push((performance.now() - since) / 1_000);
        }
        figures.push({ what: `${key}, ${days} days`, p50: quantile(times, 0.5), p95: quantile(times, 0.95) });
        bench.say(
          `  ${key}, ${days} days: p50 ${quantile(times, 0.5).toFixed(2)} s, p95 ${quantile(times, 0.95).toFixed(2)} s`,
        );
      }
    }
    return { rows: rowsOf(figures), details: { size, figures } };
  } finally {
    admin.close();
  }
}

/** The slowest report of each period, and every other that is too slow. */
function rowsOf(figures: readonly { what: string; p95: number }[]): Row[] {
  const slowest = figures.toSorted((a, b) => b.p95 - a.p95);
  const row = (what: string, p95: number): Row => ({ what, engine: p95, unit: 's', want: `< ${WANTED_S} s` });
  return [
    row(`reports: slowest p95 of ${figures.length} (${slowest[0]?.what})`, slowest[0]?.p95 ?? Number.NaN),
    ...slowest.slice(1).flatMap(({ what, p95 }) => (p95 < WANTED_S ? [] : [row(`reports: ${what}, p95`, p95)])),
  ];
}
