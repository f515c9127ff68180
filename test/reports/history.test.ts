/** Two years of made-up lives with planted truths: each report has to find its own, and a slow recount in TypeScript has to agree. */
import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PAST_CADENCE, READERS_CADENCE, READERS_LEAVE_AT } from '../../src/cli/demo/history/cadence-runs.ts';
import { pastLife } from '../../src/cli/demo/history/lives.ts';
import type { PastLife } from '../../src/cli/demo/history/past-life.ts';
import { TRUTHS } from '../../src/cli/demo/history/truths.ts';
import { writeHistory } from '../../src/cli/demo/history/write.ts';
import { HOURS_TO_DECIDE } from '../../src/cli/demo/history/write-offer.ts';
import { REACTED_AFTER } from '../../src/cli/demo/history/write-words.ts';
import { newId } from '../../src/domain/ids.ts';
import { scoreAtMs } from '../../src/domain/score.ts';
import { type Stage, STAGES } from '../../src/domain/stage.ts';
import { readAsk } from '../../src/reports/ask.ts';
import { countBehind, readReport } from '../../src/reports/read.ts';
import { REPORTS, reportNamed } from '../../src/reports/registry.ts';
import { figureOf } from '../../src/reports/report.ts';
import { openApi, type Bench } from '../api/support.ts';
import { writeBroadcasts } from '../support/broadcast-mails.ts';

/** HISTORY=50000 reads the whole one, in about two minutes. */
const LEADS = Number(process.env['HISTORY'] ?? 12_000);
const SEED = 20_261_127;
const UNTIL = new Date();
const DAY_MS = 86_400_000;

let bench: Bench;
let reps: string[];
let lives: PastLife[];
beforeAll(async () => {
  bench = await openApi();
  // An older playbook with another definition of ready.
  await bench.db.$executeRaw`
    INSERT INTO playbook_revisions
    SELECT (jsonb_populate_record(p, jsonb_build_object('number', 0, 'hash', 'older', 'rules', jsonb_set(p.rules, '{scoring,ready,A}', '7')))).*
    FROM playbook_revisions p ORDER BY number LIMIT 1`;
  await bench.db.$executeRaw`
    INSERT INTO cadence_revisions
    SELECT (jsonb_populate_record(c, jsonb_build_object('id', 'readers', 'cadence', ${READERS_CADENCE}::text, 'number', 1, 'hash', 'readers'))).*
    FROM cadence_revisions c LIMIT 1`;
  await writeHistory(bench.db, { leads: LEADS, seed: SEED, until: UNTIL });
  const some = await bench.db.lead.findMany({ select: { id: true }, orderBy: { id: 'asc' }, take: 300 });
  await writeBroadcasts(
    bench.db,
    some.map(({ id }) => id),
    { at: UNTIL },
  );
  reps = (await bench.db.rep.findMany({ where: { manager: false }, orderBy: { key: 'asc' } })).map(({ name }) => name);
  lives = Array.from({ length: LEADS }, (_, index) => pastLife(SEED, index, reps.length));
});
afterAll(() => bench.close());

type Cells = Record<string, number | string | null>;
interface Section {
  key: string;
  rows: { cells: Cells; group?: string | null; figure?: string; rowKey?: string }[];
  total: { cells: Cells } | null;
  columns: { key: string; title: string; unit: string; definition: string | null; hasLeads: boolean }[];
  notes: string[];
}

async function read(path: string): Promise<Section[]> {
  const { status, body, text } = await bench.get(
    `/v1/reports/${path}${path.includes('?') ? '&' : '?'}since=2020-01-01`,
    bench.keys.marketer,
  );
  expect(status, text).toBe(200);
  return body['sections'] as Section[];
}
async function section(path: string, key: string): Promise<Section> {
  const found = (await read(path)).find((one) => one.key === key);
  if (found === undefined) throw new Error(`no section ${key}`);
  return found;
}
const row = ({ rows }: Section, name: string): Cells =>
  rows.find(({ cells }) => Object.values(cells).includes(name))?.cells ?? {};
const has = (life: PastLife, afterDays: number | null | undefined): boolean =>
  typeof afterDays === 'number' && life.cameDaysAgo - afterDays >= 0;
const isAccepted = (life: PastLife): boolean =>
  life.handed?.accepted === true && has(life, life.handed.afterDays + life.handed.answeredHours / 24);

const isWon = (life: PastLife): boolean =>
  isAccepted(life) && has(life, life.opportunity) && life.ended?.won === true && has(life, life.ended.afterDays);

describe('the planted truths', () => {
  test('search brings twice the leads of trade fairs, and sales accepts half as many of them', async () => {
    const report = await section('hand-off?by=source', 'hand-off');
    const campaigns = await section('campaigns?by=source', 'campaigns');
    const leads = (source: string) => Number(row(campaigns, source)['leads']);
    expect(leads('search') / leads('trade-show')).toBeGreaterThan(TRUTHS.leadsOfSearch * 0.85);
    expect(leads('search') / leads('trade-show')).toBeLessThan(TRUTHS.leadsOfSearch * 1.15);
    const rate = (source: string) => Number(row(report, source)['acceptance']);
    expect(rate('search') / rate('trade-show')).toBeGreaterThan(TRUTHS.acceptanceOfSearch - 0.12);
    expect(rate('search') / rate('trade-show')).toBeLessThan(TRUTHS.acceptanceOfSearch + 0.12);
  });

  test('search is the channel that brings most leads, and the fairs are the one of which sales accepts the largest share', async () => {
    const { rows } = await section('campaigns?by=channel', 'campaigns');
    expect(rows.find(({ group }) => group === null)?.cells['leads'] ?? 0).toBe(0);
    expect(rows[0]?.group).toBe('search');
    const handed = await section('hand-off?by=channel', 'hand-off');
    const best = handed.rows.toSorted((a, b) => Number(b.cells['acceptance']) - Number(a.cells['acceptance']))[0];
    expect(best?.group).toBe(TRUTHS.bestChannel);
  });

  test('most of the readers of the ebook who leave its cadence do so at the case study', async () => {
    const { rows } = await section('cadences', 'leaving');
    const first = rows.find(({ cells }) => String(cells['name']).startsWith(`${READERS_CADENCE}: `));
    expect(first?.cells).toMatchObject({
      name: `${READERS_CADENCE}: ${READERS_LEAVE_AT}`,
      reason: 'unsubscribed',
    });
    const left = lives.filter(
      ({ cameDaysAgo, cadence, left: how }) =>
        cadence === READERS_CADENCE &&
        how?.reason === 'unsubscribed' &&
        how.step === READERS_LEAVE_AT &&
        cameDaysAgo >= how.afterDays,
    );
    expect(first?.cells['leads']).toBe(left.length);
  });

  test('arm b is a fifth better, and both are better than the holdout', async () => {
    const splits = await section('cadences', 'splits');
    const arm = (name: string) =>
      splits.rows.find(({ cells }) => String(cells['name']).endsWith(`, ${name}`))?.cells ?? {};
    expect(Number(arm('b')['rate']) / Number(arm('a')['rate'])).toBeGreaterThan(1.05);
    expect(Number(arm('b')['rate']) / Number(arm('a')['rate'])).toBeLessThan(1.35);
    expect(arm('holdout')['verdict']).toMatch(/^worse than b, 99/);
    expect(Number(arm('b')['lift'])).toBeGreaterThan(0.5);
  });

  test('one rep answers slowest, by far', async () => {
    const { rows } = await section('reps', 'reps');
    const slowest = rows.toSorted((a, b) => Number(b.cells['decide']) - Number(a.cells['decide']))[0]?.cells;
    expect(slowest?.['group']).toBe(reps[TRUTHS.slowRep % reps.length]);
  });
});

