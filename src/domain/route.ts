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
  lastOfferedAtMs: number | null;
}

/** The rep who comes next: one who was never offered a lead, else the one whose last offer is the longest ago. Null: none is left. */
export function nextRep<T extends RepCandidate>(candidates: readonly T[], excludeIds: Iterable<string> = []): T | null {
  const excluded = new Set(excludeIds);
  const [first] = candidates
    .filter((one) => !excluded.has(one.id))
    .toSorted((a, b) => turnOf(a) - turnOf(b) || nameOf(a).localeCompare(nameOf(b), 'en'));
  return first ?? null;
}

function turnOf(candidate: RepCandidate): number {
  // Far before any real instant, and finite: the difference of two infinities is not a number.
  return candidate.lastOfferedAtMs ?? Number.MIN_SAFE_INTEGER;
}

function nameOf(candidate: RepCandidate): string {
  return candidate.key ?? candidate.id;
}
