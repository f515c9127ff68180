import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isInScope, tiesOfTask, type LeadTies, type Scope } from '../../src/domain/policy.ts';
import { isInNurturePool } from '../../src/domain/stage.ts';
import { readTies } from '../../src/store/access/lead-ties.ts';
import type { AssignmentStatus, Prisma } from '../../src/store/generated/client.ts';
import { ATTENTION_KINDS, attentionPage } from '../../src/store/lists/attention.ts';
import type { LeadMatch } from '../../src/store/lists/lead-match.ts';
import type { LeadFilter } from '../../src/store/lists/leads.ts';
import { type LeadOrder, type LeadPlace, placesSql } from '../../src/store/lists/lead-places.ts';
import { listLeads, listLeadsInOrder } from '../../src/store/lists/leads.ts';
import { scoreAtMs } from '../../src/domain/score.ts';
import { openBench, type Bench } from './support.ts';

const TEAMS = ['north', 'south', 'west'];
const STAGES = ['nurturing', 'qualified', 'assigned', 'disqualified'] as const;
const CADENCES = ['welcome', 'winback'];
/** Its only revision is for leads in the pool. */
const OF_POOL = 'nurturing-alone';
const HANDED: AssignmentStatus[] = ['offered', 'accepted', 'rejected', 'expired'];
const REPS = [
  { id: 'rep-a', teams: ['north'] },
  { id: 'rep-b', teams: ['north', 'south'] },
  { id: 'rep-c', teams: ['west'] },
  { id: 'rep-d', teams: [] },
];
const COUNT = 120;
const MINUTE = 60_000;

/** Of some leads, not always of who has the lead. Where the owner got it, it is of no team. */
function taskOf(leadId: string) {
  const n = Number(leadId.slice(5));
  return { leadId, repId: REPS[(n / 10) % 4]?.id ?? '', team: TEAMS[(n / 10) % 5] ?? null };
}

/** The mail of its first step; a person clicked in one of three, a machine in another. */
async function mailed(leadId: string, n: number, occurredAt: Date): Promise<void> {
  const sendId = `mail-${leadId}`;
  const what = { key: sendId, stepId: 'first', templateKey: 't', attempt: 'x', occurredAt };
  const status = n % 7 === 0 ? ('skipped' as const) : ('sent' as const);
  await bench.db.send.create({ data: { id: sendId, leadId, enrollmentId: `enr-${leadId}`, status, ...what } });
  if (n % 3 < 2)
    await bench.db.event.create({
      data: { id: `click-${leadId}`, leadId, type: 'email.clicked', sendId, machine: n % 3 === 1, occurredAt },
    });
}

let bench: Bench;
const ids: string[] = [];
let ties: Map<string, LeadTies>;

/** One of a list, in a fixed mix: lists with coprime periods meet in all ways. */
const nth = <T>(n: number, values: readonly T[], period: number): T | undefined => values[n % period];