describe('the control group', () => {
  test('qualifies less and brings less, and the figures are those of its lives', async () => {
    const { rows } = await section('cadences', 'control');
    const [control, others] = rows.map(({ cells }) => cells);
    const of = (isControl: boolean) =>
      lives.filter((life) => life.isControl === isControl && (isControl || life.cadence !== null));
    for (const [cells, all] of [
      [control, of(true)],
      [others, of(false)],
    ] as const)
      expect(cells).toMatchObject({
        leads: all.length,
        qualified: all.filter((life) => has(life, life.qualified)).length,
        won: all.filter(isWon).length,
        each: Math.round(all.filter(isWon).reduce((sum, { valueMinor }) => sum + valueMinor, 0) / all.length),
      });
    expect(of(true).length).toBeGreaterThan(LEADS * TRUTHS.controlGroup * 0.7);
    expect(Number(others?.['lift'])).toBeGreaterThan(0.3);
    expect(Number(others?.['extra'])).toBeGreaterThan(0);
  });
});

describe('the base', () => {
  test('tells whom nobody may write to, and why, who is stale and of whom too little is known', async () => {
    const { total } = await section('base', 'people');
    const reacted = (life: PastLife) => life.mails.filter((mail) => has(life, mail.afterDays + REACTED_AFTER));
    const isByHand = (life: PastLife) => lives.indexOf(life) % 400 === 200 && has(life, 5);
    const withMail = lives.filter(({ phoneOnly }) => !phoneOnly);
    const left = withMail.filter((life) => reacted(life).some(({ unsubscribed }) => unsubscribed));
    const suppressed = withMail.filter(
      (life) => reacted(life).some(({ unsubscribed, hard }) => unsubscribed || hard) || isByHand(life),
    );
    const noConsent = withMail.filter((life) => !life.hasConsent || left.includes(life));
    expect(total?.cells).toMatchObject({
      all: LEADS,
      suppressed: suppressed.length,
      noConsent: noConsent.length,
      reachable: withMail.filter((life) => !suppressed.includes(life) && !noConsent.includes(life)).length,
      phoneOnly: LEADS - withMail.length,
      incomplete: lives.filter(({ industry }) => industry === null).length,
    });
    expect(suppressed.length).toBeGreaterThan(left.length);
    // At the least those who came in two years ago and of whom nothing was seen.
    const silent = lives.filter(
      (life) =>
        life.cameDaysAgo > 366 &&
        life.webinar === null &&
        life.interest.length === 0 &&
        life.orders.length === 0 &&
        life.mails.every(({ clicked }) => clicked === 'nobody'),
    );
    expect(Number(total?.cells['stale'])).toBeGreaterThanOrEqual(silent.length);
    expect(Number(total?.cells['stale'])).toBeLessThanOrEqual(
      lives.filter(({ cameDaysAgo }) => cameDaysAgo > 365).length,
    );
    expect(silent.length).toBeGreaterThan(10);
  });
});

describe('scoring', () => {
  test('has scores of every height, and of who is ready by score and grade a score that is enough', async () => {
    const { rows } = await section('scoring', 'scores');
    const from = (score: number) =>
      rows
        .filter(({ cells }) => Number.parseInt(String(cells['score']), 10) >= score)
        .reduce((sum, { cells }) => sum + Number(cells['leads']), 0);
    expect(from(0)).toBe(await bench.db.lead.count());
    expect(from(10)).toBeGreaterThan(LEADS / 100);
    expect(from(30)).toBeGreaterThan(0);
    // After what has faded, by another way. A moment passes between the two.
    const { scoring } = bench.deps.store.rules.current().playbook;
    const all = await bench.db.lead.findMany({
      select: { score: true, scoreAt: true, scoreParts: true, clockOffsetMs: true },
    });
    const worth = (score: number, atMs: number) =>
      all.filter((lead) => scoreAtMs(lead, atMs + Number(lead.clockOffsetMs), scoring) >= score).length;
    for (const score of [10, 30]) {
      expect(from(score)).toBeGreaterThanOrEqual(worth(score, Date.now()));
      expect(from(score)).toBeLessThanOrEqual(worth(score, Date.now() - 600_000));
    }
  });

  test('the better the grade, the larger the share of the hand-offs that is won', async () => {
    const { rows } = await section('scoring?by=fitGrade', 'groups');
    const rate = (grade: string) => Number(rows.find(({ group }) => group === grade)?.cells['winRate']);
    expect(rate('A')).toBeGreaterThan(rate('C'));
    expect(rate('B')).toBeGreaterThan(rate('D'));
  });

  test('what sales sends back has its points from reading, and not from the prices', async () => {
    const { rows } = await section('scoring', 'rules');
    const rate = (rule: string) => Number(row({ rows } as Section, rule)['rejectRate']);
    expect(rate('viewed')).toBeGreaterThan(rate('capped') + 0.05);
  });
});

describe('leads in', () => {
  test('are told by region, and narrowed to one', async () => {
    const { rows, total } = await section('leads-in?by=region', 'leads-in');
    const count = (region: string) => lives.filter((life) => life.region === region).length;
    expect(rows.map(({ group, cells }) => [group, cells['needs']])).toContainEqual(['Pfalz', count('Pfalz')]);
    expect(total?.cells['needs']).toBe(LEADS);
    const oregon = await section('leads-in?by=country&region=Oregon', 'leads-in');
    expect(oregon.rows.map(({ group, cells }) => [group, cells['needs']])).toEqual([['US', count('Oregon')]]);
  });
});

