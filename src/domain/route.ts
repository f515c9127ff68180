import { holds, type LeadFacts } from './condition.ts';
import { AppError } from './errors.ts';
import type { RepEntry, Routing, RoutingRule } from './routing.ts';

/**
 * The first rule whose condition holds. The last rule has no condition and takes every other lead.
 * @throws AppError PLAYBOOK_INVALID: no rule without a condition, which a validated playbook has.
 */
export function matchRule(routing: Routing, facts: LeadFacts): RoutingRule {
  const rule = routing.rules.find((one) => one.when === undefined || holds(one.when, facts));
  if (!rule) throw new AppError('PLAYBOOK_INVALID', 'routing.yaml has no default rule');
  return rule;
}

/**
 * The same for a lead whose first contact was made: rules that lead to tele-sales are passed over.
 * @throws AppError PLAYBOOK_INVALID as `matchRule`
 */
export function matchFieldRule(routing: Routing, facts: LeadFacts): RoutingRule {
  return matchRule({ ...routing, rules: routing.rules.filter(({ team }) => !isTeleSales(routing, team)) }, facts);
}

/**
 * The rule of the next offer of a need. Once tele-sales had it and passed it on, rules that lead there are passed over, until the lead is
 * sent back.
 *
 * @param isPassedOn Whether tele-sales has passed it on, see `hadFirstContact` in the store
 * @throws AppError PLAYBOOK_INVALID as `matchRule`
 */
export function nextRule(routing: Routing, facts: LeadFacts, isPassedOn: boolean): RoutingRule {
  return isPassedOn ? matchFieldRule(routing, facts) : matchRule(routing, facts);
}

/** The teams that make the first contact for others. */
export function teleSalesTeams({ teams }: Pick<Routing, 'teams'>): string[] {
  return teams.flatMap(({ team, kind }) => (kind === 'tele-sales' ? [team] : []));
}

/** Whether the team makes the first contact for others. */
export function isTeleSales({ teams }: Pick<Routing, 'teams'>, key: string | undefined): boolean {
  return teams.some(({ team, kind }) => team === key && kind === 'tele-sales');
}

/** The rule by which a rep is chosen among the reps of a team; undefined where another rule decides. */
export function ruleForTeam(
  routing: Routing,
  facts: LeadFacts,
  { team, isPassedOn }: { team: string; isPassedOn: boolean },
): RoutingRule | undefined {
  const rule = nextRule(routing, facts, isPassedOn);
  return rule.team === team ? rule : undefined;
}

/** Reps of a team who take leads, in the order of the file; none for an unknown team. */
export function repsOfTeam(routing: Routing, team: string): RepEntry[] {
  const keys = routing.teams.find((one) => one.team === team)?.reps ?? [];
  return keys.flatMap((key) => routing.reps.filter((rep) => rep.rep === key && rep.active));
}

/** A rep who could be offered a lead. Instants are database time (epoch milliseconds), which all leads share. */
export interface RepCandidate {
  id: string;
  /** Decides between equal reps; without it their ids decide. */
  key?: string;
  /** Where the rep stands in the turn order; null: never offered a lead, and so level with the lowest. */
  turn: number | null;
  lastOfferedAtMs: number | null;
}

/** What an offer adds to the turn of a rep of weight 1. It can be divided by every weight, so that the shares are exact. */
export const FULL_TURN = 232_792_560;
export const MOST_WEIGHT = 20;

/** What an offer adds to the turn of a rep. */
export function turnOfWeight(weight: number): number {
  return FULL_TURN / weight;
}

/** The turn of those who come next; 0 where nobody was ever offered a lead. */
export function lowestTurn(candidates: readonly Pick<RepCandidate, 'turn'>[]): number {
  const turns = candidates.flatMap(({ turn }) => (turn === null ? [] : [turn]));
  return turns.length === 0 ? 0 : Math.min(...turns);
}

/** The rep who comes next: the first in the turn order. Null: none is left. */
export function nextRep<T extends RepCandidate>(candidates: readonly T[], excludeIds: Iterable<string> = []): T | null {
  const excluded = new Set(excludeIds);
  return inTurnOrder(candidates).find((one) => !excluded.has(one.id)) ?? null;
}

/**
 * The lowest turn first. Between equal ones: who was never offered a lead, else the one whose last offer is the longest ago.
 */
export function inTurnOrder<T extends RepCandidate>(candidates: readonly T[]): T[] {
  const lowest = lowestTurn(candidates);
  return candidates.toSorted(
    (a, b) =>
      (a.turn ?? lowest) - (b.turn ?? lowest) ||
      lastOffer(a) - lastOffer(b) ||
      nameOf(a).localeCompare(nameOf(b), 'en'),
  );
}

function lastOffer(candidate: RepCandidate): number {
  // Far before any real instant, and finite: the difference of two infinities is not a number.
  return candidate.lastOfferedAtMs ?? Number.MIN_SAFE_INTEGER;
}

function nameOf(candidate: RepCandidate): string {
  return candidate.key ?? candidate.id;
}
