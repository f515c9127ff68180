/** What the policy says of one lead, and what the database lists: the same, for any leads, reps, teams and hand-offs. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/actor.ts';
import { type LeadTies, may, type Scope, scopeOf, tiesOfAssignment } from '../../src/domain/policy.ts';
import { isInNurturePool, type Stage, STAGES } from '../../src/domain/stage.ts';
import { readTies } from '../../src/store/access/lead-ties.ts';
import type { AssignmentStatus } from '../../src/store/generated/client.ts';
import { listAssignments } from '../../src/store/lists/assignments.ts';
import { attentionPage } from '../../src/store/lists/attention.ts';
import { listLeads } from '../../src/store/lists/leads.ts';
import { openBench, type Bench } from './support.ts';

const TEAMS = ['north', 'south', 'west'];
const LEADS = 150;
/** Of the world; a failure names it. */
const SEED = Date.now() % 2 ** 31;

interface RandomRep {
  teams: string[];
  manager: boolean;
}
interface RandomHandOff {
  rep: number;
  team: string;
  /** Of all but the last of a need: how it ended. */
  over: AssignmentStatus;
}
interface RandomLead {
  stage: Stage;
  /** Hand-offs of a need that is closed, then those of the current one. */
  before: RandomHandOff[];
  now: RandomHandOff[];
  last: AssignmentStatus;
  /** Owner of a lead that no live hand-off gives one. */
  owner: number | null;
  /** The team that its current need waits for. */
  waits: string | null;
}

const anyRep: fc.Arbitrary<RandomRep> = fc.record({ teams: fc.subarray(TEAMS), manager: fc.boolean() });
const anyHandOff: fc.Arbitrary<RandomHandOff> = fc.record({
  rep: fc.nat(),
  team: fc.constantFrom(...TEAMS),
  over: fc.constantFrom<AssignmentStatus>('rejected', 'expired', 'rerouted', 'withdrawn'),
});
const anyLead: fc.Arbitrary<RandomLead> = fc.record({
  stage: fc.constantFrom(...STAGES),
  before: fc.array(anyHandOff, { maxLength: 2 }),
  now: fc.array(anyHandOff, { maxLength: 3 }),
  last: fc.constantFrom<AssignmentStatus>('offered', 'accepted', 'rejected', 'expired', 'withdrawn'),
  owner: fc.option(fc.nat(), { nil: null }),
  waits: fc.option(fc.constantFrom(...TEAMS), { nil: null }),
});
const anyWorld = fc.record({
  reps: fc.array(anyRep, { minLength: 8, maxLength: 8 }),
  leads: fc.array(anyLead, { minLength: LEADS, maxLength: LEADS }),
});

let bench: Bench;
let reps: (RandomRep & { id: string })[];
const expected = new Map<string, LeadTies>();
const assignments: { id: string; leadId: string; repId: string; team: string }[] = [];

beforeAll(async () => {
  bench = await openBench();
  const [world] = fc.sample(anyWorld, { numRuns: 1, seed: SEED });
  if (world === undefined) throw new Error('There is no world');
  reps = world.reps.map((rep, n) => ({ ...rep, id: `rep-${n}` }));
  await bench.db.rep.createMany({
    data: reps.map((rep) => ({ ...rep, key: rep.id, name: rep.id, email: `${rep.id}@sales.example` })),
  });
  for (const [n, lead] of world.leads.entries()) await write(`lead-${String(n).padStart(32, '0')}`, lead, n);
});
afterAll(() => bench[Symbol.asyncDispose]());

const repOf = (n: number) => reps[n % reps.length] ?? { id: '', teams: [], manager: false };

