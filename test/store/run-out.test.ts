/** A clock that has run out makes a lead late for every list, whether or not the process of the lead has woken and marked it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DueKind, duesOfHandOff } from '../../src/domain/dues.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { readBoardLeads, readLoads, readResponses } from '../../src/store/lists/board.ts';
import { readDesk } from '../../src/store/lists/desk.ts';
import { readHeld } from '../../src/store/lists/held.ts';
import { listLeads } from '../../src/store/lists/leads.ts';
import type { StandsOut } from '../../src/store/lists/open-leads.ts';
import { DAY, HOUR, openBench, PLAYBOOK, type Bench } from './support.ts';

const ALL = { kind: 'all' } as const;
const REP = { id: 'rep', key: 'ada', name: 'Ada', email: 'ada@x.example', teams: ['inside'] };
/** Hours from now. None is so near that it runs out during the test. */
const WHEN = [null, -1, 5 * 24] as const;
/** Days by which the clock of the lead is ahead: a time that is still to come is over on it. */
const AHEAD = [0, 10] as const;
const REASONS: Readonly<Record<DueKind, StandsOut>> = {
  decision: 'no-decision',
  answer: 'late-answer',
  'first contact': 'late-contact',
  'next step': 'step-overdue',
};
/** The most urgent first. */
const URGENCY = ['answer', 'first contact', 'next step'] as const;

interface Made {
  leadId: string;
  stands: StandsOut | null;
  since: Date | null;
}

let bench: Bench;
let nowMs: number;
const made: Made[] = [];

/** Every mix of the times of an accepted hand-off, on both clocks; what is late is marked by the process, or is not yet. */
beforeAll(async () => {
  bench = await openBench();
  nowMs = Date.now();
  const at = (hours: number | null): Date | null => (hours === null ? null : new Date(nowMs + hours * HOUR));
  await bench.db.rep.create({ data: REP });
  const mixes = WHEN.flatMap((answer) =>
    WHEN.flatMap((contact) =>
      WHEN.flatMap((step) =>
        AHEAD.flatMap((ahead) => [true, false].map((contacted) => ({ answer, contact, step, ahead, contacted }))),
      ),
    ),
  );
  const rows = mixes.map(({ answer, contact, step, ahead, contacted }, n) => {
    const marked = ['neither', 'answer', 'both'][n % 3];
    const times = {
      status: 'accepted' as const,
      dueAt: null,
      answerDueAt: at(answer),
      firstContactAt: contacted ? at(-2) : null,
      contactDueAt: at(contact),
      nextStepAt: at(step),
    };
    const clockMs = nowMs + ahead * DAY;
    const late = duesOfHandOff(times, 'accepted', null).filter((due) => due.at.getTime() < clockMs);
    const lateAt = (kind: DueKind): Date | null => late.find((due) => due.kind === kind)?.at ?? null;
    const worst = URGENCY.find((kind) => lateAt(kind) !== null);
    made.push({
      leadId: `lead-${n}`,
      stands: worst === undefined ? (step === null ? 'no-step' : null) : REASONS[worst],
      since: worst === undefined ? (step === null ? at(-3) : null) : lateAt(worst),
    });
    const marks = {
      answerLateAt: marked === 'neither' ? null : lateAt('answer'),
      contactLateAt: marked === 'both' ? lateAt('first contact') : null,
    };
    return { n, ahead, hand: { ...times, ...marks } };
  });
  const opened = new Date(nowMs - 30 * DAY);
  await bench.db.lead.createMany({
    data: rows.map(({ n, ahead }) => ({
      id: `lead-${n}`,
      email: `n${n}@run-out-${n}.example`,
      stage: 'accepted',
      needId: `need-${n}`,
      ownerId: 'rep',
      scoreAt: opened,
      clockOffsetMs: BigInt(ahead * DAY),
    })),
  });
  await bench.db.need.createMany({
    data: rows.map(({ n }) => ({
      id: `need-${n}`,
      leadId: `lead-${n}`,
      ownerId: 'rep',
      stage: 'accepted',
      openedAt: opened,
    })),
  });
  await bench.db.assignment.createMany({
    data: rows.map(({ n, hand }) => ({
      id: `asg-${n}`,
      leadId: `lead-${n}`,
      needId: `need-${n}`,
      repId: 'rep',
      team: 'inside',
      rule: 'x',
      offeredAt: new Date(nowMs - 4 * HOUR),
      decidedAt: at(-3),
      offerDecidedAt: at(-3),
      ...hand,
    })),
  });
});
afterAll(() => bench[Symbol.asyncDispose]());