beforeAll(async () => {
  bench = await openBench();
  const { db, now } = bench;
  const at = (n: number): Date => new Date(now - n * MINUTE);
  await db.rep.createMany({
    data: REPS.map((rep) => ({ ...rep, key: `key-${rep.id}`, name: rep.id, email: `${rep.id}@sales.example` })),
  });
  await db.cadenceRevision.createMany({
    data: [...CADENCES, OF_POOL].map((cadence) => ({
      id: `rev-${cadence}`,
      cadence,
      number: 1,
      hash: cadence,
      definition: { purpose: cadence === OF_POOL ? 'nurture' : 'customer' },
    })),
  });
  for (let n = 0; n < COUNT; n += 1) {
    const id = `lead-${String(n).padStart(3, '0')}`;
    const needId = `need-${id}`;
    ids.push(id);
    const stage = nth(n, STAGES, 4) ?? 'new';
    const handed = HANDED[(n >> 2) % 4] ?? 'rejected';
    // Who has been offered a lead, or has accepted it, is its owner.
    const isLive = n % 4 > 0 && (handed === 'offered' || handed === 'accepted');
    await db.lead.create({
      data: {
        id,
        email: `list-${n}@firm.example`,
        stage,
        needId,
        source: nth(n, ['ebook', 'partner'], 3) ?? null,
        fitGrade: nth(n, ['A', 'B', 'C', 'D'], 4) ?? 'C',
        ownerId: (isLive ? REPS[(2 * n - 1) % 4] : nth(n, REPS, 7))?.id ?? null,
        score: (n % 9) * 10,
        scoreAt: at(n),
        heldAt: n % 11 === 0 ? at(n) : null,
        pausedAt: n % 13 === 0 ? at(n) : null,
        needs: { create: { id: needId, stage, openedAt: at(n), waitingBecause: n % 5 === 0 ? 'Nobody' : null } },
      },
    });
    const cadence = nth(n, CADENCES, 3) ?? (isInNurturePool(stage) ? OF_POOL : undefined);
    if (cadence !== undefined) {
      await db.enrollment.create({
        data: {
          id: `enr-${id}`,
          leadId: id,
          cadence,
          revisionId: `rev-${cadence}`,
          status: n % 2 === 0 ? 'active' : 'ended',
          via: 'trigger',
          stepId: n % 4 === 0 ? 'second' : 'first',
          steppedAt: at(n),
          startedAt: at(n),
          endedAt: n % 2 === 0 ? null : at(n),
        },
      });
      if (n % 5 !== 0) await mailed(id, n, at(n));
    }
    await db.stageChange.create({
      data: { leadId: id, needId, toStage: stage, because: 'test', actor: 'system', occurredAt: at(2 * n) },
    });
    // Several of the same team, as when a lead goes from one rep to the next; the last of them may be live.
    for (let turn = 0; turn < n % 4; turn += 1) {
      await db.assignment.create({
        data: {
          id: `asg-${id}-${turn}`,
          leadId: id,
          needId,
          repId: REPS[(n + turn) % 4]?.id ?? '',
          team: TEAMS[(n + (turn >> 1)) % 3] ?? '',
          rule: 'all',
          status: turn === (n % 4) - 1 ? handed : 'rejected',
          offeredAt: at(n + turn),
        },
      });
    }
    if (n % 6 === 0) {
      await db.send.create({
        data: {
          id: `send-${id}`,
          key: id,
          leadId: id,
          templateKey: 't',
          status: 'in_doubt',
          attempt: 'x',
          occurredAt: at(n),
        },
      });
    }
    if (n % 10 === 0) {
      const dates = { dueAt: at(n + 1), tellAt: at(n + 2), occurredAt: at(n + 2) };
      await db.task.create({
        data: { id: `task-${id}`, key: id, ...taskOf(id), kind: 'call', body: 'Call', ...dates },
      });
    }
    if (stage === 'disqualified' || n % 9 === 0) {
      await db.audit.createMany({
        data: [1, 0].map((ago) => ({
          id: `aud-${id}-${ago}`,
          leadId: id,
          actor: 'lead',
          action: 'request.recorded',
          data: { touchId: `tch-${id}-${ago}`, because: 'disqualified' },
          // Two of one instant for some: the later id is the latest.
          occurredAt: at(n % 8 === 3 ? n : n + ago),
        })),
      });
    }
  }
  ties = await readTies(db, ids);
});
afterAll(() => bench[Symbol.asyncDispose]());

