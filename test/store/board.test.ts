/** A manager's board: what stands out and why is as the plain rule says it of each lead, and every count is that of its rows. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoardOrder, readBoardLeads, readLoads, readResponses } from '../../src/store/lists/board.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { readHeld } from '../../src/store/lists/held.ts';
import { listRepsWithLeads } from '../../src/store/lists/reps.ts';
import { readOpening, readUnoffered } from '../../src/store/lists/queue.ts';
import { STANDS_OUT, type StandsOut } from '../../src/store/lists/open-leads.ts';
import { DAY, openBench, type Bench } from './support.ts';

const REPS = [
  { id: 'rep-a', key: 'ann', name: 'Ann', teams: ['north'] },
  { id: 'rep-b', key: 'ben', name: 'Ben', teams: ['north', 'south'] },
  { id: 'rep-c', key: 'cia', name: 'Cia', teams: ['south'] },
];
const COUNT = 120;

interface Made {
  leadId: string;
  repId: string;
  team: string;
  valueMinor: number;
  stands: StandsOut | null;
}

let bench: Bench;
const open: Made[] = [];

/** In a fixed mix: periods without a common divisor meet in all ways. */
beforeAll(async () => {
  bench = await openBench();
  const { db } = bench;
  const nowMs = Date.now();
  const ago = (days: number): Date => new Date(nowMs - days * DAY);
  await db.rep.createMany({ data: REPS.map((rep) => ({ ...rep, email: `${rep.key}@x.example` })) });
  for (let n = 0; n < COUNT; n += 1) {
    const rep = REPS[n % 3] ?? REPS[0];
    const team = rep?.teams[n % (rep.teams.length ?? 1)] ?? 'north';
    const { id: leadId } = await bench.lead({ firstName: `L${n}` });
    const needId = `need-${n}`;
    const clockDays = n % 7 === 0 ? 10 : 0;
    const status = n % 5 === 0 ? 'offered' : n % 11 === 0 ? 'rejected' : 'accepted';
    const isClosed = n % 13 === 0;
    const step = [ago(2), ago(-3), null][n % 4] ?? null;
    const late = { answer: n % 8 === 1, contact: n % 6 === 1, contacted: n % 12 === 1, stuck: n % 9 === 2 };
    await db.need.create({
      data: { id: needId, leadId, openedAt: ago(30), valueMinor: BigInt(n * 100), currency: 'EUR' },
    });
    await db.lead.update({
      where: { id: leadId },
      data: { needId, stage: 'accepted', ownerId: rep?.id ?? null, clockOffsetMs: BigInt(clockDays * DAY) },
    });
    await db.assignment.create({
      data: {
        id: `a-${n}`,
        leadId,
        needId,
        repId: rep?.id ?? '',
        team,
        rule: 'x',
        status,
        offeredAt: ago(20),
        dueAt: status === 'offered' ? ago(n % 2 === 0 ? 1 : -5) : null,
        decidedAt: status === 'offered' ? null : ago(19),
        closedAt: isClosed && status === 'accepted' ? ago(1) : null,
        nextStepAt: status === 'accepted' ? step : null,
        answerLateAt: late.answer ? ago(3) : null,
        contactLateAt: late.contact ? ago(4) : null,
        firstContactAt: late.contacted ? ago(2) : null,
        stuckAt: late.stuck ? ago(5) : null,
      },
    });
    if (status === 'rejected' || (isClosed && status === 'accepted')) continue;
    const clockMs = nowMs + clockDays * DAY;
    const offerMs = ago(n % 2 === 0 ? 1 : -5).getTime();
    const stands: StandsOut | null =
      status === 'offered'
        ? offerMs < clockMs
          ? 'no-decision'
          : null
        : late.answer
          ? 'late-answer'
          : late.contact && !late.contacted
            ? 'late-contact'
            : step !== null && step.getTime() < clockMs
              ? 'step-overdue'
              : late.stuck
                ? 'stuck'
                : step === null
                  ? 'no-step'
                  : null;
    open.push({ leadId, repId: rep?.id ?? '', team, valueMinor: n * 100, stands });
  }
});
afterAll(() => bench[Symbol.asyncDispose]());

const ALL = { kind: 'all' } as const;
const SOUTH = { kind: 'rep', repId: 'nobody', teams: ['south'] } as const;
const ask = { repId: null, kind: null, order: 'since', down: false, offset: 0, limit: 500 } as const;

