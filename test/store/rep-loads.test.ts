/** The offers of an hour and of a day by which a rep has room: the same as counted one by one. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadsOf } from '../../src/store/process/rep-loads.ts';
import { DAY, HOUR, MINUTE, openBench, type Bench } from './support.ts';

let bench: Bench;
let leadId: string;
let needId: string;
beforeAll(async () => {
  bench = await openBench();
  ({ id: leadId } = await bench.lead({ firstName: 'Lena' }));
  needId = 'need-of-loads';
  await bench.db.need.create({ data: { id: needId, leadId, openedAt: new Date() } });
});
afterAll(() => bench[Symbol.asyncDispose]());

let reps = 0;
/** A rep with limits who got offers at these instants, all of which were missed. */
async function repWith(offersAt: readonly number[]) {
  const id = `rep-${(reps += 1)}`;
  const rep = await bench.db.rep.create({
    data: { id, key: id, name: id, email: `${id}@x.example`, teams: ['inside'], maxPerDay: 1 },
  });
  await bench.db.assignment.createMany({
    data: offersAt.map((at, n) => ({
      id: `a-${id}-${n}`,
      leadId,
      needId,
      repId: id,
      team: 'inside',
      rule: 'x',
      status: 'expired' as const,
      offeredAt: new Date(at),
    })),
  });
  return rep;
}

/** Of all offers within so long a time that ends at one of them, or at the instant: the most where the instant is within too. */
function mostWithin(offersAt: readonly number[], atMs: number, spanMs: number): number {
  const ends = [atMs, ...offersAt].filter((end) => end >= atMs && end - spanMs < atMs);
  return Math.max(...ends.map((end) => offersAt.filter((one) => one <= end && one > end - spanMs).length));
}

test('are those of the fullest hour and day that have the instant in them', async () => {
  const base = Date.parse('2026-12-01T12:00:00Z');
  const minutes = fc.array(fc.integer({ min: -30 * 60, max: 30 * 60 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(minutes, async (offers) => {
      const offersAt = offers.map((minute) => base + minute * MINUTE);
      const rep = await repWith(offersAt);
      const [load] = (await loadsOf(bench.db, [rep], new Date(base))).values();
      expect(load).toEqual({
        open: 0,
        lastDay: mostWithin(offersAt, base, DAY),
        lastHour: mostWithin(offersAt, base, HOUR),
      });
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['an hour ago to the millisecond is over', [-HOUR], 0],
  ['a millisecond less is not', [-HOUR + 1], 1],
  ['a lead that raced it was offered a moment later', [5], 1],
  ['two that no hour has together', [-31 * MINUTE, 31 * MINUTE], 1],
  ['two that one hour has', [-29 * MINUTE, 29 * MINUTE], 2],
] as const)('%s', async (_what, offers, lastHour) => {
  const at = new Date('2026-12-01T12:00:00Z');
  const rep = await repWith(offers.map((ms) => at.getTime() + ms));
  expect((await loadsOf(bench.db, [rep], at)).get(rep.id)?.lastHour).toBe(lastHour);
});

test('who has no limits is not asked about', async () => {
  const rep = await repWith([Date.now()]);
  expect((await loadsOf(bench.db, [{ ...rep, maxPerDay: null }], new Date())).size).toBe(0);
});
