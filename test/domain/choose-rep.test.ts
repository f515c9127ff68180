import { describe, expect, it } from 'vitest';
import { hadItInClause } from '../../src/domain/had-before.ts';
import { chooseRep, NO_WANTS, type RepFacts, type Wants } from '../../src/domain/choose-rep.ts';
import type { Team } from '../../src/domain/routing.ts';
import { NO_HOLIDAYS } from '../../src/domain/schedule.ts';

const TEAM: Team = {
  team: 'europe',
  name: 'Europe',
  reps: ['ada', 'bob', 'cleo'],
  sla: { accept: { amount: 4, unit: 'hours' }, remindAfter: { amount: 2, unit: 'hours' } },
  workingHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' },
  timeZone: 'Europe/Berlin',
};
const rep = (key: string, more: Partial<RepFacts> = {}): RepFacts => ({
  id: key,
  key,
  turn: null,
  lastOfferedAtMs: null,
  maxOpen: null,
  maxPerDay: null,
  maxPerHour: null,
  awayFrom: null,
  awayUntil: null,
  skills: [],
  languages: [],
  timeZone: null,
  workingHours: null,
  ...more,
});
/** Friday 27 November 2026, 17:55 in Berlin. */
const FRIDAY = Date.UTC(2026, 10, 27, 16, 55);
const HOUR = 3_600_000;

function choose(
  reps: RepFacts[],
  {
    wants = NO_WANTS,
    refusers = {},
    atMs = FRIDAY,
    team = TEAM,
  }: { wants?: Wants; refusers?: Record<string, string>; atMs?: number; team?: Team } = {},
) {
  const loads = new Map([['full', { open: 5, lastDay: 0, lastHour: 0 }]]);
  return chooseRep({
    team,
    reps,
    wants,
    loads,
    refusers: new Map(Object.entries(refusers)),
    isHoliday: NO_HOLIDAYS,
    atMs,
  });
}

describe('chooseRep', () => {
  it('says of each rep why not', () => {
    const choice = choose(
      [
        rep('ada', { skills: ['frost'], languages: ['de'] }),
        rep('bob', { languages: ['it'] }),
        rep('cleo', { skills: ['frost'], languages: ['it'] }),
        rep('dino', { skills: ['frost'], awayFrom: new Date(0) }),
        rep('fay', {
          skills: ['frost'],
          awayFrom: new Date(0),
          awayUntil: new Date('2026-12-04T23:00:00Z'),
        }),
        rep('full', { skills: ['frost'], maxOpen: 5 }),
        rep('eve', { skills: ['frost'], turn: 9 }),
      ],
      {
        wants: { skills: ['frost'], language: 'it-CH' },
        refusers: { cleo: 'refused it', fay: 'had it until a person handed it over' },
      },
    );
    expect(choice).toMatchObject({ kind: 'offer', rep: { key: 'eve' } });
    expect(choice.considered.map(({ rep: one, whyNot }) => [one.key, whyNot])).toEqual([
      ['ada', 'does not speak ‘it’'],
      ['bob', 'does not have ‘frost’'],
      ['cleo', 'refused it'],
      ['dino', 'is away'],
      ['fay', 'had it until a person handed it over, and is away until Sat 5 Dec 00:00 Europe/Berlin'],
      ['full', 'has 5 of at most 5 leads'],
      ['eve', null],
    ]);
    // Who cannot do it keeps their place in the turn order.
    expect(choice.kind === 'offer' && choice.capable.map(({ key }) => key)).toEqual([
      'cleo',
      'dino',
      'fay',
      'full',
      'eve',
    ]);
  });

  it('is an error that says what is missing when nobody can do it, or nobody is there', () => {
    const wants = { skills: ['frost'], language: 'IT' };
    expect(choose([rep('ada', { languages: ['de'] })], { wants })).toMatchObject({
      kind: 'error',
      because: 'No active rep of team ‘Europe’ has ‘frost’ and speaks ‘it’.',
    });
    expect(choose([])).toMatchObject({ kind: 'error' });
  });

  it('waits for room, or leaves it to a person when all have refused', () => {
    expect(choose([rep('full', { maxOpen: 5 })])).toMatchObject({ kind: 'wait', opensAtMs: null });
    expect(choose([rep('ada')], { refusers: { ada: 'let it pass' } })).toMatchObject({ kind: 'nobody-left' });
  });

  it('holds until somebody is at work, by their own hours first', () => {
    const team: Team = { ...TEAM, outsideHours: 'hold' };
    const early = rep('early', {
      workingHours: { days: ['sat'], from: '07:00', to: '09:00' },
      timeZone: 'Europe/London',
    });
    expect(choose([rep('ada'), early], { team })).toMatchObject({ kind: 'offer', rep: { key: 'ada' } });
    const after = FRIDAY + HOUR;
    const monday = Date.UTC(2026, 10, 30, 8, 0);
    expect(choose([rep('ada')], { team, atMs: after })).toMatchObject({ kind: 'wait', opensAtMs: monday });
    expect(choose([rep('ada'), early], { team, atMs: after })).toMatchObject({
      kind: 'wait',
      opensAtMs: Date.UTC(2026, 10, 28, 7, 0),
    });
    expect(choose([rep('ada')], { atMs: after })).toMatchObject({ kind: 'offer' });
  });
});

it.each([
  [{ status: 'rejected', decidedBy: 'rep-a' }, 'refused it'],
  [{ status: 'rejected', decidedBy: 'user-b' }, 'had it until a person sent it back'],
  [{ status: 'rerouted', decidedBy: 'user-b' }, 'had it until a person handed it over'],
  [{ status: 'rerouted', decidedBy: 'rep-a' }, 'passed it on'],
  [{ status: 'expired' }, 'let it pass'],
  [{ status: 'expired', reason: 'no-activity' }, 'had it, and nothing happened with it'],
] as const)('says of who had it before how that ended: %j', (ended, clause) => {
  expect(hadItInClause({ repId: 'rep-a', reason: null, decidedBy: null, ...ended })).toBe(clause);
});