describe('hand-off', () => {
  const handed = () =>
    lives.map((life, index) => ({ life, index })).filter(({ life }) => has(life, life.handed?.afterDays));

  test('the acceptance is told by each definition of qualified, and by what made the need ready', async () => {
    const { rows } = await section('hand-off', 'definitions');
    const expected = [1, 0].flatMap((playbook) =>
      ['score and grade', 'at once by demo.requested'].map((cause) => {
        const of = handed().filter(
          ({ life, index }) => index % 2 === playbook && life.highIntent === (cause !== 'score and grade'),
        );
        const accepted = of.filter(({ life }) => isAccepted(life));
        return { cause, handed: of.length, accepted: accepted.length, acceptance: accepted.length / of.length };
      }),
    );
    const byPlace = (a: Cells, b: Cells) => Number(b['handed']) - Number(a['handed']);
    expect(rows.map(({ cells }) => cells).toSorted(byPlace)).toMatchObject(expected.toSorted(byPlace));
    expect(String(rows.at(-1)?.cells['definition'])).toMatch(/^playbook 0: A from 7,/);
    const rate = (cause: string) => Number(rows.find(({ cells }) => cells['cause'] === cause)?.cells['acceptance']);
    expect(rate('at once by demo.requested')).toBeGreaterThan(rate('score and grade'));
  });

  test('how much was decided and accepted in time, and how often leads were tried to be reached', async () => {
    const accepted = await bench.db.need.findMany({
      where: { acceptedAt: { not: null } },
      select: { id: true, leadId: true },
    });
    // Half of them get three calls each, and a note, which is no attempt.
    const logged = accepted.flatMap(({ id: needId, leadId }, n) =>
      n % 2 === 0 ? [] : ['call', 'call', 'call', 'note'].map((kind) => ({ needId, leadId, kind })),
    );
    const result = 'no-answer';
    await bench.db.repActivity.createMany({
      data: logged.map((one) => ({ ...one, id: newId('activity'), actor: 'system', result, occurredAt: UNTIL })),
    });
    const { rows, total } = await section('hand-off?by=source', 'inTime');
    const of = (source?: string) => {
      const offers = handed().filter(({ life }) => source === undefined || life.source === source);
      const decided = offers.filter(({ life }) =>
        has(life, (life.handed?.afterDays ?? 0) + (life.handed?.answeredHours ?? 0) / 24),
      );
      const isInTime = ({ life }: { life: PastLife }) => (life.handed?.answeredHours ?? 0) <= HOURS_TO_DECIDE;
      const taken = decided.filter(({ life }) => isAccepted(life));
      // They still wait, though their time is over.
      const overdue = offers.filter(
        (one) => !decided.includes(one) && has(one.life, (one.life.handed?.afterDays ?? 0) + HOURS_TO_DECIDE / 24),
      );
      return {
        offers: offers.length,
        inTime: decided.filter(isInTime).length / (decided.length + overdue.length),
        acceptedInTime: taken.filter(isInTime).length / taken.length,
        late: decided.filter((one) => !isInTime(one)).length + overdue.length,
      };
    };
    expect(of().late).toBeGreaterThan(0);
    expect(rows.find(({ group }) => group === 'search')?.cells).toMatchObject(of('search'));
    const taken = handed().filter(({ life }) => isAccepted(life)).length;
    const attempts = Math.floor(taken / 2) * 3;
    expect(total?.cells).toMatchObject({ ...of(), attempts, attemptsEach: Math.round((10 * attempts) / taken) / 10 });
  });

  test('what came of needs that went back to the pool: ready again, dormant, or won', async () => {
    const { db } = bench;
    const back = await db.need.findMany({ where: { recycleCount: { gt: 0 } }, orderBy: { id: 'asc' } });
    // Every third is ready again a while after, whatever its row says.
    const again = back.filter((_, n) => n % 3 === 0);
    await db.stageChange.createMany({
      data: again.map(({ id: needId, leadId }) => ({
        leadId,
        needId,
        fromStage: 'nurturing',
        toStage: 'qualified',
        because: 'test',
        actor: 'system',
        occurredAt: UNTIL,
      })),
    });
    const ways = new Map<string, string[]>();
    for (const { needId, toStage } of await db.stageChange.findMany({ orderBy: { id: 'asc' } })) {
      const key = needId ?? '';
      ways.set(key, [...(ways.get(key) ?? []), toStage]);
    }
    const cameBack = back.map(({ id, stage }) => {
      const way = ways.get(id) ?? [];
      const at = way.findIndex((to, i) => to === 'nurturing' && way[i - 1] === 'assigned');
      return { stage, after: at < 0 ? [] : way.slice(at + 1) };
    });
    const { total } = await section('hand-off', 'hand-off');
    expect(again.length).toBeGreaterThan(10);
    expect(total?.cells).toMatchObject({
      recycled: back.length,
      readyAgain: cameBack.filter(({ after }) => after.includes('qualified')).length,
      rests: back.filter(({ stage }) => stage === 'dormant').length,
      recovered: cameBack.filter(({ after }) => after.includes('customer')).length,
    });
    expect(total?.cells['readyAgain']).toBe(again.length);
    expect(Number(total?.cells['rests'])).toBeGreaterThan(10);
  });

  test('the reasons of sales are told by source and by rule', async () => {
    const { rows } = await section('hand-off?by=source', 'reasons');
    const rejected = (life: PastLife) =>
      life.handed?.accepted === false && has(life, life.handed.afterDays + life.handed.answeredHours / 24);
    const fromSearch = handed().filter(({ life }) => life.source === 'search');
    const sentBack = fromSearch.filter(({ life }) => rejected(life) && life.handed?.reason === 'too-early').length;
    expect(rows.map(({ cells }) => cells)).toContainEqual({
      group: 'search',
      what: 'sent back',
      reason: 'too-early',
      needs: sentBack,
      share: sentBack / fromSearch.length,
    });
    const byRule = await section('hand-off', 'reasonsByRule');
    const price = handed().filter(
      ({ life }) =>
        isAccepted(life) &&
        has(life, life.opportunity) &&
        has(life, life.ended?.afterDays) &&
        life.ended?.reason === 'price' &&
        life.highIntent,
    ).length;
    expect(byRule.rows.map(({ cells }) => cells)).toContainEqual(
      expect.objectContaining({
        cause: 'at once by demo.requested',
        rule: 'history',
        what: 'ended',
        reason: 'price',
        needs: price,
      }),
    );
  });

  test('what came to nothing has a total, by what became of it, by reason, and below every table of reasons', async () => {
    const all = handed();
    const sentBack = all.filter(
      ({ life }) =>
        life.handed?.accepted === false && has(life, life.handed.afterDays + life.handed.answeredHours / 24),
    );
    const lost = all.filter(
      ({ life }) => isAccepted(life) && life.ended?.won === false && has(life, life.ended.afterDays),
    );
    const sections = await read('hand-off?by=source');
    const named = (key: string) => sections.find((one) => one.key === key);
    const share = (needs: number) => needs / all.length;
    expect(named('cameToNothing')?.rows.map(({ cells }) => cells)).toEqual(
      [
        { what: 'sent back', needs: sentBack.length, share: share(sentBack.length) },
        { what: 'ended', needs: lost.length, share: share(lost.length) },
      ].toSorted((a, b) => b.needs - a.needs),
    );
    const early = sentBack.filter(({ life }) => life.handed?.reason === 'too-early').length;
    expect(named('reasonsInAll')?.rows.map(({ cells }) => cells)).toContainEqual({
      what: 'sent back',
      reason: 'too-early',
      needs: early,
      share: share(early),
      ofWhat: early / sentBack.length,
    });
    const needs = sentBack.length + lost.length;
    for (const key of ['cameToNothing', 'reasonsInAll', 'reasons', 'reasonsByRule'])
      expect(named(key)?.total?.cells, key).toMatchObject({ needs, share: share(needs) });
  });
});