const anyScope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant<Scope>({ kind: 'all' }),
  fc.record({
    kind: fc.constant('rep' as const),
    repId: fc.constantFrom('rep-a', 'rep-b', 'rep-c', 'rep-d', 'rep-unknown'),
    teams: fc.subarray(TEAMS),
  }),
);
const maybe = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined, freq: 2 });
const anyFilter: fc.Arbitrary<LeadFilter> = fc.record({
  stage: maybe(fc.constantFrom(...STAGES)),
  source: maybe(fc.constantFrom('ebook', 'partner')),
  owner: maybe(fc.constantFrom('none', 'rep-a', 'key-rep-b', 'rep-unknown')),
  grade: maybe(fc.constantFrom('A' as const, 'B' as const)),
  cadence: maybe(fc.constantFrom(...CADENCES, OF_POOL)),
  email: maybe(fc.constantFrom('list-0@firm.example', 'LIST-24@firm.example')),
  held: maybe(fc.boolean()),
  paused: maybe(fc.boolean()),
});
const anyMatch: fc.Arbitrary<LeadMatch | undefined> = maybe(
  fc.oneof(
    fc.record({ at: fc.record({ cadence: fc.constantFrom(...CADENCES), step: fc.constantFrom('first', 'second') }) }),
    fc.record({
      at: fc.record({
        cadence: fc.constantFrom(...CADENCES),
        step: fc.constant('first'),
        mail: fc.constantFrom('sent' as const, 'clicked' as const, 'not-clicked' as const, 'skipped' as const),
      }),
    }),
    fc.record({ inStageSince: fc.nat(2 * COUNT).map((n) => new Date(bench.now - n * MINUTE)) }),
    fc.record({ cameSince: fc.nat(COUNT).map((n) => new Date(bench.now - n * MINUTE)) }),
  ),
);

function matching({ at, inStageSince, cameSince }: LeadMatch): Prisma.LeadWhereInput {
  const ofStep = (status: 'sent' | 'skipped') => ({
    stepId: at?.step ?? null,
    status,
    enrollment: { cadence: at?.cadence ?? '' },
  });
  return {
    ...(at !== undefined &&
      at.mail === undefined && { enrollments: { some: { cadence: at.cadence, stepId: at.step, endedAt: null } } }),
    ...(at?.mail !== undefined && { sends: { some: ofStep(at.mail === 'skipped' ? 'skipped' : 'sent') } }),
    ...(at?.mail === 'clicked' && { events: { some: CLICK } }),
    ...(at?.mail === 'not-clicked' && { events: { none: CLICK } }),
    ...(inStageSince !== undefined && { stageChanges: { some: { occurredAt: { lte: inStageSince } } } }),
    ...(cameSince !== undefined && { needs: { some: { openedAt: { gte: cameSince } } } }),
  };
}
const CLICK = { type: 'email.clicked', machine: false };

/** What the policy says of each lead, one by one. */
const seenBy = (scope: Scope): string[] => [...ties].flatMap(([id, lead]) => (isInScope(scope, lead) ? [id] : []));

/** The same question put to Prisma in the plainest way. */
function plainly({ owner, grade, cadence, email, held, paused, stage, source }: LeadFilter): Prisma.LeadWhereInput {
  const set = (wanted: boolean) => (wanted ? { not: null } : null);
  return {
    ...(stage !== undefined && { stage }),
    ...(source !== undefined && { source }),
    ...(owner !== undefined &&
      (owner === 'none' ? { ownerId: null } : { owner: { OR: [{ id: owner }, { key: owner }] } })),
    ...(grade !== undefined && { fitGrade: grade }),
    ...(cadence !== undefined && { enrollments: { some: { cadence, status: 'active' } } }),
    ...(email !== undefined && { email: email.toLowerCase() }),
    ...(held !== undefined && { heldAt: set(held) }),
    ...(paused !== undefined && { pausedAt: set(paused) }),
  };
}

test('every page of leads has what the filter asks for, among the leads that the caller may see', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyScope,
      anyFilter,
      anyMatch,
      maybe(fc.nat(COUNT - 1)),
      fc.integer({ min: 1, max: 8 }),
      async (...given) => {
        const [scope, fields, match, place, limit] = given;
        const { cadence: _cadence, ...others } = fields;
        // A step names its cadence itself.
        const filter =
          match === undefined ? fields : match.at === undefined ? { ...fields, match } : { ...others, match };
        const after = place === undefined ? null : (ids[place] ?? null);
        const page = await listLeads(bench.db, scope, filter, after, limit);
        const wanted = await bench.db.lead.findMany({
          where: {
            AND: [
              { id: { in: seenBy(scope) } },
              plainly(filter),
              matching(match ?? {}),
              after === null ? {} : { id: { lt: after } },
            ],
          },
          orderBy: { id: 'desc' },
          take: limit,
        });
        expect(page.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
      },
    ),
    { numRuns: 300 },
  );
});

