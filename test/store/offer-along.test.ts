/** An offer waits for its decision alone: what came along from the rep before is overdue nowhere, until the offer is accepted. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isTaskLate } from '../../src/domain/dues.ts';
import type { Stage } from '../../src/domain/stage.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { readBoardLeads } from '../../src/store/lists/board.ts';
import { readDesk } from '../../src/store/lists/desk.ts';
import { listLeads } from '../../src/store/lists/leads.ts';
import { DAY, HOUR, openBench, PLAYBOOK, type Bench } from './support.ts';

const ALL = { kind: 'all' } as const;
/** The lead, its stage, and its hand-off; null: it was taken back, and waits for a rep. */
const GIVEN: readonly { name: string; stage: Stage; status: 'offered' | 'accepted' | null; decideIn?: number }[] = [
  { name: 'offered', stage: 'assigned', status: 'offered', decideIn: 2 * DAY },
  { name: 'let-pass', stage: 'assigned', status: 'offered', decideIn: -HOUR },
  { name: 'accepted', stage: 'accepted', status: 'accepted' },
  { name: 'taken-back', stage: 'qualified', status: null },
  { name: 'call-asked', stage: 'assigned', status: 'offered', decideIn: 2 * DAY },
];

let bench: Bench;
let nowMs: number;
beforeAll(async () => {
  bench = await openBench();
  nowMs = Date.now();
  const { db } = bench;
  const [now, late] = [new Date(nowMs), new Date(nowMs - DAY)];
  await db.rep.create({ data: { id: 'rep', key: 'ada', name: 'Ada', email: 'ada@x.example', teams: ['inside'] } });
  for (const { name, stage, status, decideIn } of GIVEN) {
    const needId = `need-${name}`;
    const email = `p@${name}.example`;
    await db.lead.create({ data: { id: name, email, stage, needId, scoreAt: now } });
    await db.need.create({ data: { id: needId, leadId: name, stage, openedAt: late } });
    await db.assignment.create({
      data: {
        id: `asg-${name}`,
        leadId: name,
        needId,
        repId: 'rep',
        team: 'inside',
        rule: 'rerouted',
        status: status ?? 'expired',
        offeredAt: late,
        dueAt: decideIn === undefined ? null : new Date(nowMs + decideIn),
        answerDueAt: late,
        answerLateAt: late,
        nextStepAt: late,
      },
    });
    const kind = name === 'call-asked' ? 'call' : 'next-step';
    await db.task.create({
      data: {
        id: `task-${name}`,
        key: name,
        leadId: name,
        repId: 'rep',
        kind,
        body: 'Send the quote',
        dueAt: late,
        tellAt: late,
        occurredAt: late,
      },
    });
  }
});
afterAll(() => bench[Symbol.asyncDispose]());

/** What each way to ask says is overdue. A call that a cadence asked for is, whoever has the lead. */
const HAND_OFFS_LATE = ['accepted', 'let-pass'];
const LATE = ['accepted', 'call-asked', 'let-pass'];

test('the desk, the board, the filter and what waits for a person name the same leads', async () => {
  const { db } = bench;
  const desk = await readDesk(db, 'rep', { scoring: PLAYBOOK.scoring, nowMs, zone: 'UTC', due: 'overdue' });
  expect(desk.map(({ leadId }) => leadId).toSorted()).toEqual(LATE);
  expect(desk.filter(({ task }) => task === null).map(({ leadId }) => leadId)).toHaveLength(HAND_OFFS_LATE.length);

  const ask = { kind: null, order: 'since', down: false, offset: 0, limit: 100 } as const;
  const board = await readBoardLeads(db, ALL, { ...ask, repId: null });
  const standsOut = board.map(({ leadId, standsOut: why }) => `${leadId} ${why}`).toSorted();
  expect(standsOut).toEqual(['accepted late-answer', 'let-pass no-decision']);

  const listed = async (overdue: boolean) =>
    (await listLeads(db, ALL, { match: { overdue } }, null, 100)).map(({ id }) => id).toSorted();
  expect(await listed(true)).toEqual(LATE);
  expect(await listed(false)).toEqual(['offered', 'taken-back']);

  const waits = async (kind: 'no-decision' | 'late-answer' | 'task-overdue') =>
    (await attentionPage(db, ALL, kind, null, 100)).map(({ leadId }) => leadId ?? '').toSorted();
  expect(await waits('no-decision')).toEqual(['let-pass']);
  expect(await waits('late-answer')).toEqual(['accepted']);
  expect(await waits('task-overdue')).toEqual(['accepted', 'call-asked']);
});

test('an offer shows what it comes with, and the decision is what is due; a task says the same as the lists', async () => {
  const desk = await readDesk(bench.db, 'rep', { scoring: PLAYBOOK.scoring, nowMs, zone: 'UTC' });
  const offer = desk.find(({ leadId, task }) => leadId === 'offered' && task === null);
  expect(offer).toMatchObject({ part: 'waits', isOffer: true, due: 'decision', dueAt: new Date(nowMs + 2 * DAY) });
  expect(offer).toMatchObject({ answerBy: new Date(nowMs - DAY), stepAt: new Date(nowMs - DAY) });
  const tasks = await bench.db.task.findMany({ include: { lead: true }, orderBy: { id: 'asc' } });
  const late = tasks.filter((task) => isTaskLate(task, task.lead.stage, nowMs)).map(({ leadId }) => leadId);
  expect(late).toEqual(['accepted', 'call-asked']);
});