describe('webinars', () => {
  const wentOn = (when: (webinar: NonNullable<PastLife['webinar']>) => boolean) =>
    lives.filter((life) => life.webinar !== null && has(life, life.webinar.afterDays) && when(life.webinar));

  test('who registered, came, did not come, and how they liked it stand beside the campaign, with the leads behind', async () => {
    const report = await section('campaigns?by=campaign', 'campaigns');
    const cells = report.rows.find(({ group }) => group === TRUTHS.webinar)?.cells ?? {};
    const [all, came] = [wentOn(() => true), wentOn(({ attended }) => attended)];
    const rated = wentOn(({ rating }) => rating !== null);
    const mean = rated.reduce((sum, { webinar }) => sum + (webinar?.rating ?? 0), 0) / rated.length;
    expect(cells).toMatchObject({
      registered: all.length,
      attended: came.length,
      missed: all.length - came.length,
      attendance: came.length / all.length,
      feedback: rated.length,
      rating: Math.round(mean * 100) / 100,
    });
    expect(Number(cells['attendance'])).toBeCloseTo(TRUTHS.attendance, 1);
    const behind = `/v1/reports/campaigns/leads?by=campaign&since=2020-01-01&limit=200&figure=feedback&group=${TRUTHS.webinar}`;
    const { body } = await bench.get(behind, bench.keys.marketer);
    expect(body.items?.length).toBe(Math.min(200, rated.length));
  });

  test('are not told of by what campaigns do not say', async () => {
    const report = await section('campaigns?by=source', 'campaigns');
    expect(report.columns.map(({ key }) => key)).not.toContain('attended');
  });
});

