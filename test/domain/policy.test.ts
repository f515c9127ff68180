/** docs/policy.md says what the policy does, cell by cell, and the process judges by it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/actor.ts';
import { judge } from '../../src/domain/judge.ts';
import {
  ACTIONS,
  type Action,
  boardScopeOf,
  type LeadTies,
  may,
  tiesOfAssignment,
  tiesOfRep,
} from '../../src/domain/policy.ts';
import type { Standing } from '../../src/domain/standing.ts';

const key = (role: 'site' | 'marketer' | 'operator' | 'admin'): Actor => ({
  kind: 'key',
  keyId: 'key-1',
  manager: role === 'operator' || role === 'admin',
  role,
});
const rep: Actor = { kind: 'rep', repId: 'rep-ada', manager: false, teams: ['north'] };
const ACTORS: Readonly<Record<string, Actor>> = {
  'site key': key('site'),
  rep,
  manager: { ...rep, repId: 'rep-mia', manager: true },
  'manager above the teams': { ...rep, repId: 'rep-boss', manager: true, teams: [] },
  marketer: key('marketer'),
  operator: key('operator'),
  admin: key('admin'),
  'link to decide': { ...rep, link: 'asg-1' },
  'link to unsubscribe': { kind: 'lead', leadId: 'lead-1' },
};

const HAND_OFF = { id: 'asg-1', repId: 'rep-ada', team: 'north', isLive: true };
const lead = (ties: Partial<LeadTies>): LeadTies => ({
  leadId: 'lead-1',
  ownerId: null,
  ownerTeams: [],
  handOff: null,
  ...ties,
});
const ADAS = lead({ ownerId: 'rep-ada', ownerTeams: ['north'], handOff: HAND_OFF });
const BOBS = lead({
  ownerId: 'rep-bob',
  ownerTeams: ['north'],
  handOff: { ...HAND_OFF, id: 'asg-2', repId: 'rep-bob' },
});
const DINOS = lead({
  leadId: 'lead-2',
  ownerId: 'rep-dino',
  ownerTeams: ['south'],
  handOff: { id: 'asg-3', repId: 'rep-dino', team: 'south', isLive: true },
});
const NOBODYS = lead({ leadId: 'lead-3' });

/** What is true of these four leads, as a cell of the table says it. */
const CELLS: Readonly<Record<string, boolean[]>> = {
  any: [true, true, true, true],
  "team's": [true, true, false, false],
  own: [true, false, false, false],
  '–': [false, false, false, false],
};
/** A link to decide is about one assignment, one to unsubscribe about one person. */
const ITS_OWN: Readonly<Record<string, boolean[]>> = {
  'link to decide': [true, false, false, false],
  'link to unsubscribe': [true, true, false, false],
};

