import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRule, nextRep, nextRule, repsOfTeam, ruleForTeam } from '../../src/domain/route.ts';
import type { Routing } from '../../src/domain/routing.ts';

const rep = (key: string, active = true): Routing['reps'][number] => ({
  rep: key,
  name: key,
  email: `${key}@brookfield.example`,
  manager: false,
  active,
});
const routing: Routing = {
  rules: [
    { rule: 'big', when: { valueMinor: { gte: 100 } }, team: 'key-accounts' },
    { rule: 'rest', team: 'field' },
  ],
  teams: [
    {
      team: 'field',
      name: 'Field',
      reps: ['bo', 'al', 'off'],
      sla: { accept: { amount: 4, unit: 'hours' }, remindAfter: { amount: 2, unit: 'hours' } },
      workingHours: { days: ['mon'], from: '09:00', to: '17:00' },
      timeZone: 'Europe/Berlin',
    },
  ],
  reps: [rep('al'), rep('bo'), rep('off', false)],
};

describe('routing', () => {
  it('takes the first rule that holds; the last rule, without a condition, always holds', () => {
    expect(matchRule(routing, { valueMinor: 100 }).rule).toBe('big');
    expect(matchRule(routing, { valueMinor: 99 }).rule).toBe('rest');
    expect(matchRule(routing, {}).rule).toBe('rest');
    expect(() => matchRule({ ...routing, rules: [] }, {})).toThrow(/default rule/);
  });

  it('passes over tele-sales once they had the need and passed it on, also for what a rule wants of the next rep in the field', () => {
    const [field] = routing.teams;
    if (field === undefined) throw new Error('no team');
    const rules = [{ rule: 'first-contact', when: { source: 'fair' }, team: 'phone' }, ...routing.rules];
    const both: Routing = { ...routing, rules, teams: [field, { ...field, team: 'phone', kind: 'tele-sales' }] };
    const ruleOf = (isPassedOn: boolean) => nextRule(both, { source: 'fair' }, isPassedOn).rule;
    expect([ruleOf(false), ruleOf(true)]).toEqual(['first-contact', 'rest']);
    const asked = { ...both, rules: [rules[0], { rule: 'rest', team: 'field', skills: ['frost'] }] } as Routing;
    const forField = (isPassedOn: boolean) =>
      ruleForTeam(asked, { source: 'fair' }, { team: 'field', isPassedOn })?.skills;
    expect([forField(false), forField(true)]).toEqual([undefined, ['frost']]);
  });

  it('offers leads only to active reps of a team', () => {
    expect(repsOfTeam(routing, 'field').map((one) => one.rep)).toEqual(['bo', 'al']);
    expect(repsOfTeam(routing, 'nobody')).toEqual([]);
  });
});

describe('nextRep', () => {
  it('takes a rep who was never offered a lead, then the rep whose last offer is the longest ago', () => {
    const reps = [
      { id: '3', key: 'c', turn: null, lastOfferedAtMs: 200 },
      { id: '1', key: 'b', turn: null, lastOfferedAtMs: null },
      { id: '2', key: 'a', turn: null, lastOfferedAtMs: null },
      { id: '4', key: 'd', turn: null, lastOfferedAtMs: 100 },
    ];
    expect(nextRep(reps)?.key).toBe('a');
    expect(nextRep(reps, ['2'])?.key).toBe('b');
    expect(nextRep(reps, new Set(['1', '2']))?.key).toBe('d');
    expect(nextRep(reps, ['1', '2', '3', '4'])).toBe(null);
    expect(nextRep([])).toBe(null);
  });

  it('offers everyone equally often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 60 }), (size, offers) => {
        const reps = Array.from({ length: size }, (_, i) => ({
          id: `r${i}`,
          turn: null,
          lastOfferedAtMs: null as number | null,
          count: 0,
        }));
        for (let now = 1; now <= offers; now += 1) {
          const one = nextRep(reps);
          if (!one) throw new Error('nobody');
          one.lastOfferedAtMs = now;
          one.count += 1;
        }
        const counts = reps.map((one) => one.count);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