describe('a recount in TypeScript agrees', () => {
  test('for the funnel', async () => {
    const layers = await section('funnel', 'layers');
    const count = (when: (life: PastLife) => boolean) => lives.filter(when).length;
    expect(layers.rows.map(({ cells }) => cells['leads'])).toEqual([
      LEADS,
      count((life) => has(life, life.qualified)),
      count((life) => has(life, life.handed?.afterDays)),
      count(isAccepted),
      count((life) => isAccepted(life) && has(life, life.opportunity)),
      count(
        (life) =>
          isAccepted(life) &&
          has(life, life.opportunity) &&
          life.ended?.won === true &&
          has(life, life.ended.afterDays),
      ),
    ]);
  });

  test('for the funnel inside the opportunity: how far, for how long, and where they stand', async () => {
    const ago = (life: PastLife, afterDays: number) => life.cameDaysAgo - afterDays;
    const sales = lives.filter((life) => isAccepted(life) && has(life, life.opportunity));
    const ways = sales.map((life) => ({
      life,
      ended: life.ended !== null && !life.ended.won && has(life, life.ended.afterDays) ? life.ended.afterDays : null,
      isWon: life.ended?.won === true && has(life, life.ended.afterDays),
      steps: life.funnel.filter(({ afterDays }) => has(life, afterDays)),
    }));
    const order = bench.deps.store.rules.current().playbook.funnel;
    const { rows } = await section('funnel', 'inFunnel');
    expect(rows[0]?.cells).toMatchObject({ stage: 'Opportunity', leads: sales.length });
    let before = sales.length;
    for (const [place, stage] of order.entries()) {
      const came = ways.filter(({ steps }) => steps.some((step) => order.indexOf(step.stage) >= place)).length;
      // Seconds at the stage of those who left it.
      const stayed = ways
        .flatMap(({ steps, ended }) => {
          const i = steps.findIndex((step) => step.stage === stage);
          const left = i < 0 ? null : (steps[i + 1]?.afterDays ?? ended);
          return left === null ? [] : [(left - (steps[i]?.afterDays ?? 0)) * 86_400];
        })
        .toSorted((a, b) => a - b);
      const cells = row({ rows } as Section, stage);
      expect(cells, stage).toMatchObject({ leads: came, ofBefore: came / before });
      for (const [key, share] of [
        ['median', 0.5],
        ['p90', 0.9],
      ] as const) {
        const at = share * (stayed.length - 1);
        const [low, high] = [stayed[Math.floor(at)] ?? 0, stayed[Math.ceil(at)] ?? 0];
        if (stayed.length === 0) expect(cells[key], `${stage} ${key}`).toBeNull();
        else
          expect(Math.abs(Number(cells[key]) - (low + (high - low) * (at % 1))), `${stage} ${key}`).toBeLessThan(0.1);
      }
      before = came;
    }
    expect(Number(row({ rows } as Section, 'agreed and invoiced')['leads'])).toBeGreaterThan(10);
    const standing = await section('funnel', 'standingInFunnel');
    const now = order.flatMap((stage) => {
      const there = ways.filter(({ steps, ended }) => steps.at(-1)?.stage === stage && ended === null);
      const since = there.map(({ life, steps }) => ago(life, steps.at(-1)?.afterDays ?? 0)).toSorted((a, b) => a - b);
      const middle = (since.length - 1) / 2;
      const median = ((since[Math.floor(middle)] ?? 0) + (since[Math.ceil(middle)] ?? 0)) / 2;
      return there.length === 0 ? [] : [{ stage, leads: there.length, median }];
    });
    expect(standing.rows.map(({ cells }) => [cells['stage'], cells['leads']])).toEqual(
      now.map(({ stage, leads }) => [stage, leads]),
    );
    // The report is read some time after the history ends.
    for (const { stage, median } of now)
      expect(Math.abs(Number(row(standing, stage)['median']) / 86_400 - median), stage).toBeLessThan(0.05);
    expect(now.length).toBeGreaterThan(2);
  });

  test('for the velocity, by its formula', async () => {
    const sales = lives.filter((life) => isAccepted(life) && has(life, life.opportunity));
    const decided = sales.filter((life) => has(life, life.ended?.afterDays));
    const won = decided.filter(({ ended }) => ended?.won === true);
    const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    const [open, rate] = [sales.length - decided.length, won.length / decided.length];
    const average = mean(won.map(({ valueMinor }) => valueMinor));
    const days = mean(won.map(({ ended, opportunity }) => (ended?.afterDays ?? 0) - (opportunity ?? 0)));
    const { rows } = await section('funnel', 'velocity');
    expect(rows[0]?.cells).toMatchObject({ open, rate, average: Math.round(average) });
    expect(Number(rows[0]?.cells['time']) / 86_400).toBeCloseTo(days, 4);
    const perDay = (open * rate * average) / days;
    expect(Math.abs(Number(rows[0]?.cells['perDay']) - perDay)).toBeLessThan(2);
  });

  test('for attribution, whose models each share out the won money to the last cent', async () => {
    const won = lives.filter(
      (life) =>
        isAccepted(life) && has(life, life.opportunity) && life.ended?.won === true && has(life, life.ended.afterDays),
    );
    const money = won.reduce((sum, { valueMinor }) => sum + valueMinor, 0);
    const { rows, total } = await section('attribution?by=source', 'won');
    for (const model of ['first', 'last', 'linear', 'position', 'decay']) {
      expect(total?.cells[model], model).toBe(money);
      expect(
        rows.reduce((sum, { cells }) => sum + Number(cells[model]), 0),
        model,
      ).toBe(money);
    }
    // What a sale is shared out over: touches and the webinar that its lead came to, in the order of time.
    const before = ({ source, touches, webinar, ended }: PastLife) =>
      [
        { afterDays: 0, source },
        ...touches,
        ...(webinar?.attended === true ? [{ afterDays: webinar.afterDays, source: 'webinar.attended' }] : []),
      ]
        .filter(({ afterDays }) => afterDays <= (ended?.afterDays ?? 0))
        .toSorted((a, b) => a.afterDays - b.afterDays);
    const bySource = (weights: (count: number) => number[]) => {
      const sums: Record<string, number> = {};
      for (const life of won) {
        const steps = before(life);
        const shares = weights(steps.length);
        let upTo = 0;
        steps.forEach(({ source }, i) => {
          const next = upTo + (shares[i] ?? 0);
          const part = Math.round(life.valueMinor * next) - Math.round(life.valueMinor * upTo);
          if (part > 0) sums[source] = (sums[source] ?? 0) + part;
          upTo = next;
        });
      }
      return sums;
    };
    const reported = (model: string) =>
      Object.fromEntries(
        rows.filter(({ cells }) => Number(cells[model]) > 0).map(({ cells }) => [cells['group'], cells[model]]),
      );
    const one = (at: (count: number) => number) => (count: number) =>
      Array.from({ length: count }, (_, i) => (i === at(count) ? 1 : 0));
    expect(reported('first')).toEqual(bySource(one(() => 0)));
    expect(reported('last')).toEqual(bySource(one((count) => count - 1)));
    expect(reported('last')['webinar.attended']).toBeGreaterThan(0);
    expect(total?.cells['activities']).toBe(
      won.flatMap(before).filter(({ source }) => source === 'webinar.attended').length,
    );
    expect(total?.cells['touches']).toBe(
      won.flatMap(before).filter(({ source }) => source !== 'webinar.attended').length,
    );
    // Halves of a cent may be rounded the other way: within a cent for each sale.
    const linear = bySource((count) => Array.from({ length: count }, () => 1 / count));
    for (const [source, cents] of Object.entries(reported('linear')))
      expect(Math.abs(Number(cents) - (linear[source ?? ''] ?? 0)), source).toBeLessThanOrEqual(won.length);
  });

  test('for orders, whose money each model shares out to the last cent, apart from that of the won needs', async () => {
    const placed = lives.flatMap((life) =>
      (isAccepted(life) || life.ended?.won !== true ? life.orders : [])
        .filter(({ afterDays }) => has(life, afterDays))
        .map((order) => ({
          life,
          order,
          // This playbook has no rate for dollars: they are left out.
          value: order.currency === 'USD' ? 0 : order.valueMinor,
        })),
    );
    const { rows, total, notes } = await section('attribution?by=source', 'orders');
    const unrated = placed.filter(({ order }) => order.currency === 'USD').length;
    expect(unrated).toBeGreaterThan(0);
    expect(notes).toContainEqual(expect.stringContaining(`The value of ${unrated} is in a currency without a rate`));
    const money = placed.reduce((sum, { value }) => sum + value, 0);
    expect(total?.cells['sales']).toBe(placed.length);
    for (const model of ['first', 'last', 'linear', 'position', 'decay']) {
      expect(total?.cells[model], model).toBe(money);
      expect(
        rows.reduce((sum, { cells }) => sum + Number(cells[model]), 0),
        model,
      ).toBe(money);
    }
    const first: Record<string, number> = {};
    const last: Record<string, number> = {};
    for (const { life, order, value } of placed) {
      const { webinar } = life;
      const before = [
        { afterDays: 0, source: life.source },
        ...life.touches,
        ...(webinar?.attended === true ? [{ afterDays: webinar.afterDays, source: 'webinar.attended' }] : []),
      ]
        .filter(({ afterDays }) => afterDays <= order.afterDays)
        .toSorted((a, b) => a.afterDays - b.afterDays);
      if (value === 0) continue;
      first[life.source] = (first[life.source] ?? 0) + value;
      const source = before.at(-1)?.source ?? '';
      last[source] = (last[source] ?? 0) + value;
    }
    for (const [model, expected] of Object.entries({ first, last }))
      expect(
        Object.fromEntries(
          rows.filter(({ cells }) => Number(cells[model]) > 0).map(({ cells }) => [cells['group'], cells[model]]),
        ),
        model,
      ).toEqual(expected);
  });

  test('for who buys again: a second win or order within a year of the first, by its quarter', async () => {
    const { defaultTimeZone } = bench.deps.store.rules.current().playbook;
    const expected = new Map<
      string,
      { customers: number; over: number; again: number; rate: number | null; kept: number }
    >();
    for (const life of lives) {
      const isWon =
        isAccepted(life) && has(life, life.opportunity) && life.ended?.won === true && has(life, life.ended.afterDays);
      const orders = (isAccepted(life) || life.ended?.won !== true ? life.orders : []).filter(({ afterDays }) =>
        has(life, afterDays),
      );
      const times = [...(isWon ? [life.ended?.afterDays ?? 0] : []), ...orders.map(({ afterDays }) => afterDays)];
      if (times.length === 0) continue;
      const at = (afterDays: number) =>
        DateTime.fromMillis(UNTIL.getTime() - (life.cameDaysAgo - afterDays) * DAY_MS, { zone: defaultTimeZone });
      const first = at(Math.min(...times));
      const yearLater = first.toUTC().plus({ years: 1 });
      const isOver = yearLater.toMillis() <= UNTIL.getTime();
      const second = orders[1];
      const isAgain = second !== undefined && at(second.afterDays) < yearLater;
      const of = expected.get(first.toFormat("yyyy 'Q'q")) ?? { customers: 0, over: 0, again: 0, rate: null, kept: 0 };
      of.customers += 1;
      of.over += isOver ? 1 : 0;
      of.again += isAgain ? 1 : 0;
      of.kept += isOver && isAgain ? 1 : 0;
      of.rate = of.over === 0 ? null : of.kept / of.over;
      expected.set(first.toFormat("yyyy 'Q'q"), of);
    }
    const { rows } = await section('base', 'retention');
    expect(rows.map(({ cells }) => cells)).toEqual(
      [...expected]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([quarter, { kept: _kept, ...counts }]) => ({ quarter, ...counts })),
    );
    expect(rows.filter(({ cells }) => Number(cells['rate']) > 0).length).toBeGreaterThan(2);
  });

  test('for campaigns in words: the goal, the budget and what came of them, with the leads behind', async () => {
    const campaign = 'guide-search';
    const id = newId('campaign');
    await bench.db.campaign.create({
      data: { id, key: campaign, name: campaign, currency: 'EUR', budgetMinor: 500_000n },
    });
    const day = new Date(UNTIL.getTime() - 40 * DAY_MS);
    await bench.db.campaignCost.create({ data: { campaignId: id, place: 0, day, costMinor: 125_000n } });
    try {
      const playbook = {
        ...bench.deps.store.rules.current().playbook,
        campaigns: [
          {
            campaign,
            type: 'ad',
            channel: 'search',
            materials: ['guide', 'checklist'],
            audience: 'growers',
            attendance: [
              { on: '2025-02-08', registered: 120, attended: 60 },
              { on: '2025-02-09', attended: 25 },
            ],
            feedback: [
              { on: '2025-02-09', rating: 4, answers: 3, words: 'Good talks.' },
              { on: '2025-02-09', rating: 5 },
            ],
            goal: { leads: 10_000, won: 90 },
            starts: '2025-01-08T09:00:00.000Z',
            ends: '2025-02-08T09:00:00.000Z',
          },
        ],
      };
      const report = reportNamed('campaigns');
      const asker = { scope: { kind: 'all' } as const, playbook, realNowMs: Date.now() };
      const asked = readAsk(report, { since: '10d' }, asker);
      const shown = (await readReport(bench.db, report, asked)).find(({ key }) => key === 'records');
      const of = lives.filter((life) => life.campaign === campaign);
      const bought = of.filter(
        (life) =>
          isAccepted(life) &&
          has(life, life.opportunity) &&
          life.ended?.won === true &&
          has(life, life.ended.afterDays),
      );
      const won = bought.length;
      const value = bought.reduce((sum, { valueMinor }) => sum + valueMinor, 0);
      expect(shown?.rows.map(({ cells }) => cells)).toEqual([
        {
          campaign,
          value,
          roi: (value - 125_000) / 125_000,
          what: 'ad, search',
          dates: '8 Jan 2025 to 8 Feb 2025',
          audience: 'growers',
          material: 'guide, checklist',
          goal: '10000 leads, 90 won',
          leads: of.length,
          qualified: of.filter((life) => has(life, life.qualified)).length,
          won,
          reached: of.length / 10_000,
          budget: 500_000,
          spent: 125_000,
          used: 0.25,
          heads: '120 registered, 85 came',
          heard: '4.25 by 4 answers: Good talks.',
        },
      ]);
      for (const [figure, count] of [
        ['leads', of.length],
        ['spent', of.length],
        ['won', won],
      ] as const)
        expect(
          (await countBehind(bench.db, report, asked, { figure: `${figure}|record|${campaign}`, group: undefined }))
            ?.counted,
          figure,
        ).toBe(count);
      const some = readAsk(report, { since: '10d', source: 'search' }, asker);
      expect((await readReport(bench.db, report, some)).map(({ key }) => key)).not.toContain('records');
    } finally {
      await bench.db.campaign.delete({ where: { id } });
    }
  });

  test('for mails: what came back, and people, suspects and machines apart', async () => {
    const { rows } = await section('cadences', 'mails');
    for (const step of ['welcome', 'case-study', 'offer']) {
      const all = lives.flatMap((life) => {
        const mail = life.cadence === PAST_CADENCE ? life.mails.find((one) => one.step === step) : undefined;
        return mail !== undefined && has(life, mail.afterDays) ? [{ ...mail, life }] : [];
      });
      const mails = all.filter(({ skipped }) => !skipped);
      const reacted = mails.filter(({ life, afterDays }) => has(life, afterDays + REACTED_AFTER));
      const cells = rows.find(({ rowKey }) => rowKey === `mail|1|${PAST_CADENCE}|${step}`)?.cells;
      expect(cells, step).toMatchObject({
        sent: mails.length,
        delivered: mails.filter(({ bounced }) => !bounced).length,
        skipped: all.length - mails.length,
        suspect: reacted.filter(({ clicked }) => clicked === 'suspect').length,
        clicked: reacted.filter(({ clicked }) => clicked === 'person').length,
        machine: reacted.filter(({ clicked }) => clicked === 'machine').length,
        unsubscribed: reacted.filter(({ unsubscribed }) => unsubscribed).length,
      });
    }
  });
});

