/** What is due in a hand-off is the same for a page, which asks the domain, and for lists, which ask SQL. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ASSIGNMENT_STATUSES } from '../../src/api/schemas/assignment.ts';
import { duesOfHandOff } from '../../src/domain/dues.ts';
import { isWithSales, STAGES } from '../../src/domain/stage.ts';
import { Prisma } from '../../src/store/generated/client.ts';
import { readDesk } from '../../src/store/lists/desk.ts';
import { duesSql } from '../../src/store/lists/dues.ts';
import { readListedLeads } from '../../src/store/lists/leads.ts';
import { NOW, openBench, PLAYBOOK, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Few instants, so that some are the same. */
const time = fc.option(fc.integer({ min: -3, max: 3 }).map((hours) => new Date(NOW + hours * 3_600_000)));
const handOff = fc.record({
  stage: fc.constantFrom(...STAGES),
  times: fc.record({
    status: fc.constantFrom(...ASSIGNMENT_STATUSES),
    dueAt: time,
    answerDueAt: time,
    firstContactAt: time,
    contactDueAt: time,
    nextStepAt: time,
  }),
});

test('by hand-offs at random: each that is due, in the same order; lists and the desk have the first of them', async () => {
  const seed = Date.now() % 1_000_000;
  const given = fc.sample(handOff, { numRuns: 400, seed }).map((one, n) => ({ ...one, n: String(n).padStart(3, '0') }));
  const { db } = bench;
  const at = new Date(NOW);
  await db.rep.create({ data: { id: 'rep', key: 'ada', name: 'Ada', email: 'ada@x.example', teams: ['inside'] } });
  await db.lead.createMany({
    data: given.map(({ n, stage }) => ({
      id: `lead-${n}`,
      email: `n${n}@dues-${n}.example`,
      stage,
      needId: `need-${n}`,
      scoreAt: at,
    })),
  });
  await db.need.createMany({ data: given.map(({ n }) => ({ id: `need-${n}`, leadId: `lead-${n}`, openedAt: at })) });
  await db.assignment.createMany({
    data: given.map(({ n, times }) => ({
      id: `asg-${n}`,
      leadId: `lead-${n}`,
      needId: `need-${n}`,
      repId: 'rep',
      team: 'inside',
      rule: 'x',
      offeredAt: at,
      ...times,
    })),
  });
  const wanted = new Map(
    given.map(({ n, stage, times }) => [
      `lead-${n}`,
      duesOfHandOff(times, stage, null).map((due) => [due.kind, due.at]),
    ]),
  );
  const rows = await db.$queryRaw<{ leadId: string; due: string; dueAt: Date }[]>`
    SELECT h.lead_id AS "leadId", d.due, d.due_at AS "dueAt" FROM assignments h JOIN leads l ON l.id = h.lead_id
    CROSS JOIN LATERAL (SELECT d.*, row_number() OVER () AS place FROM (${duesSql(Prisma.sql`l.stage`)}) d) d ORDER BY h.lead_id, d.place`;
  const found = new Map([...wanted.keys()].map((leadId) => [leadId, [] as [string, Date][]]));
  for (const { leadId, due, dueAt } of rows) found.get(leadId)?.push([due, dueAt]);
  expect(found, `seed ${seed}`).toEqual(wanted);
  expect([...wanted.values()].filter((dues) => dues.length > 1).length).toBeGreaterThan(5);

  const listed = await readListedLeads(db, [...wanted.keys()]);
  for (const { id, due, dueAt } of listed)
    expect([id, due, dueAt], `seed ${seed}`).toEqual([id, ...(wanted.get(id)?.[0] ?? [null, null])]);
  const desk = await readDesk(db, 'rep', { scoring: PLAYBOOK.scoring, nowMs: NOW, zone: 'UTC' });
  for (const { leadId, due, dueAt } of desk)
    expect([leadId, due, dueAt], `seed ${seed}`).toEqual([leadId, ...(wanted.get(leadId)?.[0] ?? [null, null])]);
  const withRep = given.filter(({ stage }) => isWithSales(stage) && stage !== 'qualified');
  const live = withRep.filter(({ times }) => times.status === 'offered' || times.status === 'accepted');
  expect(desk).toHaveLength(live.length);
});
