import { evaluate, type Condition, type LeadFacts, type Matcher, factNamed } from './condition.ts';
import { operatorsOf } from './matcher.ts';
import type { FitCriterion, ScoringModel } from './scoring.ts';
import type { Grade } from './stage.ts';

/** How well a lead fits, and how sure that is. */
export interface Fit {
  grade: Grade;
  /** Whole points, rounded down. */
  points: number;
  /** What gave points or took some, by rule or criterion. */
  rules: { rule: string; points: number }[];
  /** How much of what is asked about is known: 0 to 100 percent, weighted by what each may give. 100 where nothing is asked. */
  completeness: number;
  /** Rules and criteria that ask about something unknown, the weightiest first. */
  unknown: string[];
}

/** What one rule or criterion says of a lead. `points`: null where what it asks about is unknown, which is neutral. */
interface Said {
  rule: string;
  points: number | null;
  weight: number;
}

/** Fit grade, with what made it. What asks about something unknown gives nothing. */
export function gradeOf(model: Pick<ScoringModel, 'fit' | 'idealCustomer' | 'grades'>, facts: LeadFacts): Fit {
  const said = [
    ...model.fit.map(({ rule, when, points }): Said => {
      const truth = evaluate(when, facts);
      return { rule, points: truth === null ? null : truth ? points : 0, weight: Math.abs(points) };
    }),
    ...(model.idealCustomer ?? []).map((one): Said => {
      return { rule: one.criterion, points: pointsOf(one, facts), weight: one.weight };
    }),
  ];
  // To the hundredth, as a sum of fractions may miss a threshold by the last digit of a double.
  const points = Math.round(said.reduce((sum, one) => sum + (one.points ?? 0), 0) * 100) / 100;
  const { A, B, C } = model.grades;
  const all = said.reduce((sum, { weight }) => sum + weight, 0);
  const unknown = said.filter((one) => one.points === null).toSorted((a, b) => b.weight - a.weight);
  const missing = unknown.reduce((sum, { weight }) => sum + weight, 0);
  return {
    grade: points >= A ? 'A' : points >= B ? 'B' : points >= C ? 'C' : 'D',
    points: Math.floor(points),
    rules: said.flatMap((one) =>
      one.points === null || one.points === 0 ? [] : { rule: one.rule, points: one.points },
    ),
    completeness: all === 0 ? 100 : Math.round((100 * (all - missing)) / all),
    unknown: unknown.map(({ rule }) => rule),
  };
}

/** What the grade asks about. */
export function fitConditions({ fit, idealCustomer = [] }: Pick<ScoringModel, 'fit' | 'idealCustomer'>): Condition[] {
  return [...fit.map(({ when }) => when), ...idealCustomer.map(({ field, ideal }) => ({ [field]: ideal }))];
}

function pointsOf(one: FitCriterion, facts: LeadFacts): number | null {
  const { field, ideal, near, tolerance, weight, misfit } = one;
  const fits = evaluate({ [field]: ideal }, facts);
  if (fits === null) return null;
  if (fits) return weight;
  if (near !== undefined && evaluate({ [field]: near }, facts) === true) return weight / 2;
  const value = Number(factNamed(field, facts));
  if (tolerance === undefined || !Number.isFinite(value)) return misfit;
  return misfit + (weight - misfit) * nearness(value, ideal, tolerance);
}

/** 1 at the edge of the ideal, 0 where the tolerance ends, evenly between. */
function nearness(value: number, ideal: Matcher, tolerance: NonNullable<FitCriterion['tolerance']>): number {
  const beyond = edgesOf(ideal).flatMap(({ side, edge }) => {
    const distance = side === 'low' ? edge - value : side === 'high' ? value - edge : Math.abs(edge - value);
    if (distance <= 0) return [];
    const room = typeof tolerance === 'number' ? tolerance : tolerance.share * Math.abs(edge);
    return [room > 0 ? Math.max(0, 1 - distance / room) : 0];
  });
  return Math.min(1, ...beyond);
}

interface Edge {
  side: 'low' | 'high' | 'both';
  edge: number;
}

/** The numbers that bound an ideal: `{ gte: 20, lte: 200 }`, or the one number that it is. */
export function edgesOf(ideal: Matcher): Edge[] {
  return operatorsOf(ideal).flatMap(([operator, wanted]): Edge[] => {
    if (typeof wanted !== 'number') return [];
    if (operator === 'gt' || operator === 'gte') return [{ side: 'low', edge: wanted }];
    if (operator === 'lt' || operator === 'lte') return [{ side: 'high', edge: wanted }];
    return operator === 'is' ? [{ side: 'both', edge: wanted }] : [];
  });
}