const FADING = { halfLifeMs: 50 * MINUTE };

test('leads by how long each is in its stage, or by score: pages put together are the whole, each lead once', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyScope,
      anyFilter,
      fc.constantFrom('since' as const, 'score' as const),
      fc.boolean(),
      fc.integer({ min: 7, max: 60 }),
      async (scope, filter, by, down, limit) => {
        const order: LeadOrder = { by, down, atMs: bench.now, fading: FADING };
        const listed = await listLeads(bench.db, scope, filter, null, COUNT);
        const wanted = listed
          .map((lead) => ({
            id: lead.id,
            value: by === 'since' ? lead.stageSince.getTime() : scoreAtMs(lead, bench.now, FADING),
          }))
          .toSorted((a, b) => (a.value - b.value || (a.id < b.id ? -1 : 1)) * (down ? -1 : 1));
        const seen: LeadPlace[] = [];
        for (let after: LeadPlace | null = null; ;) {
          const page = await listLeadsInOrder(bench.db, scope, filter, order, after, limit);
          seen.push(...page.map(({ id, value }) => ({ id, value })));
          after = seen.at(-1) ?? null;
          if (page.length < limit) break;
        }
        expect(seen).toEqual(wanted);
      },
    ),
    { numRuns: 80 },
  );
});