test('what stands out is told of each lead by the most urgent reason, within the teams of whoever looks', async () => {
  const inSouth = ({ repId, team }: Made): boolean => team === 'south' || repId !== 'rep-a';
  for (const [scope, isSeen] of [[ALL, () => true] as const, [SOUTH, inSouth] as const]) {
    const rows = await readBoardLeads(bench.db, scope, ask);
    const wanted = open.filter((one) => one.stands !== null && isSeen(one));
    expect(rows.map(({ leadId, standsOut }) => `${leadId} ${standsOut}`).toSorted()).toEqual(
      wanted.map(({ leadId, stands }) => `${leadId} ${stands}`).toSorted(),
    );
    expect(new Set(wanted.map(({ stands }) => stands)).size).toBe(STANDS_OUT.length);
    const since = rows.map((row) => row.since?.getTime() ?? Number.NaN);
    expect(since).toEqual(since.toSorted((a, b) => a - b));
  }
});

test('each count is that of its rows; leads whose need is closed are in none', async () => {
  const known = { held: await readHeld(bench.db), reps: REPS };
  const loads = await readLoads(bench.db, ALL, null, known);
  for (const { id } of REPS) {
    const its = loads.filter(({ repId }) => repId === id);
    const ofRep = open.filter(({ repId }) => repId === id);
    expect(its.reduce((sum, { offered, accepted }) => sum + offered + accepted, 0)).toBe(ofRep.length);
    for (const kind of STANDS_OUT) {
      const wanted = ofRep.filter(({ stands }) => stands === kind).length;
      expect(
        its.reduce((sum, load) => sum + load[kind], 0),
        `${id} ${kind}`,
      ).toBe(wanted);
      expect(await readBoardLeads(bench.db, ALL, { ...ask, kind })).toHaveLength(
        open.filter(({ stands }) => stands === kind).length,
      );
    }
    const rows = await readBoardLeads(bench.db, ALL, { ...ask, repId: id });
    expect(rows).toHaveLength(ofRep.length);
    const offered = rows.filter(({ status }) => status === 'offered').length;
    expect((await listRepsWithLeads(bench.db)).find((rep) => rep.id === id)).toMatchObject({
      open: ofRep.length,
      offered,
    });
    const [ofOne, all] = [await readLoads(bench.db, ALL, id, known), its];
    expect(ofOne).toEqual(all);
  }
  const inSouth = open.filter(({ repId, team }) => team === 'south' || repId !== 'rep-a');
  const ofSouth = await readLoads(bench.db, SOUTH, null, known);
  expect(ofSouth.reduce((sum, { offered, accepted }) => sum + offered + accepted, 0)).toBe(inSouth.length);
});

test('an overdue decision is one for the board and for the list of what waits for a person', async () => {
  for (const scope of [ALL, SOUTH]) {
    const rows = await readBoardLeads(bench.db, scope, { ...ask, kind: 'no-decision' });
    const listed = await attentionPage(bench.db, scope, 'no-decision', null, 500);
    expect(listed.map(({ ref }) => ref ?? '').toSorted()).toEqual(
      rows.map(({ assignmentId }) => assignmentId).toSorted(),
    );
    expect(listed.length).toBeGreaterThan(5);
    for (const { ref, since } of listed)
      expect(since).toEqual(rows.find(({ assignmentId }) => assignmentId === ref)?.since);
  }
});

