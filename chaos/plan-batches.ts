/** The batches of a plan: one call with events of several leads, as a website or another system collects them. */
import { randomOf, type Random } from './random.ts';

export interface Batch {
  atMs: number;
  items: readonly BatchItem[];
  /** Sent to both APIs at the same moment. */
  isTwice: boolean;
}

export interface BatchItem {
  id: string;
  email: string;
  type: string;
  /** How the event names its lead. */
  by: 'id' | 'email';
}

/** The parts of a lead's plan that its batches need. */
interface Teller {
  email: string;
  isLate: boolean;
  acts: readonly { atMs: number; act: { kind: string } | { kind: 'event'; id: string; type: string } }[];
}

/** The address of nobody: its events must be rejected. */
export const NOBODY = 'nobody@chaos.example';

const SIZES = [2, 4, 8, 30] as const;
/** Most of these events give no points: otherwise every lead would be ready at once. */
const TYPES = ['page.viewed', 'form.submitted', 'form.submitted', 'form.submitted'] as const;

/** One batch for every two leads, with leads that came in before it by the plan. */
export function batchesOf(seed: number, lives: readonly Teller[], durationMs: number): Batch[] {
  const count = Math.ceil(lives.length / 2);
  return Array.from({ length: count }, (_, n) => batchOf(seed, n, lives, durationMs)).filter(
    ({ items }) => items.length > 0,
  );
}

function batchOf(seed: number, n: number, lives: readonly Teller[], durationMs: number): Batch {
  const random = randomOf(seed, `batch ${n}`);
  const atMs = Math.round(durationMs * (0.1 + random.next() * 0.85));
  const there = lives.filter(({ isLate, acts }) => !isLate && acts.some((one) => one.atMs < atMs));
  const tellers = random.shuffled(there).slice(0, random.whole(2, 8));
  const size = tellers.length === 0 ? 0 : random.pick(SIZES);
  const items = Array.from({ length: size }, (_, k): BatchItem => {
    const { email } = random.pick(tellers);
    return { id: `chaos-${seed}-batch-${n}-${k}`, email, type: random.pick(TYPES), by: random.pick(['id', 'email']) };
  });
  const toldBefore = random.chance(0.4) ? retold(random, tellers, atMs) : [];
  if (items.length > 0 && random.chance(0.25)) {
    items.splice(random.whole(0, items.length), 0, {
      id: `chaos-${seed}-batch-${n}-nobody`,
      email: NOBODY,
      type: 'page.viewed',
      by: 'email',
    });
  }
  return { atMs, items: [...items, ...toldBefore], isTwice: random.chance(0.3) };
}

/** Repeats an event that one of the leads has sent before, with the same id. */
function retold(random: Random, tellers: readonly Teller[], beforeMs: number): BatchItem[] {
  const told = tellers.flatMap(({ email, acts }) =>
    acts.flatMap(({ atMs, act }) =>
      atMs < beforeMs && 'id' in act ? [{ id: act.id, email, type: act.type, by: 'id' as const }] : [],
    ),
  );
  return told.length === 0 ? [] : [random.pick(told)];
}
