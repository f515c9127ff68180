/** What the report on scoring says of a readiness learned from outcomes: for programs, and on its page. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor, type Visitor } from '../api/visitor.ts';
import { writeOutcomes } from '../support/outcomes.ts';

const EMAIL = 'mia@learned.example';
const HAND_OFFS = 240;
const TIME = 'since=2025-12-01&until=2026-12-31';

let bench: Bench;
let who: Visitor;
beforeAll(async () => {
  bench = await openApi();
  await inviteUser(bench.db, { email: EMAIL, name: 'Mia', role: 'manager' }, { actor: 'system', at: new Date() });
  who = createVisitor(() => bench.base);
  who.cookies.set('nurture_session', (await openSessionOf(bench.db, EMAIL, new Date())) ?? '');
});
afterAll(() => bench.close());

interface Section {
  key: string;
  rows: { cells: Record<string, string | number | null> }[];
  notes: string[];
}

async function sections(key?: string): Promise<Section[]> {
  const { body } = await bench.get(`/v1/reports/scoring?${TIME}`, key ?? bench.keys.marketer);
  return body['sections'] as Section[];
}

const TOO_FEW = 'There are too few outcomes to learn from: 0 hand-offs were won, 0 were not.';

test('with too few outcomes it says so, and draws and guesses nothing', async () => {
  const its = (await sections()).filter(({ key }) => key.startsWith('learned'));
  expect(its).toMatchObject([{ key: 'learned', rows: [] }]);
  expect(its[0]?.notes[0]).toContain(TOO_FEW);
  const part = partOf((await who.go(`/console/reports/scoring?${TIME}`)).text);
  expect(part).toContain(TOO_FEW);
  expect(part).not.toContain('Nothing in this time');
  expect(part).not.toContain('<svg');
});

test('its curve, how much better than the rules it was on outcomes it had not seen, and its weights in words', async () => {
  await writeOutcomes(bench.db, bench.reps['ada'] ?? '', HAND_OFFS);
  const its = await sections();
  const curve = its.find(({ key }) => key === 'learned');
  const shares = curve?.rows.map(({ cells }) => [Number(cells['predicted']), Number(cells['observed'])]) ?? [];
  expect(shares).toHaveLength(5);
  // Of the newest 30%, in five parts, the least likely first.
  const unseen = curve?.rows.reduce((sum, { cells }) => sum + Number(cells['outcomes']), 0);
  expect(unseen).toBe(HAND_OFFS * 0.3);
  expect(shares[0]?.[1]).toBeLessThan(0.4);
  expect(shares.at(-1)?.[1]).toBeGreaterThan(0.6);
  expect(curve?.notes[0]).toMatch(/puts a success before a failure in [78]\d of 100 pairs; the rules do in 50, a coin/);
  expect(curve?.notes[0]).toContain('It is better than the rules.');
  expect(curve?.notes.at(-1)).toContain('No learned readiness is in force.');
  const weights = its.find(({ key }) => key === 'learned-weights')?.rows.map(({ cells }) => cells);
  const ofPartner = weights?.find(({ what }) => what === 'source partner instead of the rare ones');
  expect(Number(ofPartner?.['times'])).toBeGreaterThan(1.5);

  const page = (await who.go(`/console/reports/scoring?${TIME}`)).text;
  const part = partOf(page);
  for (const [predicted, observed] of shares) {
    expect(part).toContain(`>${inPercent(predicted)}<`);
    expect(part).toContain(`>${inPercent(observed)}<`);
  }
  expect(page).toContain('source partner instead of the rare ones');
  for (const width of ['broad', 'narrow']) isDrawn(part, width, shares);
});

test('who sees the leads of some teams alone is not told of the outcomes of all', async () => {
  expect((await sections(bench.keys.rep)).map(({ key }) => key)).not.toContain('learned');
});

function inPercent(share: number | undefined): string {
  return `${Math.round((share ?? 0) * 1_000) / 10}%`;
}

/** The part of the page with the curve. */
function partOf(page: string): string {
  return page.split('<section>').find((one) => one.includes('Learned readiness: what was predicted')) ?? '';
}

/** The points of the curve lie where their shares are, by the dashed line from nothing to the end of both axes. */
function isDrawn(part: string, width: string, shares: readonly (readonly number[])[]): void {
  const [svg = ''] = new RegExp(`<svg [^>]*class="chart ${width}".*?</svg>`, 's').exec(part) ?? [];
  const paths = [...svg.matchAll(/<path d="([^"]*)"([^>]*)>/g)].map(([, d = '', rest = '']) => ({ d, rest }));
  const dashed = paths.find(({ rest }) => rest.includes('stroke-dasharray') && !rest.includes('transform'))?.d;
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = (dashed ?? '').match(/[\d.]+/g)?.map(Number) ?? [];
  const end = Math.ceil(Math.max(...shares.flat()) * 5 - 1e-9) / 5;
  const points = paths
    .filter(({ rest }) => rest.includes('ecmeta_series_index="0"') && rest.includes('ecmeta_ssr_type="chart"'))
    .flatMap(({ rest }) => {
      const at = /matrix\([^)]*,([\d.]+),([\d.]+)\)/.exec(rest);
      return at === null ? [] : [[(Number(at[1]) - x0) / (x1 - x0), (Number(at[2]) - y0) / (y1 - y0)]];
    });
  expect(points, width).toHaveLength(shares.length);
  shares.forEach(([predicted = 0, observed = 0], n) => {
    expect(points[n]?.[0], width).toBeCloseTo(predicted / end, 2);
    expect(points[n]?.[1], width).toBeCloseTo(observed / end, 2);
  });
}
