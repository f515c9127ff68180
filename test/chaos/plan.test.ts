/** The plan of chaos: the same for the same seed, whole, and within its time. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOBODY } from '../../chaos/plan-batches.ts';
import {
  decisionOn,
  handlingOf,
  handOffAnswerOf,
  hookAnswerOf,
  planOf,
  readingOf,
  SMTP_TROUBLES,
} from '../../chaos/plan.ts';
import { companyDomainOf } from '../../src/domain/free-mail.ts';

const anyPlan = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  leads: fc.integer({ min: 2, max: 60 }),
  durationMs: fc.integer({ min: 60_000, max: 1_200_000 }),
});

test('the same seed gives the same plan, another one another', () => {
  fc.assert(
    fc.property(anyPlan, (options) => {
      expect(planOf(options)).toEqual(planOf(options));
      expect(planOf(options).faults).not.toEqual(planOf({ ...options, seed: options.seed + 1 }).faults);
    }),
    { numRuns: 30 },
  );
});

test('every part is killed and every trouble of the mail server is had at least once, in order and within the time', () => {
  fc.assert(
    fc.property(anyPlan, (options) => {
      const { faults } = planOf(options);
      const killed = new Set(faults.flatMap(({ fault }) => (fault.kind === 'kill' ? [fault.target] : [])));
      expect([...killed].toSorted()).toEqual([
        'api-1',
        'api-2',
        'postgres',
        'sink',
        'temporal',
        'worker-1',
        'worker-2',
      ]);
      const troubles = new Set(faults.flatMap(({ fault }) => (fault.kind === 'smtp' ? [fault.trouble] : [])));
      expect([...troubles].toSorted()).toEqual([...SMTP_TROUBLES].toSorted());
      const deployed = faults.flatMap(({ fault }) => (fault.kind === 'deploy' ? [fault.version] : []));
      expect(deployed).toEqual(['broken', 'next']);
      for (const kind of ['freeze', 'connections', 'cut', 'terminate', 'publish', 'amend']) {
        expect(faults.some(({ fault }) => fault.kind === kind)).toBe(true);
      }
      expect(faults.map(({ atMs }) => atMs)).toEqual(faults.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
      for (const { atMs } of faults) expect(atMs).toBeLessThan(options.durationMs + 10_000);
    }),
    { numRuns: 30 },
  );
});

test('one rep at a time is away, has a deputy and comes back; leads are handed over while somebody is away', () => {
  fc.assert(
    fc.property(anyPlan, (options) => {
      const { managing } = planOf(options);
      let away: string | null = null;
      const handedOver = new Set<boolean>();
      for (const { atMs, act } of managing) {
        expect(atMs).toBeLessThan(options.durationMs);
        if (act.kind === 'hand-over') handedOver.add(away === act.rep);
        else expect(away).toBe(act.kind === 'away' ? null : act.rep);
        if (act.kind === 'away') expect(act.deputy).not.toBe(act.rep);
        if (act.kind !== 'hand-over') away = act.kind === 'away' ? act.rep : null;
      }
      expect(away).toBeNull();
      expect(handedOver).toEqual(new Set([true, false]));
      expect(managing.map(({ atMs }) => atMs)).toEqual(managing.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    }),
    { numRuns: 30 },
  );
});

test('one trouble of the mail server at a time', () => {
  const { faults } = planOf({ seed: 5, leads: 10, durationMs: 600_000 });
  let until = 0;
  for (const { atMs, fault } of faults) {
    if (fault.kind !== 'smtp') continue;
    expect(atMs).toBeGreaterThanOrEqual(until);
    until = atMs + fault.forMs;
  }
});

test('a lead comes in before anything is done about it, and no id is used twice', () => {
  fc.assert(
    fc.property(anyPlan, (options) => {
      const { lives } = planOf(options);
      expect(lives).toHaveLength(options.leads);
      const ids = lives.flatMap(({ acts }) =>
        acts.flatMap(({ act }) => ('id' in act ? act.id : 'key' in act ? act.key : [])),
      );
      expect(new Set(ids).size).toBe(ids.length);
      for (const { acts } of lives) {
        expect(acts[0]?.act.kind).toBe('submit');
        expect(acts.map(({ atMs }) => atMs)).toEqual(acts.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 30 },
  );
});

test('a batch has events of leads that came in before, and of unknown people; its ids are new, or those of events sent before', () => {
  fc.assert(
    fc.property(anyPlan, (options) => {
      const { lives, batches } = planOf(options);
      const lifeOf = new Map(lives.map((life) => [life.email, life]));
      const own = new Set<string>();
      for (const { atMs, items } of batches) {
        expect(atMs).toBeLessThan(options.durationMs);
        for (const { id, email, type, by } of items) {
          const life = lifeOf.get(email);
          const told = life?.acts.find(({ act }) => 'id' in act && act.id === id);
          if (told === undefined) expect(own).not.toContain(id);
          else expect(told).toMatchObject({ act: { kind: 'event', type } });
          own.add(id);
          expect(told?.atMs ?? 0).toBeLessThan(atMs);
          if (email === NOBODY) expect(by).toBe('email');
          else expect(life).toMatchObject({ isLate: false });
          expect(life?.acts[0]?.atMs ?? 0).toBeLessThan(atMs);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('batches of all kinds are there in the short form', () => {
  for (const seed of [1, 5]) {
    const { lives, batches } = planOf({ seed, leads: 40, durationMs: 60_000 });
    const items = batches.flatMap((batch) => batch.items);
    expect(batches.some(({ isTwice }) => isTwice)).toBe(true);
    expect(batches.some((batch) => new Set(batch.items.map(({ email }) => email)).size > 2)).toBe(true);
    expect(items.some(({ email }) => email === NOBODY)).toBe(true);
    const single = new Set(lives.flatMap(({ acts }) => acts.flatMap(({ act }) => ('id' in act ? act.id : []))));
    expect(items.some(({ id }) => single.has(id))).toBe(true);
  }
});

test('a mail is read the same by the same lead', () => {
  expect(readingOf(3, 'a@chaos.example', 0)).toEqual(readingOf(3, 'a@chaos.example', 0));
  const readings = Array.from({ length: 100 }, (_, n) => readingOf(3, `${n}@chaos.example`, 0));
  const readers = new Set(readings.map((reading) => reading?.reader));
  expect([...readers].map(String).toSorted()).toEqual(['person', 'program', 'undefined']);
});

test('a rep decides the same on the same offer', () => {
  expect(decisionOn(3, 'a@chaos.example', 0)).toEqual(decisionOn(3, 'a@chaos.example', 0));
  const kinds = new Set(Array.from({ length: 100 }, (_, n) => decisionOn(3, `${n}@chaos.example`, 0).kind));
  expect([...kinds].toSorted()).toEqual(['accept', 'let-pass', 'reject']);
});

test('a message is dealt with the same by the mail server, and one in four meets a trouble that is for a quarter', () => {
  expect(handlingOf(3, 'a@chaos.example', 0)).toEqual(handlingOf(3, 'a@chaos.example', 0));
  const handlings = [0, 1, 2, 3].flatMap((nth) =>
    Array.from({ length: 250 }, (_, n) => handlingOf(3, `lead-${n}@chaos.example`, nth)),
  );
  const count = (those: (one: (typeof handlings)[number]) => boolean): number => handlings.filter(those).length;
  expect(count(({ draw }) => draw < 0.25)).toBeGreaterThan(200);
  expect(count(({ draw }) => draw < 0.25)).toBeLessThan(300);
  expect(count(({ isKept }) => isKept)).toBeGreaterThan(400);
  expect(count(({ isKept }) => isKept)).toBeLessThan(600);
});

test('somebody unsubscribes in the short form', () => {
  for (const seed of [1, 2, 3]) {
    const { lives } = planOf({ seed, leads: 40, durationMs: 60_000 });
    expect(lives.some(({ acts }) => acts.some(({ act }) => act.kind === 'unsubscribe'))).toBe(true);
  }
});

test('two leads share an account at most, and a lead whose template throws shares it with nobody', () => {
  fc.assert(
    fc.property(anyPlan, (options) => {
      const { lives } = planOf(options);
      const peopleOf = Map.groupBy(lives, ({ email }) => companyDomainOf(email.slice(email.indexOf('@') + 1)));
      expect([...peopleOf.keys()]).not.toContain(null);
      for (const people of peopleOf.values()) {
        expect(people.length).toBeLessThanOrEqual(people.some(({ source }) => source === 'poison') ? 1 : 2);
      }
    }),
    { numRuns: 30 },
  );
});

test('a webhook is answered in each of the ways, the same for the same lead and step, and taken at the third time', () => {
  expect(hookAnswerOf(3, 'a@chaos.example greet', 0)).toBe(hookAnswerOf(3, 'a@chaos.example greet', 0));
  const answers = new Set(Array.from({ length: 100 }, (_, n) => hookAnswerOf(3, `${n}@chaos.example greet`, 0)));
  expect([...answers].toSorted()).toEqual(['200', '500', 'none']);
  expect(hookAnswerOf(3, 'a@chaos.example greet', 2)).toBe('200');
});

test('a message about a hand-off is answered in each of the ways, and taken at the second time', () => {
  const ids = Array.from({ length: 100 }, (_, n) => `msg_${n}`);
  expect(new Set(ids.map((id) => handOffAnswerOf(3, id, 0)))).toEqual(new Set(['200', '500', 'none']));
  expect(new Set(ids.map((id) => handOffAnswerOf(3, id, 1)))).toEqual(new Set(['200']));
});
