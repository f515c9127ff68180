/** Answers of reports that are kept: whose they are, how long, and that none outlives an erasure. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createReportRenewal } from '../../src/api/report-renewal.ts';
import { newId } from '../../src/domain/ids.ts';
import type { StoreContext } from '../../src/store/context.ts';
import { answer, keyOf } from '../../src/reports/answer.ts';
import { readAsk } from '../../src/reports/ask.ts';
import { countAnswer } from '../../src/reports/read.ts';
import { REPORTS, reportNamed } from '../../src/reports/registry.ts';
import type { Report, Section } from '../../src/reports/report.ts';
import { openSessionOf } from '../../src/store/access/sessions.ts';
import { inviteUser } from '../../src/store/access/users.ts';
import { eraseLead } from '../../src/store/erasure/erase-lead.ts';
import { keepAnswer } from '../../src/store/report-answers.ts';
import { openApi, type Bench } from '../api/support.ts';
import { createVisitor } from '../api/visitor.ts';
import { lockWaiters } from '../support/lock-waiters.ts';

const MINUTE = 60_000;
const LEADS_IN = reportNamed('leads-in');

let bench: Bench;
/** Keeps every answer, however soon it is there. */
let store: StoreContext;
let nowMs = Date.now();
beforeAll(async () => {
  bench = await openApi({
    change: (deps) => {
      store = { ...deps.store, realNow: () => nowMs, keepReportsAfterMs: 0 };
      return { ...deps, store };
    },
  });
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.db.reportAnswer.deleteMany();
  nowMs = Date.now();
});

/** A lead that came by this source. */
async function come(source: string): Promise<string> {
  const [leadId, needId] = [newId('lead'), newId('need')];
  const at = new Date(nowMs - MINUTE);
  await bench.db.lead.create({ data: { id: leadId, email: `${leadId}@answers.example`, source, scoreAt: at, needId } });
  await bench.db.need.create({ data: { id: needId, leadId, stage: 'new', openedAt: at } });
  await bench.db.touch.create({
    data: { id: newId('touch'), leadId, needId, isFirst: true, source, how: 'form', occurredAt: at },
  });
  return leadId;
}

interface Read {
  asOf: string;
  kept: boolean;
  sections: Section[];
}
async function read(query: string, key = bench.keys.marketer): Promise<Read & { leads: number }> {
  const { status, body } = await bench.call('GET', `/v1/reports/leads-in?by=source${query}`, { key });
  expect(status, JSON.stringify(body)).toBe(200);
  const found = body as unknown as Read;
  return { ...found, leads: Number(found.sections[0]?.total?.cells['needs'] ?? 0) };
}

function ask(report: Report, words: Record<string, string> = {}) {
  return readAsk(report, words, { scope: { kind: 'all' }, playbook: store.rules.current().playbook, realNowMs: nowMs });
}

const rows = () => bench.db.reportAnswer.findMany({ orderBy: { key: 'asc' } });

test('a kept answer is shown with its instant until the figures of now are asked for', async () => {
  await come('kept');
  const first = await read('&source=kept');
  expect(first).toMatchObject({ kept: false, leads: 1, asOf: new Date(nowMs).toISOString() });
  await come('kept');
  nowMs += 3 * MINUTE;
  expect(await read('&source=kept')).toMatchObject({ kept: true, leads: 1, asOf: first.asOf });
  const csv = await bench.call('GET', '/v1/reports/leads-in?by=source&source=kept&format=csv', {
    key: bench.keys.marketer,
  });
  expect(csv.text).toContain(`,source=kept,`);
  expect(await read('&source=kept&fresh=true')).toMatchObject({ kept: false, leads: 2 });
  expect(await read('&source=kept')).toMatchObject({ kept: true, leads: 2, asOf: new Date(nowMs).toISOString() });
});

test('an answer that is an hour old is counted anew', async () => {
  await come('old');
  await read('&source=old');
  nowMs += 61 * MINUTE;
  expect(await read('&source=old')).toMatchObject({ kept: false, asOf: new Date(nowMs).toISOString() });
});