async function write(leadId: string, lead: RandomLead, n: number): Promise<void> {
  const at = new Date(bench.now - n * 60_000);
  const inPool = isInNurturePool(lead.stage);
  const latest = lead.now.at(-1);
  // In the nurture pool no hand-off is live.
  const status = inPool && (lead.last === 'offered' || lead.last === 'accepted') ? 'rejected' : lead.last;
  const isLive = latest !== undefined && (status === 'offered' || status === 'accepted');
  // Who has a live hand-off is the owner.
  const owner = isLive ? repOf(latest.rep) : lead.owner === null ? null : repOf(lead.owner);
  const needs = [`need-old-${n}`, `need-now-${n}`] as const;
  await bench.db.lead.create({
    data: {
      id: leadId,
      email: `${leadId}@firm.example`,
      stage: lead.stage,
      needId: needs[1],
      ownerId: owner?.id ?? null,
      scoreAt: at,
      heldAt: at,
      needs: {
        create: [
          { id: needs[0], openedAt: at, closedAt: at },
          { id: needs[1], openedAt: at, waitingTeam: lead.waits },
        ],
      },
    },
  });
  const handOff = async (needId: string, turn: number, given: RandomHandOff, state: AssignmentStatus) => {
    const id = `asg-${needId}-${turn}`;
    const row = { id, leadId, repId: repOf(given.rep).id, team: given.team };
    assignments.push(row);
    const createdAt = new Date(at.getTime() + turn * 1_000);
    await bench.db.assignment.create({
      data: { ...row, needId, rule: 'all', status: state, offeredAt: at, createdAt },
    });
    return row;
  };
  // What was won stays accepted: of a need that is over it gives no part in the next.
  for (const [turn, given] of lead.before.entries()) {
    await handOff(needs[0], turn, given, turn === lead.before.length - 1 ? 'accepted' : given.over);
  }
  let current: LeadTies['handOff'] = null;
  for (const [turn, given] of lead.now.entries()) {
    const { id, repId, team } = await handOff(needs[1], turn, given, given === latest ? status : given.over);
    current = { id, repId, team, isLive };
  }
  expected.set(leadId, {
    leadId,
    ownerId: owner?.id ?? null,
    ownerTeams: owner?.teams ?? [],
    handOff: inPool ? null : current,
    waitsFor: lead.stage === 'qualified' ? lead.waits : null,
  });
}

const anyActor: fc.Arbitrary<Actor> = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 7 }).map((n): Actor => repActor(n)) },
  fc.constantFrom<Actor>(
    { kind: 'key', keyId: 'key-1', manager: false, role: 'marketer' },
    { kind: 'key', keyId: 'key-1', manager: true, role: 'operator' },
    { kind: 'system' },
  ),
);
function repActor(n: number): Actor {
  const { id, manager, teams } = repOf(n);
  return { kind: 'rep', repId: id, manager, teams };
}
const scopeFor = (actor: Actor, action: 'see-lead' | 'see-assignment' | 'see-attention'): Scope => {
  const scope = scopeOf(actor, action);
  if (scope === null) throw new Error('This actor sees no list');
  return scope;
};

test('the ties read from the rows are those that were written', async () => {
  const read = await readTies(bench.db, [...expected.keys()]);
  expect(Object.fromEntries(read), `seed ${SEED}`).toEqual(Object.fromEntries(expected));
});

test('every list shows what may be seen, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(anyActor, async (actor) => {
      const seen = [...expected.values()].filter((ties) => may(actor, 'see-lead', ties)).map(({ leadId }) => leadId);
      const leads = await listLeads(bench.db, scopeFor(actor, 'see-lead'), {}, null, LEADS);
      expect(
        leads.map(({ id }) => id),
        `seed ${SEED}`,
      ).toEqual(seen.toSorted().toReversed());
      // Filters that decide by which ties a lead can be found.
      for (const filter of [{ owner: 'none' }, { stage: 'dormant' }, { stage: 'qualified' }] as const) {
        const found = await listLeads(bench.db, scopeFor(actor, 'see-lead'), filter, null, LEADS);
        const { stage, owner } = { stage: undefined, owner: undefined, ...filter };
        const where = { id: { in: seen }, ...(stage && { stage }), ...(owner && { ownerId: null }) };
        const wanted = await bench.db.lead.findMany({ where, orderBy: { id: 'desc' }, select: { id: true } });
        expect(found.map(({ id }) => ({ id }))).toEqual(wanted);
      }
      const attention = await attentionPage(bench.db, scopeFor(actor, 'see-attention'), 'held', null, LEADS);
      expect(attention.map(({ leadId }) => String(leadId)).toSorted(), `seed ${SEED}`).toEqual(seen.toSorted());
      const listed = await listAssignments(bench.db, scopeFor(actor, 'see-assignment'), {}, null, assignments.length);
      expect(listed.map(({ id }) => id).toSorted(), `seed ${SEED}`).toEqual(
        assignments
          .filter((row) => may(actor, 'see-assignment', tiesOfAssignment(row)))
          .map(({ id }) => id)
          .toSorted(),
      );
    }),
    { numRuns: 60 },
  );
});