test('a page of the leads that are longest in their stage is read from an index, and the page after it as well', async () => {
  const MANY = 20_000;
  const order: LeadOrder = { by: 'since', down: false, atMs: bench.now, fading: FADING };
  const isOver = new Error('rolled back');
  const rows = bench.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET LOCAL session_replication_role = replica`;
      await tx.$executeRaw`
        INSERT INTO leads (id, email, stage, need_id, score_at, updated_at)
        SELECT 'many-' || n, 'many-' || n || '@many.example', CASE n % 3 WHEN 0 THEN 'dormant' ELSE 'nurturing' END, 'many-' || n, now(), now()
        FROM generate_series(1, ${MANY}) n`;
      await tx.$executeRaw`
        INSERT INTO needs (id, lead_id, stage, opened_at)
        SELECT 'many-' || n, 'many-' || n, CASE n % 3 WHEN 0 THEN 'dormant' ELSE 'nurturing' END, now() - make_interval(mins => n)
        FROM generate_series(1, ${MANY}) n`;
      await tx.$executeRaw`ANALYZE leads`;
      await tx.$executeRaw`ANALYZE needs`;
      const read: number[] = [];
      for (const after of [null, { id: 'many-9000', value: bench.now - 9_000 * MINUTE }]) {
        const page = placesSql({ kind: 'all' }, {}, order, after, 51);
        if (page === null) throw new Error('There is no statement');
        const [plan] = await tx.$queryRawUnsafe<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
          `EXPLAIN (ANALYZE, FORMAT JSON) ${page.text}`,
          ...page.values,
        );
        read.push(...(plan?.['QUERY PLAN'] ?? []).map(({ Plan }) => mostRowsOf(Plan)));
      }
      throw Object.assign(isOver, { read });
    },
    { timeout: 60_000 },
  );
  await expect(rows).rejects.toBe(isOver);
  const { read } = isOver as Error & { read: number[] };
  expect(read).toHaveLength(2);
  // Of each stage a page at most, however many leads there are.
  expect(Math.max(...read)).toBeLessThan(MANY / 20);
});

interface PlanNode {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: PlanNode[];
}

/** The most rows that a part of the plan read. */
function mostRowsOf({ Plans = [], ...node }: PlanNode): number {
  const own = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
  return Math.max(own, ...Plans.map(mostRowsOf));
}

test('a lead that was handed to two teams of a manager stands once among those without an owner', async () => {
  const scope: Scope = { kind: 'rep', repId: 'rep-a', teams: ['north', 'west'] };
  const seen: string[] = [];
  for (let after: string | null = null; ;) {
    const page = await listLeads(bench.db, scope, { owner: 'none' }, after, 1);
    seen.push(...page.map(({ id }) => id));
    if (page.length === 0) break;
    after = seen.at(-1) ?? null;
  }
  const wanted = await bench.db.lead.findMany({
    where: { id: { in: seenBy(scope) }, ownerId: null },
    orderBy: { id: 'desc' },
  });
  expect(wanted.length).toBeGreaterThan(5);
  expect(seen).toEqual(wanted.map(({ id }) => id));
});

/** A canary that the engine halted, and nobody has published since. */
async function haltCanary(publishedAt: Date): Promise<void> {
  const content = { formatVersion: 5, hash: 'x', rules: {}, cadences: {}, templates: {} };
  const halted = { note: 'Canary of ‘x’ halted: worse', haltedBecause: 'worse', publishedAt };
  await bench.db.playbookRevision.create({ data: { number: 1, author: 'system', ...content, ...halted } });
}

const STOPPED_BROADCAST = {
  id: 'bcast-stopped',
  key: 'news',
  status: 'paused',
  topic: 'marketing',
  variants: [],
  schedule: { kind: 'now' },
  error: 'x',
  createdBy: 'system',
};

/** Of the leads that reps have accepted: one in three without a first contact, one with an answer left waiting, one stuck. */
async function letClocksRunOut(): Promise<void> {
  await bench.db.$executeRaw`
    UPDATE leads SET stage = 'accepted'
    WHERE stage IN ('qualified', 'assigned') AND id IN (SELECT lead_id FROM assignments WHERE status = 'accepted')`;
  await bench.db.$executeRaw`
    WITH worked AS (
      SELECT a.id, row_number() OVER (ORDER BY a.id) % 3 AS turn
      FROM assignments a JOIN leads l ON l.need_id = a.need_id
      WHERE a.status = 'accepted' AND l.stage IN ('accepted', 'opportunity'))
    UPDATE assignments a SET contact_late_at = CASE w.turn WHEN 0 THEN now() END,
      answer_late_at = CASE w.turn WHEN 1 THEN now() END, stuck_at = CASE w.turn WHEN 2 THEN now() END
    FROM worked w WHERE w.id = a.id`;
}

test('attention: pages put together are the whole, oldest first, and a rep sees of it what concerns their leads', async () => {
  const began = Date.now() - MINUTE;
  /** Each a second after the one before: rows that are written at once may have the same time. */
  const second = (n: number): Date => new Date(began + n * 1_000);
  await bench.db.bulkRun.create({
    data: {
      id: 'run_stopped',
      kind: 'resume',
      status: 'paused',
      rate: 1,
      total: 9,
      done: 4,
      error: 'x',
      startedBy: 'system',
      workedAt: second(0),
    },
  });
  await bench.db.bulkRun.create({
    data: { id: 'run_paused', kind: 'resume', status: 'paused', rate: 1, total: 9, startedBy: 'system' },
  });
  await bench.db.pause.createMany({
    data: [
      { scope: 'sending', by: 'system', since: second(1) },
      { scope: 'cadence:welcome', by: 'system', reason: 'a wrong price', since: second(1) },
    ],
  });
  await haltCanary(second(2));
  await letClocksRunOut();
  await bench.db.campaign.create({
    data: { id: 'cmp-unknown', key: 'spring', name: 'spring', unknownSince: second(3) },
  });
  await bench.db.broadcast.create({ data: { ...STOPPED_BROADCAST, workedAt: second(4) } });
  await bench.db.assignment.updateMany({ where: { status: 'offered' }, data: { dueAt: second(8) } });
  // What nobody has offered for a minute is on the list: no lead comes to that while the pages are read.
  await bench.db.$executeRaw`UPDATE leads SET updated_at = now() + interval '1 hour'`;
  const schedule = { cron: '0 9 * * TUE', timeZone: 'utc', catchUpMs: 1 };
  await bench.db.newsletter.create({
    data: { key: 'tips', schedule, revision: 1, passedAt: second(5), passedBecause: 'old words' },
  });
  await bench.db.mailRefusal.createMany({
    data: [
      { receiver: 'once.example', refusals: 1, until: second(6), since: second(6), heardBy: 'answer', reason: 'x' },
      {
        receiver: 'often.example',
        refusals: 3,
        until: second(6),
        since: second(6),
        heardBy: 'answer',
        reason: '550 no',
      },
      {
        receiver: 'person:rep-1',
        refusals: 2,
        until: second(7),
        since: second(7),
        heardBy: 'answer',
        reason: '452 full',
      },
    ],
  });
  const doubtful = { repId: 'rep-a', status: 'in_doubt' } as const;
  await bench.db.repMail.createMany({
    data: [
      // The next list left: nobody asks about this one any more.
      { id: 'send-list-0', ...doubtful, day: '2026-01-01', occurredAt: second(8) },
      { id: 'send-list-1', repId: 'rep-a', status: 'sent', day: '2026-01-02', occurredAt: second(8) },
      { id: 'send-list-2', ...doubtful, day: '2026-01-03', reason: 'x', occurredAt: second(8) },
      // It told of nothing that still waits.
      { id: 'send-alerts', ...doubtful, occurredAt: second(8) },
    ],
  });
  const all = await attentionPage(bench.db, { kind: 'all' }, null, null, 1_000);
  expect(all.filter(({ leadId }) => leadId === null).map(({ ref, reason }) => [ref, reason])).toEqual([
    ['run_stopped', 'The run (resume) stopped by itself after 4 of 9 leads. x'],
    ['cadence:welcome', 'The cadence ‘welcome’ is paused by system: a wrong price.'],
    ['sending', 'All sending to leads is paused by system.'],
    [expect.any(String), 'Canary of ‘x’ halted: worse'],
    ['spring', 'Touches name this campaign, and nobody lists it: neither campaigns.yaml nor the API.'],
    ['news', 'Broadcast ‘news’ stopped by itself. x'],
    ['tips', 'Newsletter ‘tips’ did not go out: old words.'],
    ['often.example', 'often.example has refused our mails 3 times in a row (at hand-over): 550 no'],
    ['person:rep-1', 'The mail server of rep-1 has refused our mails 2 times in a row (at hand-over): 452 full'],
    ['send-list-2', 'The list of 2026-01-03 for rep-a may or may not have left: x.'],
  ]);
  expect(new Set(all.map(({ kind }) => kind))).toEqual(
    new Set(ATTENTION_KINDS.filter((kind) => kind !== 'finding' && kind !== 'mail-returned')),
  );
  expect(all.filter(({ kind }) => kind === 'asked-again').map(({ ref }) => ref)).toEqual(
    ids
      .filter((_, n) => n % 4 === 3)
      .map((id) => `tch-${id}-${Number(id.slice(5)) % 8 === 3 ? 1 : 0}`)
      .toReversed(),
  );
  await fc.assert(
    fc.asyncProperty(
      anyScope,
      maybe(fc.constantFrom(...ATTENTION_KINDS)),
      fc.integer({ min: 3, max: 30 }),
      async (...given) => {
        const [scope, kind, limit] = given;
        const mine = new Set(seenBy(scope));
        const isTheirs = (row: (typeof all)[number]): boolean =>
          row.leadId === null
            ? scope.kind === 'all' ||
              (row.kind === 'rep-mail-in-doubt' && (scope.repId === 'rep-a' || scope.teams.includes('north')))
            : row.kind === 'task-overdue'
              ? isInScope(scope, tiesOfTask(taskOf(row.leadId)))
              : mine.has(row.leadId);
        const wanted = all.filter((row) => isTheirs(row) && (kind === undefined || row.kind === kind));
        const pages: typeof all = [];
        for (;;) {
          const last = pages.at(-1);
          const after = last === undefined ? null : { at: last.since, key: last.key };
          const page = await attentionPage(bench.db, scope, kind ?? null, after, limit);
          pages.push(...page);
          if (page.length < limit) break;
        }
        expect(pages.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
      },
    ),
    { numRuns: 60 },
  );
});
