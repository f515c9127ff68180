/** Why a rep got a lead, and not another: kept with each hand-off, as it stood then. */
import type { Considered } from './choose-rep.ts';
import { countOf } from './count-of.ts';
import { inTurnOrder, type RepCandidate } from './route.ts';

/** Stored as JSON. */
export type WhyRep = ChosenByTurn | { kind: 'deputy'; insteadOf: string };

type ChosenByTurn = {
  kind: 'turn';
  weight: number;
  /** Of those of the team who can do it, together. */
  weights: number;
  /** ISO 8601; null: this is the rep's first offer. */
  lastOfferedAt: string | null;
  /** The others of the team in the turn order: first who was passed over, in a clause such as "is away", then (null) who comes later. */
  others: { repId: string; whyNot: string | null }[];
  /** How many more there are. */
  more: number;
};

/** A team can be large. */
const MOST_OTHERS = 12;

/** @param capable Those who can do it, the rep among them */
export function chosenByTurn<T extends RepCandidate & { weight: number }>(
  rep: T,
  { considered, capable }: { considered: readonly Considered<T>[]; capable: readonly T[] },
): ChosenByTurn {
  const whyNot = new Map(considered.map((one) => [one.rep.id, one.whyNot]));
  const others = inTurnOrder(considered.map((one) => one.rep))
    .filter(({ id }) => id !== rep.id)
    .map(({ id }) => ({ repId: id, whyNot: whyNot.get(id) ?? null }));
  const told = [...others.filter((one) => one.whyNot !== null), ...others.filter((one) => one.whyNot === null)];
  return {
    kind: 'turn',
    weight: rep.weight,
    weights: capable.reduce((sum, { weight }) => sum + weight, 0),
    lastOfferedAt: rep.lastOfferedAtMs === null ? null : new Date(rep.lastOfferedAtMs).toISOString(),
    others: told.slice(0, MOST_OTHERS),
    more: Math.max(0, told.length - MOST_OTHERS),
  };
}

/** In a clause, with the ids of people in place of their names. `when`: an instant in words. */
export function whyChosenInWords(chosen: WhyRep, when: (at: Date) => string): string {
  if (chosen.kind === 'deputy') return `in place of ${chosen.insteadOf}, who is away`;
  const { weight, weights, lastOfferedAt, others, more } = chosen;
  const passedOver = others.flatMap(({ repId, whyNot }) => (whyNot === null ? [] : [`${repId} ${whyNot}`]));
  const later = others.flatMap(({ repId, whyNot }) => (whyNot === null ? [repId] : []));
  const rest = more === 0 ? [] : [countOf(more, 'other')];
  const last = lastOfferedAt === null ? 'no offer before' : `the last offer ${when(new Date(lastOfferedAt))}`;
  return [
    `comes next in turn, with weight ${weight} of ${weights} in the team and ${last}`,
    ...(later.length === 0
      ? []
      : [`; later ${later.length === 1 ? 'comes' : 'come'} ${[...later, ...rest].join(', ')}`]),
    ...(passedOver.length === 0 ? [] : [`; passed over: ${passedOver.join(', ')}`]),
  ].join('');
}