/** Columns of numbers that no lead is behind, and why. */
const isWithoutLeads = (section: string, column: string): boolean =>
  // The number of a revision; who was in a segment on a day of the past is not kept; and what was learned is of all outcomes together.
  section === 'segmentsOverTime' || section.startsWith('learned') || column === 'revision';

/** Sections of the scoring report. */
const isMadeAnew = (section: string): boolean => section === 'bands' || section === 'rules';

/** Counts that are means. */
const ON_AVERAGE = new Set(['attemptsEach', 'rating']);

describe.each(REPORTS.map(({ key }) => key))('report %s', (key) => {
  test('is read by each of its dimensions, in each of which every column has a definition', async () => {
    const report = reportNamed(key);
    const asked = report.takes?.by === false ? [''] : report.by.map((by) => `?by=${by}`);
    for (const by of asked)
      for (const { key: name, columns } of await read(`${key}${by}`))
        for (const column of columns) expect(column.definition, `${key}${by}, ${name}: ${column.key}`).toBeTruthy();
  });

  test('leads from every figure to its leads, as many as it counts', async () => {
    const report = reportNamed(key);
    const playbook = bench.deps.store.rules.current().playbook;
    const words = { since: '2020-01-01', by: report.by.find((by) => by === 'source') ?? report.by[0] };
    const asked = readAsk(report, words, { scope: { kind: 'all' }, playbook, realNowMs: Date.now() });
    const seen = new Set<string>();
    for (const { key: name, columns, rows, total } of await readReport(bench.db, report, asked))
      for (const column of columns.filter(({ unit }, i) => i > 0 && unit !== 'text' && unit !== 'day')) {
        if (isWithoutLeads(name, column.key)) continue;
        expect(column.hasLeads, `${key}, ${name}: ${column.key}`).toBe(true);
        // Scores of past hand-offs are made anew for each figure: a second each, and more on a busy machine.
        const some = isMadeAnew(name) ? rows.slice(0, 1) : [...rows.slice(0, 3), ...rows.slice(-1)];
        for (const row of [...some, ...(total === undefined ? [] : [total])]) {
          const value = row.cells[column.key] ?? null;
          if (typeof value !== 'number' || value <= 0) continue;
          const figure = figureOf(row, column);
          const label = `${key}, ${name}: ${figure}, ${row.group}`;
          const behind = await countBehind(bench.db, report, asked, { figure, group: row.group });
          expect(behind, label).not.toBeNull();
          if (column.unit === 'count' && !ON_AVERAGE.has(column.key)) expect(behind?.counted, label).toBe(value);
          else expect(behind?.counted, label).toBeGreaterThan(0);
          seen.add(`${name} ${column.key}`);
          if (column.key !== columns.find(({ hasLeads }) => hasLeads)?.key) continue;
          const page = new URLSearchParams({ ...words, figure, limit: '200' });
          if (report.takes?.by === false) page.delete('by');
          if (row.group === null) page.set('unknown', 'true');
          else if (row.group !== undefined) page.set('group', row.group);
          const path = `/v1/reports/${key}/leads?${page.toString()}`;
          const { status, body, text } = await bench.get(path, bench.keys.marketer);
          expect(status, `${label}: ${text}`).toBe(200);
          expect(body.items?.length, label).toBe(Math.min(200, behind?.leads ?? 0));
        }
      }
    expect(seen.size).toBeGreaterThanOrEqual(3);
  });
});

