import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noRoomBecause, type RepState } from '../../src/domain/room.ts';
import { lowestTurn, nextRep, turnOfWeight } from '../../src/domain/route.ts';

const state: RepState = { maxOpen: null, maxPerDay: null, maxPerHour: null, awayFrom: null, awayUntil: null };
const load = { open: 5, lastDay: 9, lastHour: 3 };
const at = (iso: string): number => Date.parse(iso);
const WHEN = (day: Date): string => day.toISOString().slice(0, 10);

describe('room', () => {
  it('is there without limits', () => {
    expect(noRoomBecause(state, load, 0, WHEN)).toBe(null);
  });

  it.each([
    [{ maxOpen: 5 }, 'has 5 of at most 5 leads'],
    [{ maxOpen: 6 }, null],
    [{ maxPerHour: 3 }, 'got 3 offers within an hour, of at most 3'],
    [{ maxPerDay: 9 }, 'got 9 offers within 24 hours, of at most 9'],
    [{ maxPerDay: 10, maxPerHour: 4, maxOpen: 6 }, null],
  ])('with %j is by what the rep has', (limits, because) => {
    expect(noRoomBecause({ ...state, ...limits }, load, 0, WHEN)).toBe(because);
  });

  it('is not there from the beginning of an absence up to its end', () => {
    const away = { ...state, awayFrom: new Date('2026-12-01T00:00Z'), awayUntil: new Date('2026-12-04T00:00Z') };
    const when = (iso: string): string | null => noRoomBecause(away, undefined, at(iso), WHEN);
    expect(when('2026-11-30T23:59Z')).toBe(null);
    expect(when('2026-12-01T00:00Z')).toBe('is away until 2026-12-04');
    expect(when('2026-12-03T23:59Z')).toBe('is away until 2026-12-04');
    expect(when('2026-12-04T00:00Z')).toBe(null);
    expect(noRoomBecause({ ...away, awayUntil: null }, undefined, at('2030-01-01T00:00Z'), WHEN)).toBe('is away');
  });
});

/** A team as the database keeps it: an offer adds to the turn of who got it, and brings who had no room level with the others. */
class TeamOfReps {
  readonly reps: { id: string; weight: number; turn: number | null; lastOfferedAtMs: number | null; got: number }[];
  private now = 0;

  constructor(weights: readonly number[]) {
    this.reps = weights.map((weight, i) => ({ id: `r${i}`, weight, turn: null, lastOfferedAtMs: null, got: 0 }));
  }

  offer(isFree: (rep: { id: string; got: number }) => boolean = () => true): string | null {
    const free = this.reps.filter(isFree);
    const rep = nextRep(free);
    if (rep === null) return null;
    const lowest = lowestTurn(free);
    for (const one of this.reps) {
      if (one === rep) one.turn = (one.turn ?? lowest) + turnOfWeight(one.weight);
      else if (one.turn === null || !free.includes(one)) one.turn = Math.max(one.turn ?? lowest, lowest);
    }
    rep.lastOfferedAtMs = this.now += 1;
    rep.got += 1;
    return rep.id;
  }

  offers(count: number, isFree?: (rep: { id: string; got: number }) => boolean): void {
    for (let n = 0; n < count; n += 1) this.offer(isFree);
  }

  get got(): number[] {
    return this.reps.map(({ got }) => got);
  }
}

describe('the turn order', () => {
  it('spreads 1,000 leads exactly by weight', () => {
    const team = new TeamOfReps([1, 2, 3, 4]);
    team.offers(1_000);
    expect(team.got).toEqual([100, 200, 300, 400]);
  });

  it('gives each their share within one round, whatever the weights', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 5 }), (shares, rounds) => {
        const team = new TeamOfReps(shares);
        team.offers(rounds * shares.reduce((sum, share) => sum + share, 0));
        expect(team.got).toEqual(shares.map((share) => share * rounds));
      }),
    );
  });

  it('offers smoothly: who has the larger share does not get it in one go', () => {
    const team = new TeamOfReps([2, 1, 1]);
    const first = Array.from({ length: 8 }, () => team.offer()).join(' ');
    expect(first).not.toContain('r0 r0 r0');
  });

  it('fills up to the limits, and the others get the rest by their shares', () => {
    const team = new TeamOfReps([1, 1, 2]);
    team.offers(1_000, ({ id, got }) => id !== 'r0' || got < 40);
    expect(team.got).toEqual([40, 320, 640]);
  });

  it('over ten days, who was away for three gets no burst afterwards', () => {
    const team = new TeamOfReps([1, 1, 1]);
    for (let day = 0; day < 10; day += 1) team.offers(30, ({ id }) => id !== 'r0' || day < 4 || day > 6);
    expect(team.got).toEqual([70, 115, 115]);
  });

  it('takes a new colleague in without a burst', () => {
    const team = new TeamOfReps([1, 1]);
    team.offers(100);
    team.reps.push({ id: 'new', weight: 1, turn: null, lastOfferedAtMs: null, got: 0 });
    team.offers(30);
    expect(team.got).toEqual([60, 60, 10]);
  });
});