test('a ready lead with no rep is told once: for a person, for the hours of its team, about to be offered, paused, or held', async () => {
  const { db } = bench;
  const long = new Date(Date.now() - DAY);
  const given = [
    { name: 'fresh', lead: {}, need: {} },
    { name: 'old', lead: {}, need: { waitingFor: 'room', waitingTeam: 'west' }, updatedAt: long },
    { name: 'closed', lead: {}, need: { waitingFor: 'hours', waitingTeam: 'west', tryAgainAt: new Date() } },
    { name: 'paused', lead: { pausedAt: long }, need: { waitingFor: 'room', waitingTeam: 'west' }, updatedAt: long },
    { name: 'put off', lead: { pausedAt: long }, need: { waitingFor: 'hours', waitingTeam: 'west' }, updatedAt: long },
    { name: 'held', lead: { heldAt: long }, need: { waitingFor: 'hours', waitingTeam: 'west' }, updatedAt: long },
    {
      name: 'asked',
      lead: { pausedAt: long },
      need: { waitingBecause: 'Everybody let it pass.', waitingTeam: 'west' },
    },
  ] as const;
  const ids = new Map<string, string>();
  for (const { name, lead, need, ...more } of given) {
    const { id } = await bench.lead({ firstName: name });
    const needId = `need-of-${id}`;
    await db.need.create({ data: { id: needId, leadId: id, openedAt: long, ...need } });
    await db.lead.update({ where: { id }, data: { needId, stage: 'qualified', ...lead, ...more } });
    ids.set(id, name);
  }
  const WEST = { kind: 'rep', repId: 'nobody', teams: ['west'] } as const;
  for (const scope of [ALL, WEST]) {
    const listed = await attentionPage(db, scope, 'unassigned', null, 500);
    expect(listed.map(({ leadId }) => ids.get(leadId ?? '') ?? '').toSorted()).toEqual(['asked', 'old']);
    expect(await readOpening(db, scope)).toMatchObject({ leads: 1 });
    // Of which team the fresh one will be nobody knows yet.
    expect(await readUnoffered(db, scope)).toEqual({ soon: scope === ALL ? 1 : 0, paused: 2, held: 1 });
  }
});

test('every order shows the same leads, and pages put together are the whole', async () => {
  const all = await readBoardLeads(bench.db, ALL, ask);
  const orders: BoardOrder[] = ['why', 'since', 'next', 'rep', 'lead', 'value'];
  for (const order of orders)
    for (const down of [false, true]) {
      const pages = await Promise.all(
        [0, 20, 40, 60, 80, 100].map((offset) =>
          readBoardLeads(bench.db, ALL, { ...ask, order, down, offset, limit: 20 }),
        ),
      );
      const ids = pages.flat().map(({ leadId }) => leadId);
      expect(ids.toSorted(), order).toEqual(all.map(({ leadId }) => leadId).toSorted());
    }
  const [dearest] = await readBoardLeads(bench.db, ALL, { ...ask, order: 'value', down: true, limit: 1 });
  expect(Number(dearest?.valueMinor)).toBe(
    Math.max(...open.filter(({ stands }) => stands !== null).map((o) => o.valueMinor)),
  );
});

test('how fast a rep decides is told by what they decided: what was moved away later counts, what was given elsewhere undecided does not while there was time, and an overdue one is not in time', async () => {
  const { db } = bench;
  const nowMs = Date.now();
  const at = (minutes: number): Date => new Date(nowMs - DAY + minutes * 60_000);
  await db.rep.create({ data: { id: 'rep-fast', key: 'fay', name: 'Fay', teams: ['east'], email: 'fay@x.example' } });
  const offers = [
    { status: 'rerouted', offerDecidedAt: at(10), decidedAt: at(900), decidedBy: 'usr-1' },
    { status: 'rejected', offerDecidedAt: at(20), decidedAt: at(900) },
    { status: 'expired', decidedAt: at(60) },
    // Given to somebody else when its time was over.
    { status: 'rerouted', decidedAt: at(90), decidedBy: 'usr-1' },
    // Given to somebody else before it was decided; an opportunity that was handed over; one that was taken back.
    { status: 'rerouted', decidedAt: at(1), decidedBy: 'usr-1' },
    { status: 'accepted', decidedAt: at(0), dueAt: null },
    { status: 'expired', reason: 'no-activity' },
    // Still waits, in time and too late.
    { status: 'offered', dueAt: new Date(nowMs + DAY), closedAt: null },
    { status: 'offered', dueAt: at(60), closedAt: null },
  ] as const;
  for (const [n, offer] of offers.entries()) {
    const { id: leadId } = await bench.lead({ firstName: `F${n}` });
    const needId = `need-fast-${n}`;
    await db.need.create({ data: { id: needId, leadId, openedAt: at(0) } });
    const row = {
      id: `f-${n}`,
      leadId,
      needId,
      repId: 'rep-fast',
      team: 'east',
      rule: 'x',
      offeredAt: at(0),
      dueAt: at(60),
    };
    await db.assignment.create({ data: { ...row, closedAt: at(990), ...offer } });
  }
  const all = await readResponses(db, ['rep-fast'], new Date(nowMs));
  const expected = { offers: 5, median: 900, p90: 1_200, inTime: 2 / 5 };
  expect(all.find(({ repId }) => repId === 'rep-fast')).toMatchObject(expected);
  expect(all.find(({ team }) => team === 'east')).toMatchObject(expected);
});