const page = await readFile(path.join(import.meta.dirname, '..', '..', 'docs', 'policy.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const [, ...columns] = rows.find(([first]) => first === 'action') ?? [];
const actions = rows.filter(([first = '']) => first.startsWith('`'));

describe('the table of actions in docs/policy.md', () => {
  test('has every action and every kind of actor', () => {
    expect(actions.map(([action]) => action)).toEqual(ACTIONS.map((action) => `\`${action}\``));
    expect(columns).toEqual(Object.keys(ACTORS));
  });

  test.each(actions)('%s', (name, ...cells) => {
    const action = name?.replaceAll('`', '') as Action;
    columns.forEach((column, n) => {
      const actor = ACTORS[column];
      if (actor === undefined) throw new Error(column);
      const cell = cells[n] ?? '';
      const wanted = CELLS[cell] ?? ITS_OWN[column];
      for (const [index, ties] of [ADAS, BOBS, DINOS, NOBODYS].entries()) {
        // What concerns a rep is asked for the owners of these leads.
        const concerned = action === 'switch-rep' ? tiesOfRep({ teams: ties.ownerTeams }) : ties;
        expect(may(actor, action, concerned), `${column}, lead ${index}`).toBe(wanted?.[index]);
      }
    });
  });
});

describe('users of the console', () => {
  const user = (role: 'marketer' | 'manager' | 'operator' | 'admin', teams: string[] = []): Actor => ({
    kind: 'user',
    userId: 'usr-1',
    manager: role !== 'marketer',
    role,
    teams,
  });

  test.each([
    ['marketer', user('marketer'), ACTORS['marketer']],
    ['operator', user('operator'), ACTORS['operator']],
    ['admin', user('admin'), ACTORS['admin']],
    ['manager above the teams', user('manager'), ACTORS['manager above the teams']],
    ['manager of a team', user('manager', ['north']), ACTORS['manager']],
  ])('a %s may do what the same party may by a key', (_, actor, party = rep) => {
    for (const action of ACTIONS)
      for (const ties of [ADAS, BOBS, DINOS, NOBODYS])
        expect(may(actor, action, ties), action).toBe(may(party, action, ties));
  });

  test('a board shows all leads, or those of the teams that somebody manages, and none to a rep', () => {
    expect([user('admin'), user('manager', ['north']), ACTORS['manager'] ?? rep, rep].map(boardScopeOf)).toEqual([
      { kind: 'all' },
      { kind: 'rep', repId: 'usr-1', teams: ['north'] },
      { kind: 'rep', repId: 'rep-mia', teams: ['north'] },
      null,
    ]);
  });
});

describe('whose a lead is, by the second table', () => {
  const manager = ACTORS['manager'] ?? rep;
  test.each<[string, LeadTies, boolean, boolean]>([
    ['is in the nurture pool', NOBODYS, false, false],
    ['is offered', ADAS, true, true],
    ['was let go and nobody has it yet', lead({ handOff: { ...HAND_OFF, isLive: false } }), false, true],
    ['was passed on within the team', BOBS, false, true],
    ['was rerouted to another team', { ...DINOS, leadId: 'lead-1' }, false, false],
    ['is closed, with its last owner', lead({ ...ADAS, handOff: { ...HAND_OFF, isLive: false } }), true, true],
    ['asked again, not handed over yet', lead({}), false, false],
  ])('%s', (_, ties, isReps, isTeams) => {
    expect(may(rep, 'disqualify', ties)).toBe(isReps);
    expect(may(manager, 'disqualify', ties)).toBe(isTeams);
  });

  test('an assignment that is over is still seen by whose it was', () => {
    const over = tiesOfAssignment({ id: 'asg-1', leadId: 'lead-1', repId: 'rep-ada', team: 'north' });
    const other = tiesOfAssignment({ id: 'asg-3', leadId: 'lead-1', repId: 'rep-dino', team: 'south' });
    expect([rep, manager].map((actor) => may(actor, 'see-assignment', over))).toEqual([true, true]);
    expect([rep, manager].map((actor) => may(actor, 'see-assignment', other))).toEqual([false, false]);
  });
});

describe('the process, which knows no teams', () => {
  const standing: Standing = {
    stage: 'assigned',
    score: 0,
    grade: 'C',
    source: null,
    cadence: null,
    ownerId: 'rep-ada',
    assignment: { id: 'asg-1', repId: 'rep-ada', status: 'offered' },
    paused: false,
    held: false,
    forwarded: false,
    next: { kind: 'nothing', summary: '' },
    because: '',
  };
  const told = (actor: Actor) => judge(standing, { commandId: 'cmd-1', actor, kind: 'pause' })?.code ?? null;

  test('refuses a rep without a tie to the lead; for a manager of teams the activity decides under the lock', () => {
    expect(told(rep)).toBeNull();
    expect(told({ ...rep, repId: 'rep-bob' })).toBe('FORBIDDEN');
    expect(told({ ...rep, repId: 'rep-mia', manager: true, teams: ['south'] })).toBeNull();
    const south: Actor = { ...rep, repId: 'rep-mia', manager: true, teams: ['south'] };
    expect(judge(standing, { commandId: 'cmd-1', actor: south, kind: 'pause' }, ADAS)?.code).toBe('FORBIDDEN');
  });

  test('knows no hand-off of a lead in the nurture pool, as the activity knows none', () => {
    const pooled: Standing = { ...standing, stage: 'nurturing', ownerId: null };
    expect(judge(pooled, { commandId: 'cmd-1', actor: rep, kind: 'pause' })?.code).toBe('FORBIDDEN');
  });

  test('takes a command that an older version gave, without role and teams', () => {
    expect(told({ kind: 'key', keyId: 'key-1', manager: true })).toBeNull();
    expect(told({ kind: 'key', keyId: 'key-1', manager: false })).toBeNull();
    expect(told({ kind: 'rep', repId: 'rep-boss', manager: true })).toBeNull();
    expect(told({ kind: 'rep', repId: 'rep-ada', manager: false })).toBeNull();
    expect(told({ kind: 'rep', repId: 'rep-bob', manager: false })).toBe('FORBIDDEN');
  });

  test('refuses a decision that is too late as too late, before any other reason', () => {
    const command = { commandId: 'cmd-1', actor: rep, kind: 'accept', assignmentId: 'asg-0' } as const;
    expect(judge(standing, command)).toMatchObject({ code: 'ASSIGNMENT_TAKEN' });
  });
});