const of = (kinds: readonly (StandsOut | null)[]): string[] =>
  made
    .filter(({ stands }) => kinds.includes(stands))
    .map(({ leadId }) => leadId)
    .toSorted();
const LATE = ['late-answer', 'late-contact', 'step-overdue'] as const;

test('the board names what is late by the clock of the lead, and since when it is due', async () => {
  const ask = { kind: null, order: 'since', down: false, offset: 0, limit: 1_000 } as const;
  const wanted = made.filter(({ stands }) => stands !== null);
  const told = wanted.map(({ leadId, stands, since }) => `${leadId} ${stands} ${since?.toISOString()}`).toSorted();
  for (const repId of [null, 'rep']) {
    const rows = (await readBoardLeads(bench.db, ALL, { ...ask, repId })).filter(({ standsOut }) => standsOut !== null);
    expect(rows.map((row) => `${row.leadId} ${row.standsOut} ${row.since?.toISOString()}`).toSorted()).toEqual(told);
    const [load] = await readLoads(bench.db, ALL, repId, { held: await readHeld(bench.db), reps: [REP] });
    for (const kind of [...LATE, 'no-step'] as const) expect(load?.[kind], kind).toBe(of([kind]).length);
  }
  for (const kind of LATE) expect(of([kind]).length).toBeGreaterThan(3);
});

test('the list of what waits for a person has the same leads for the same reason', async () => {
  for (const kind of ['late-answer', 'late-contact'] as const) {
    const page = await attentionPage(bench.db, ALL, kind, null, 1_000);
    expect(page.map(({ leadId }) => leadId ?? '').toSorted(), kind).toEqual(of([kind]));
    const since = new Map(made.map((one) => [one.leadId, one.since?.getTime()]));
    for (const entry of page) expect(entry.since.getTime()).toBe(since.get(entry.leadId ?? ''));
  }
});

test('leads filtered by what is overdue are those of the board, and the rep’s own list says the same', async () => {
  const list = async (overdue: boolean): Promise<string[]> =>
    (await listLeads(bench.db, ALL, { match: { overdue } }, null, 1_000)).map(({ id }) => id).toSorted();
  expect(await list(true)).toEqual(of(LATE));
  expect(await list(false)).toEqual(of(['no-step', null]));
  const desk = await readDesk(bench.db, 'rep', { scoring: PLAYBOOK.scoring, nowMs, zone: 'UTC', due: 'overdue' });
  expect(desk.map(({ leadId }) => leadId).toSorted()).toEqual(of(LATE));
});

test('the share in time counts what has run out, marked or not', async () => {
  const own = await bench.db.assignment.findMany({ include: { lead: true } });
  const due = own.filter(({ contactDueAt }) => contactDueAt !== null);
  const isLate = ({ contactDueAt, lead, firstContactAt }: (typeof own)[number]): boolean =>
    firstContactAt === null && (contactDueAt?.getTime() ?? Infinity) < nowMs + Number(lead.clockOffsetMs);
  const isInTime = ({ contactDueAt, firstContactAt }: (typeof own)[number]): boolean =>
    firstContactAt !== null && contactDueAt !== null && firstContactAt <= contactDueAt;
  const [inTime, late] = [due.filter(isInTime).length, due.filter(isLate).length];
  const responses = await readResponses(bench.db, ['rep'], new Date(nowMs));
  expect(responses.find(({ repId }) => repId === 'rep')?.contact.inTime).toBeCloseTo(inTime / (inTime + late), 6);
});