test('shares of one name are of one meaning, whatever the report', async () => {
  const meanings = new Map<string, Set<string>>();
  for (const { key } of REPORTS)
    for (const { columns } of await read(key))
      for (const { title, definition } of columns.filter(({ unit }) => unit === 'share'))
        meanings.set(title, (meanings.get(title) ?? new Set()).add(definition ?? ''));
  const several = [...meanings].filter(([, of]) => of.size > 1).map(([title]) => title);
  // What all is, and what lift is beside, stands in their definitions.
  expect(several.toSorted()).toEqual(['Lift', 'Of all', 'Of the stage before', 'Qualified, of all']);
});

test('all that began a cadence are under way, reached its goal or end, became ready, were held out, or left', async () => {
  const { rows } = await section('cadences', 'cadences');
  expect(rows.length).toBeGreaterThanOrEqual(2);
  for (const { cells } of rows) {
    const parts = ['running', 'goals', 'completed', 'ready', 'heldOut', 'left'].map((key) => Number(cells[key]));
    expect(
      parts.reduce((sum, one) => sum + one, 0),
      String(cells['cadence']),
    ).toBe(cells['began']);
  }
  const past = rows.find(({ cells }) => cells['cadence'] === PAST_CADENCE)?.cells;
  expect(past?.['heldOut']).toBe(lives.filter(({ arm }) => arm === 'holdout').length);
});

test('rows come in an order of their own where they have one: grades, stages, steps', async () => {
  const grades = await section('scoring?by=fitGrade', 'groups');
  expect(grades.rows.map(({ group }) => group)).toEqual(['A', 'B', 'C', 'D']);
  const stages = (await section('funnel', 'standing')).rows.map(({ cells }) => STAGES.indexOf(cells['stage'] as Stage));
  expect(stages).toEqual(stages.toSorted((a, b) => a - b));
  const mails = (await section('cadences', 'mails')).rows.map(({ cells }) => String(cells['name']));
  expect(mails.filter((name) => name.startsWith(`${PAST_CADENCE}: `))).toEqual(
    ['welcome', 'case-study', 'offer'].map((step) => `${PAST_CADENCE}: ${step}`),
  );
});

test('an event is of the campaign that has its name by a rule', async () => {
  const playbook = {
    ...bench.deps.store.rules.current().playbook,
    campaigns: [{ campaign: 'Frost nights', utm: [{ campaign: TRUTHS.webinar }, { source: 'x', campaign: 'other' }] }],
  };
  const report = reportNamed('attribution');
  const asked = readAsk(
    report,
    { since: '2020-01-01', by: 'campaign' },
    { scope: { kind: 'all' }, playbook, realNowMs: Date.now() },
  );
  const won = (await readReport(bench.db, report, asked)).find(({ key }) => key === 'won');
  const named = won?.rows.find(({ group }) => group === 'Frost nights')?.cells;
  expect(Number(named?.['activities'])).toBeGreaterThan(0);
  expect(won?.rows.filter(({ cells }) => Number(cells['activities']) > 0)).toHaveLength(1);
});

test('a report whose rows are its own refuses to be split, and says which can be', async () => {
  const { status, body } = await bench.get('/v1/reports/cadences?by=source', bench.keys.marketer);
  expect([status, body['detail'] ?? body['message']]).toEqual([
    400,
    expect.stringContaining('the rows of ‘cadences’ are its own, leave it out; these can be split: leads-in'),
  ]);
  const { body: list } = await bench.get('/v1/reports', bench.keys.marketer);
  expect(list.items?.find(({ report }) => report === 'cadences')?.['by']).toEqual([]);
});

test('leads behind a figure come in the orders of the list of leads, page by page', async () => {
  const path = '/v1/reports/leads-in/leads?figure=needs&since=30d&limit=40';
  for (const sort of ['score', '-score', 'since', '-since']) {
    const seen: Record<string, unknown>[] = [];
    for (let cursor: unknown = ''; typeof cursor === 'string';) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body, text } = await bench.get(`${path}&sort=${sort}${query}`, bench.keys.marketer);
      expect(status, text).toBe(200);
      seen.push(...(body.items ?? []));
      cursor = body['nextCursor'];
    }
    const { body } = await bench.get(path, bench.keys.marketer);
    expect(seen.length).toBeGreaterThan(40);
    expect(new Set(seen.map(({ id }) => id)).size, sort).toBe(seen.length);
    expect(body.items?.every(({ id }) => seen.some((one) => one['id'] === id))).toBe(true);
    if (!sort.endsWith('score')) continue;
    const scores = seen.map(({ score }) => Number(score));
    expect(scores).toEqual(scores.toSorted((a, b) => (sort === 'score' ? a - b : b - a)));
  }
});

/** Counted from the rows themselves, as no report does: it takes long. */
const WAY = `
  SELECT n.id, c.qualified, c.handed, c.accepted, c.opportunity, c.won, c.ended, c.since,
    (SELECT t.id FROM touches t WHERE t.lead_id = n.lead_id ORDER BY t.need_id IS NOT DISTINCT FROM n.id DESC, t.occurred_at, t.id LIMIT 1) AS touch,
    (SELECT a.id FROM assignments a WHERE a.need_id = n.id ORDER BY a.created_at DESC, a.id DESC LIMIT 1) AS assignment
  FROM needs n CROSS JOIN LATERAL (
    SELECT min(occurred_at) FILTER (WHERE to_stage IN ('qualified', 'qualifying', 'assigned', 'accepted', 'opportunity', 'customer')) AS qualified,
      min(occurred_at) FILTER (WHERE to_stage IN ('assigned', 'accepted', 'opportunity', 'customer')) AS handed,
      min(occurred_at) FILTER (WHERE to_stage IN ('accepted', 'opportunity', 'customer')) AS accepted,
      min(occurred_at) FILTER (WHERE to_stage IN ('opportunity', 'customer')) AS opportunity,
      min(occurred_at) FILTER (WHERE to_stage = 'customer') AS won,
      min(occurred_at) FILTER (WHERE to_stage IN ('no-need', 'disqualified')) AS ended, max(occurred_at) AS since
    FROM stage_changes s WHERE s.lead_id = n.lead_id AND s.need_id = n.id) c`;
