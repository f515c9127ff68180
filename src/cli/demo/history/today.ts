/** What is under way at the end of the history, so that the boards of sales have something to show. */
import type { Chance } from './chance.ts';

/** Offers that nobody has decided on yet, in hours before the end. An offer is over after 21. */
const OFFERED_HOURS_AGO = [1, 3, 5, 9, 14, 20, 27, 34];

/** The first lives are offered now. */
export function offeredOnes(index: number, rep: number) {
  const hours = OFFERED_HOURS_AGO[index];
  if (hours === undefined) return {};
  const cameDaysAgo = 9 + index;
  const afterDays = cameDaysAgo - hours / 24;
  const never = 100_000;
  return {
    cameDaysAgo,
    qualified: afterDays - 0.05,
    handed: { afterDays, rep, answeredHours: never, accepted: false, reason: '' },
    opportunity: null,
    ended: null,
    rests: null,
  };
}

const STEPS = [
  { words: 'Call about the offer', weight: 4 },
  { words: 'Send the quote', weight: 3 },
  { words: 'Visit the site', weight: 2 },
  { words: 'Ask who decides', weight: 1 },
];

/** Most open needs have a next step that is planned; some are overdue, and a few have none. */
export function nextStepOf(chance: Chance): { inDays: number; words: string } | null {
  const luck = chance.next();
  const { words } = chance.weighted(STEPS);
  if (luck < 0.08) return null;
  return { inDays: luck < 0.18 ? -0.2 - 3 * chance.next() : 0.2 + 12 * chance.next(), words };
}