test('nobody gets the answer of who sees other leads', async () => {
  await come('scoped');
  expect(await read('&source=scoped')).toMatchObject({ kept: false, leads: 1 });
  expect(await read('&source=scoped', bench.keys.rep)).toMatchObject({ kept: false, leads: 0 });
  expect(await read('&source=scoped', bench.keys.dino)).toMatchObject({ kept: false, leads: 0 });
  expect(await read('&source=scoped', bench.keys.rep)).toMatchObject({ kept: true, leads: 0 });
});

test('another part, period, filter, scope or playbook is another answer', () => {
  const { playbook } = store.rules.current();
  const asked = ask(LEADS_IN);
  const rep = (repId: string, teams: string[]) => ({ ...asked, scope: { kind: 'rep' as const, repId, teams } });
  const keys = [
    keyOf(LEADS_IN, asked, 'all'),
    keyOf(LEADS_IN, asked, 'first'),
    keyOf(reportNamed('funnel'), asked, 'all'),
    keyOf(LEADS_IN, ask(LEADS_IN, { since: '30d' }), 'all'),
    keyOf(LEADS_IN, ask(LEADS_IN, { source: 'web' }), 'all'),
    keyOf(LEADS_IN, ask(LEADS_IN, { medium: 'web' }), 'all'),
    keyOf(LEADS_IN, rep('rep-1', []), 'all'),
    keyOf(LEADS_IN, rep('rep-2', []), 'all'),
    keyOf(LEADS_IN, rep('rep-1', ['europe']), 'all'),
    keyOf(LEADS_IN, { ...asked, playbook: { ...playbook, defaultTimeZone: 'Asia/Tokyo' } }, 'all'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keyOf(LEADS_IN, ask(LEADS_IN), 'all')).toBe(keys[0]);
});

test('an erasure empties what is kept, and takes the words along that a lead may have brought', async () => {
  const leadId = await come('erased');
  await read('');
  await read('&source=erased');
  expect(await rows()).toHaveLength(2);
  await eraseLead(store, { leadId, actor: 'system' });
  const left = await rows();
  expect(left.map(({ words, sections }) => ({ words, sections }))).toEqual([
    { words: { by: 'source' }, sections: null },
  ]);
  expect(await read('&source=erased')).toMatchObject({ kept: false, leads: 0 });
});

test('what was counted before an erasure and is kept after it is never shown', async () => {
  const leadId = await come('raced');
  const asked = ask(LEADS_IN, { by: 'source', source: 'raced' });
  const counted = await countAnswer(store.db, LEADS_IN, asked, 'all');
  await eraseLead(store, { leadId, actor: 'system' });
  const { words } = asked;
  await keepAnswer(
    store.db,
    keyOf(LEADS_IN, asked, 'all'),
    { report: 'leads-in', part: 'all', words, scope: { kind: 'all' }, isStanding: false },
    counted,
    new Date(nowMs),
  );
  expect(await read('&source=raced')).toMatchObject({ kept: false, leads: 0 });
});

/** A report that is counted when it is let. */
function held() {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const counted = { times: 0 };
  const section: Section = { key: 'held', title: 'Held', columns: [], rows: [], notes: [] };
  const report: Report = {
    ...LEADS_IN,
    key: 'held',
    parts: [
      async () => {
        counted.times += 1;
        begun.resolve();
        await gate.promise;
        return section;
      },
    ],
  };
  return { report, begun: begun.promise, let: gate.resolve, counted };
}

test('ten who ask the same at once have it counted once', async () => {
  const { report, begun, let: letGo, counted } = held();
  const asked = ask(report);
  const first = answer(store, report, asked);
  await begun;
  const others = Array.from({ length: 9 }, () => answer(store, report, asked));
  letGo();
  expect((await Promise.all([first, ...others])).map(({ sections }) => sections[0]?.key)).toEqual(
    Array(10).fill('held'),
  );
  expect(counted.times).toBe(1);
});

test('who asks after an erasure does not wait for what was begun before it', async () => {
  const leadId = await come('joined');
  const { report, begun, let: letGo, counted } = held();
  const asked = ask(report);
  const first = answer(store, report, asked);
  await begun;
  await eraseLead(store, { leadId, actor: 'system' });
  const second = answer(store, report, asked);
  letGo();
  await Promise.all([first, second]);
  expect(counted.times).toBe(2);
});

const QUIET = { warn: () => {} };

/** One look at what is due. */
async function renew(): Promise<number> {
  const renewal = createReportRenewal({ store, log: QUIET, everyMs: 24 * 60 * MINUTE });
  const renewed = await renewal.runNow();
  await renewal.close();
  return renewed;
}

test('what was asked within a day is renewed before it is old, the oldest first, and the rest of the time is left to others', async () => {
  await read('');
  nowMs += MINUTE;
  await read('&source=other');
  nowMs += 4.5 * MINUTE;
  expect(await renew()).toBe(1);
  expect(await renew()).toBe(0);
  expect(await read('')).toMatchObject({ kept: true, asOf: new Date(nowMs).toISOString() });
  nowMs += 2 * MINUTE;
  expect(await renew()).toBe(1);
  expect(await read('&source=other')).toMatchObject({ kept: true, asOf: new Date(nowMs).toISOString() });
  await bench.db.reportAnswer.updateMany({ data: { tookMs: 60_000 } });
  nowMs += 9 * MINUTE;
  expect(await renew()).toBe(0);
  nowMs += 2 * MINUTE;
  expect(await renew()).toBe(1);
  nowMs += 25 * 60 * MINUTE;
  expect(await renew()).toBe(0);
  expect(await rows()).toEqual([]);
});

test('on another day the same words are counted for that day', async () => {
  await read('');
  const [before] = await rows();
  await bench.db.reportAnswer.updateMany({ data: { askedAt: new Date(nowMs + 12 * 60 * MINUTE) } });
  nowMs += 24 * 60 * MINUTE;
  expect(await renew()).toBe(1);
  const after = await rows();
  expect(after).toHaveLength(1);
  expect(after[0]?.key).not.toBe(before?.key);
  expect(await read('')).toMatchObject({ kept: true });
});

/** Nobody waits for it: the database ends it after half a second. */
const LONG: Report = {
  ...LEADS_IN,
  parts: [
    async (tx) => {
      await tx.$queryRaw`SELECT pg_sleep(60)::text`;
      return [];
    },
  ],
};
const hasty = () => ({ ...store, answerReportsWithinMs: 500 });
const IS_COUNTED = {
  code: 'REPORT_BEING_COUNTED',
  message: expect.stringMatching(/^This report is being counted; it takes about 2 minutes\.$/),
};

test('what took longer than anybody waits for is counted next; until then nobody waits, and is told how long it takes', async () => {
  const asked = ask(LEADS_IN);
  const firsts = Array.from({ length: 3 }, () => answer(hasty(), LONG, asked));
  for (const first of await Promise.allSettled(firsts)) expect(first).toMatchObject({ reason: IS_COUNTED });
  // Not tried again, neither as one that is kept nor anew: this store would wait for a minute.
  await expect(answer(store, LONG, asked)).rejects.toMatchObject(IS_COUNTED);
  await expect(answer(store, LONG, asked, { fresh: true })).rejects.toMatchObject(IS_COUNTED);
  expect(await renew()).toBe(1);
  expect(await answer(store, LEADS_IN, asked)).toMatchObject({ isKept: true });
  expect(await answer(store, LEADS_IN, asked, { fresh: true })).toMatchObject({ isKept: false });
});

test('who counts anew what takes too long gets what is kept, which is renewed next', async () => {
  const asked = ask(LEADS_IN);
  await answer(store, LEADS_IN, asked);
  await expect(answer(hasty(), LONG, asked, { fresh: true })).rejects.toMatchObject({ code: 'REPORT_BEING_COUNTED' });
  expect(await answer(store, LEADS_IN, asked)).toMatchObject({ isKept: true });
  nowMs += MINUTE;
  expect(await renew()).toBe(1);
});

test('the time that is told counts the rest that is due, and what is counted before', async () => {
  const asked = ask(LEADS_IN);
  await read('');
  await bench.db.reportAnswer.updateMany({ data: { tookMs: 60_000 } });
  const failed = await answer(hasty(), LONG, asked).catch((error: unknown) => error);
  expect(failed).toMatchObject({ message: expect.stringContaining('about 12 minutes') });
});

test('what fails for another reason is no long count', async () => {
  const failing = { ...LEADS_IN, parts: [() => Promise.reject(new Error('broken'))] } as const;
  await expect(answer(store, failing, ask(LEADS_IN))).rejects.toThrow('broken');
  expect(await rows()).toEqual([]);
});

test('a page and a program are told that a report is being counted, and when to ask again', async () => {
  const visitor = await marketer();
  await answer(hasty(), LONG, ask(LEADS_IN)).catch(() => {});
  await answer(hasty(), LONG, ask(LEADS_IN), { part: 'first' }).catch(() => {});
  const page = await visitor.go('/console/reports/leads-in?fresh=1');
  expect(page.status).toBe(503);
  expect(page.text).toMatch(
    /This report is being counted; it takes about \d+ minutes\. This page looks again by itself\./,
  );
  const overview = await visitor.go('/console/reports');
  expect(overview.status).toBe(200);
  expect(overview.text).toContain('This page looks again by itself.');
  const at = `${bench.base}/console/reports/leads-in?fresh=1`;
  const cookie = `nurture_session=${visitor.cookies.get('nurture_session') ?? ''}`;
  const { headers } = await fetch(at, { headers: { cookie } });
  expect(headers.get('refresh')).toBe('30; url=/console/reports/leads-in');
  const program = await bench.call('GET', '/v1/reports/leads-in', { key: bench.keys.marketer });
  expect([program.status, program.body]).toMatchObject([503, { code: 'REPORT_BEING_COUNTED' }]);
  expect(program.body['detail']).toMatch(/^This report is being counted; it takes about \d+ minutes\.$/);
  expect(program.headers.get('retry-after')).toBe('30');
});

test('a page that takes longer says so and looks again; the count goes on, once, and then the page is there', async () => {
  const visitor = await marketer();
  const where = '/console/reports/leads-in';
  store.showPagesWithinMs = 300;
  try {
    await bench.db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE touches IN ACCESS EXCLUSIVE MODE`;
        const look = async () => {
          const { status, text, headers } = await visitor.go(where);
          expect(status, text).toBe(503);
          expect(text).toMatch(
            /This report is being counted; it takes some seconds\. This page looks again by itself\./,
          );
          expect(headers.get('refresh')).toBe(`2; url=${where}`);
        };
        // A machine may be so busy that a count does not begin in time.
        await vi.waitUntil(async () => (await look(), (await lockWaiters(tx)).length === 1), { timeout: 30_000 });
        await look();
        const overview = async () => {
          const { status, text, headers } = await visitor.go('/console/reports');
          expect(status).toBe(200);
          expect(text.match(/This report is being counted/g)).toHaveLength(4);
          expect(headers.get('refresh')).toBe('2; url=/console/reports');
        };
        await vi.waitUntil(async () => (await overview(), (await lockWaiters(tx)).length === 2), { timeout: 30_000 });
        // The first part is not there, so that the others do not begin.
        await overview();
        expect(await lockWaiters(tx)).toHaveLength(2);
      },
      { timeout: 60_000 },
    );
    const kept = async () => (await rows()).filter(({ sections }) => sections !== null).length;
    await vi.waitUntil(async () => (await kept()) === 2, { timeout: 60_000, interval: 50 });
    const { status, text } = await visitor.go(where);
    expect(status).toBe(200);
    expect(text).toContain('0 min old');
    // Whoever asks for it anew waits, and so does a program.
    store.showPagesWithinMs = 0;
    expect(await visitor.go(`${where}?fresh=1`)).toMatchObject({ status: 303, to: where });
    expect(await read('&since=7d')).toMatchObject({ kept: false });
  } finally {
    delete store.showPagesWithinMs;
  }
});

test('a page is kept that somebody gave up waiting for, though it was there soon', async () => {
  const asked = ask(LEADS_IN);
  const slowToKeep = { ...store, keepReportsAfterMs: MINUTE };
  const left = answer(slowToKeep, LEADS_IN, asked, { shownBy: performance.now() });
  await expect(left).rejects.toMatchObject({ code: 'REPORT_BEING_COUNTED' });
  expect(await rows()).toEqual([]);
  let counting: ReturnType<typeof answer> | undefined;
  await bench.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE touches IN ACCESS EXCLUSIVE MODE`;
      counting = answer(slowToKeep, LEADS_IN, asked);
      await vi.waitUntil(async () => (await lockWaiters(tx)).length === 1, { timeout: 30_000 });
      const also = answer(slowToKeep, LEADS_IN, asked, { shownBy: performance.now() });
      await expect(also).rejects.toMatchObject({ code: 'REPORT_BEING_COUNTED' });
    },
    { timeout: 60_000 },
  );
  expect(await counting).toMatchObject({ isKept: false });
  expect(await answer(slowToKeep, LEADS_IN, asked)).toMatchObject({ isKept: true });
});