const KEPT = `SELECT id, qualified_at, handed_at, accepted_at, opportunity_at, won_at, ended_at, coalesce(stage_since, opened_at), touch_id,
  assignment_id FROM needs`;

const otherThanKept = (db: Pick<Bench['db'], '$queryRawUnsafe'>) => db.$queryRawUnsafe(`(${WAY}) EXCEPT (${KEPT})`);

describe('what stands with each need', () => {
  test('agrees with its stages, touches and assignments, in whatever order they are written', async () => {
    expect(await otherThanKept(bench.db)).toEqual([]);
    const [{ count } = { count: 0 }] = await bench.db.$queryRawUnsafe<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM needs WHERE won_at IS NOT NULL AND touch_id IS NOT NULL AND assignment_id IS NOT NULL',
    );
    expect(count).toBeGreaterThan(10);
    // An earlier touch and an earlier stage that are written later, and a request that is given to another need than before.
    const [need, other] = await bench.db.need.findMany({
      where: { wonAt: { not: null } },
      take: 2,
      orderBy: { id: 'asc' },
    });
    if (need === undefined || other === undefined) throw new Error('The history has no won needs');
    const earlier = new Date(need.openedAt.getTime() - DAY_MS);
    const touch = { isFirst: false, how: 'import', occurredAt: earlier };
    const rollback = new Error('Nothing of this stays');
    await expect(
      bench.db.$transaction(async (tx) => {
        await tx.touch.create({ data: { id: newId('touch'), leadId: need.leadId, needId: need.id, ...touch } });
        const unhandled = await tx.touch.create({ data: { id: newId('touch'), leadId: other.leadId, ...touch } });
        const opened = { leadId: other.leadId, openedAt: UNTIL };
        const next = await tx.need.create({ data: { id: newId('need'), ...opened } });
        const stage = { actor: 'system', because: 'test', occurredAt: earlier, toStage: 'accepted' };
        await tx.stageChange.create({ data: { leadId: need.leadId, needId: need.id, ...stage } });
        await tx.stageChange.create({
          data: { leadId: next.leadId, needId: next.id, ...stage, toStage: 'qualifying' },
        });
        expect(await otherThanKept(tx)).toEqual([]);
        await tx.touch.update({ where: { id: unhandled.id }, data: { needId: next.id } });
        expect(await otherThanKept(tx)).toEqual([]);
        throw rollback;
      }),
    ).rejects.toBe(rollback);
  });
});

test('the board of today has offers, some of them overdue, next steps, and nothing that is open since long ago', async () => {
  const open = await bench.db.assignment.findMany({
    where: { closedAt: null, status: { in: ['offered', 'accepted'] } },
  });
  const now = UNTIL.getTime();
  const offered = open.filter(({ status }) => status === 'offered');
  expect(offered.length).toBeGreaterThanOrEqual(8);
  expect(offered.filter(({ dueAt }) => (dueAt?.getTime() ?? now) < now).length).toBe(2);
  const planned = open.flatMap(({ nextStepAt }) => nextStepAt?.getTime() ?? []);
  expect(planned.length).toBeGreaterThan(0.8 * (open.length - offered.length));
  expect(planned.some((at) => at < now)).toBe(true);
  expect(Math.min(...open.map(({ offeredAt }) => offeredAt.getTime()))).toBeGreaterThan(now - 100 * DAY_MS);
});

test('the cadence of the history can be read like any other', async () => {
  const { status, text } = await bench.get('/v1/cadences', bench.keys.marketer);
  expect(status, text).toBe(200);
});

test('the period ends with its last day', async () => {
  const day = (ago: number) => new Date(UNTIL.getTime() - ago * DAY_MS).toISOString().slice(0, 10);
  const { status, body } = await bench.get(
    `/v1/reports/leads-in?by=month&since=${day(400)}&until=${day(370)}`,
    bench.keys.marketer,
  );
  expect(status).toBe(200);
  const [from, to] = [Date.parse(day(400)), Date.parse(day(370)) + DAY_MS];
  const count = lives.filter(({ cameDaysAgo }) => {
    const at = UNTIL.getTime() - cameDaysAgo * DAY_MS;
    return at >= from && at < to;
  }).length;
  expect((body['sections'] as Section[])[0]?.total?.cells['needs']).toBe(count);
});

test('an offer that a rep let pass stands with that rep, and not with whoever accepted the next one', async () => {
  const { db } = bench;
  const offers = await db.assignment.findMany({ where: { status: 'accepted' }, orderBy: { id: 'asc' }, take: 40 });
  const byKey = await db.rep.findMany({ where: { manager: false }, orderBy: { key: 'asc' } });
  await db.assignment.createMany({
    data: offers.map(({ id: _id, ...offer }, n) => {
      const other = byKey.filter(({ id }) => id !== offer.repId)[n % (byKey.length - 1)];
      const before = new Date(offer.offeredAt.getTime() - DAY_MS);
      const { leadId, needId, team, rule, dueAt } = offer;
      const [id, repId] = [newId('assignment'), other?.id ?? ''];
      return {
        id,
        leadId,
        needId,
        team,
        rule,
        repId,
        dueAt,
        status: 'expired' as const,
        offeredAt: before,
        toldAt: before,
      };
    }),
  });
  const made = await db.assignment.findMany({ include: { rep: true } });
  const isLate = ({ offerDecidedAt, dueAt, status }: (typeof made)[number]) =>
    offerDecidedAt === null
      ? status !== 'offered' || Number(dueAt) < Date.now()
      : Number(offerDecidedAt) > Number(dueAt);
  const { rows } = await section('hand-off?by=rep', 'inTime');
  const ofReps = await section('reps', 'reps');
  for (const name of reps) {
    const his = made.filter(({ rep }) => rep?.name === name);
    const judged = his.filter((one) => one.offerDecidedAt !== null || isLate(one));
    const inTime = judged.filter((one) => !isLate(one)).length / judged.length;
    const late = new Set(judged.filter(isLate).map(({ needId }) => needId)).size;
    expect(rows.find(({ group }) => group === name)?.cells, name).toMatchObject({ offers: his.length, inTime, late });
    expect(row(ofReps, name), name).toMatchObject({ inTime });
  }
  const [first] = rows;
  const behind = await bench.get(
    `/v1/reports/hand-off/leads?figure=late&group=${encodeURIComponent(String(first?.group))}&by=rep&since=2020-01-01`,
    bench.keys.marketer,
  );
  expect(behind.status, behind.text).toBe(200);
});