test('target planning measures once, whatever is assumed, and what it measured is renewed as a report is', async () => {
  const visitor = await marketer();
  const where = '/console/reports/target';
  const first = await visitor.go(where);
  expect(first.status, first.text).toBe(200);
  expect(first.text).not.toContain('min old');
  expect(await rows()).toMatchObject([{ report: 'target', standing: true }]);
  nowMs += 3 * MINUTE;
  const slid = await visitor.go(`${where}?rate-won=50`);
  expect(slid.text).toContain('3 min old');
  expect(slid.text).toContain(`${where}?rate-won=50&amp;fresh=1`);
  nowMs += 3 * MINUTE;
  expect(await renew()).toBe(1);
  expect((await visitor.go(where)).text).toContain('0 min old');
  nowMs += MINUTE;
  expect(await visitor.go(`${where}?rate-won=50&fresh=1`)).toMatchObject({
    status: 303,
    to: `${where}?rate-won=50`,
  });
  expect((await visitor.go(where)).text).toContain('0 min old');
});

test('a process that is told to end does not wait for what it renews, and leaves it to the next', async () => {
  await read('');
  nowMs += 6 * MINUTE;
  const renewal = createReportRenewal({ store, log: QUIET, everyMs: 24 * 60 * MINUTE });
  const looked = await bench.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE touches IN ACCESS EXCLUSIVE MODE`;
      const look = renewal.runNow();
      await vi.waitUntil(async () => (await lockWaiters(tx)).length > 0, { timeout: 20_000, interval: 50 });
      await renewal.close();
      return await look;
    },
    { timeout: 60_000 },
  );
  expect(looked).toBe(0);
  expect(await renew()).toBe(1);
});

test('what cannot be asked any more is forgotten', async () => {
  await read('');
  await bench.db.reportAnswer.updateMany({
    data: { words: { segment: 'no-more' }, asOf: new Date(nowMs - 10 * MINUTE) },
  });
  expect(await renew()).toBe(0);
  expect(await rows()).toEqual([]);
});

/** Somebody who sees every lead, signed in to the console. */
async function marketer(): Promise<ReturnType<typeof createVisitor>> {
  const email = `${newId('lead')}@answers.example`;
  await inviteUser(bench.db, { email, name: 'Mara', role: 'marketer' }, { actor: 'system', at: new Date() });
  const visitor = createVisitor(() => bench.base);
  visitor.cookies.set('nurture_session', (await openSessionOf(bench.db, email, new Date())) ?? '');
  return visitor;
}

const standing = async () =>
  (await rows())
    .filter((row) => row.standing)
    .map(({ report, part, words }) => `${report} ${part} ${JSON.stringify(words)}`)
    .toSorted();

test('what the overview and the menu open is renewed over a weekend though nobody asks', async () => {
  const visitor = await marketer();
  await visitor.go('/console/reports');
  await visitor.go('/console/reports/leads-in');
  await visitor.go('/console/reports/reps?by=team');
  await visitor.go('/console/reports/leads-in?by=source');
  const views = [
    'campaigns first {}',
    'funnel first {}',
    'leads-in all {}',
    'leads-in first {}',
    'reps all {"by":"team"}',
    'reps first {"by":"team"}',
  ];
  expect(await standing()).toEqual(views);
  // At noon, so that all are of one day.
  const dayMs = 24 * 60 * MINUTE;
  nowMs = (Math.ceil(nowMs / dayMs) + 2.5) * dayMs;
  for (const _view of views) {
    expect(await renew()).toBe(1);
    nowMs += MINUTE;
  }
  expect(await rows()).toHaveLength(views.length);
  expect(await standing()).toEqual(views);
  expect((await visitor.go('/console/reports/leads-in')).text).toContain('Count anew');
});

test('what somebody opens who sees some leads only is not renewed longer than others', async () => {
  const asked = { ...ask(LEADS_IN), scope: { kind: 'rep' as const, repId: 'rep-1', teams: [] } };
  await answer(store, LEADS_IN, asked, { isStanding: true });
  expect(await standing()).toEqual([]);
});

test('an answer that was kept for a program is renewed once the menu has opened it; of those that begin on another day the newest', async () => {
  const old = ask(LEADS_IN, { since: '2026-01-02' });
  await answer(store, LEADS_IN, old);
  expect(await standing()).toEqual([]);
  expect(await answer(store, LEADS_IN, old, { isStanding: true })).toMatchObject({ isKept: true });
  expect(await standing()).toEqual(['leads-in all {"since":"2026-01-02"}']);
  await answer(store, LEADS_IN, ask(LEADS_IN, { since: '2026-01-03' }), { isStanding: true });
  expect(await standing()).toEqual(['leads-in all {"since":"2026-01-03"}']);
});

test('a standing view that takes less than is worth keeping is renewed no more', async () => {
  await answer(store, LEADS_IN, ask(LEADS_IN), { isStanding: true });
  nowMs += 6 * MINUTE;
  const unworthy = { ...store, keepReportsAfterMs: 60 * MINUTE };
  const renewal = createReportRenewal({ store: unworthy, log: QUIET, everyMs: 24 * 60 * MINUTE });
  await renewal.runNow();
  await renewal.close();
  expect(await rows()).toEqual([]);
});

test('a page says of when its figures are, and counts them anew', async () => {
  const visitor = await marketer();
  await come('page');
  const path = '/console/reports/leads-in?by=source&source=page';
  const page = (at: string) => visitor.go(at);
  expect((await page(path)).text).not.toContain('Count anew');
  nowMs += 3 * MINUTE;
  await come('page');
  const kept = await page(path);
  expect(kept.text).toContain('3 min old');
  expect(kept.text).toContain('Count anew');
  const anew = await page(`${path}&fresh=1`);
  expect([anew.status, anew.to]).toEqual([303, path]);
  expect((await page(path)).text).toContain('0 min old');
});

test.each(REPORTS.map((report) => [report.key, report] as const))(
  '%s is the same after it was kept',
  async (_key, report) => {
    const asked = ask(report);
    const counted = await answer(store, report, asked);
    const kept = await answer(store, report, asked);
    expect(kept.isKept).toBe(true);
    expect(kept.sections).toEqual(counted.sections);
  },
);
