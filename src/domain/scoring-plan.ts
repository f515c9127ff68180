/** What a change of the scoring rules would do, counted lead by lead. Pure: who reads the leads is playbook/plan-scoring.ts. */
import { canonicalJson } from './canonical-json.ts';
import type { ScoringModel } from './scoring.ts';
import { GRADES, type Grade, isInNurturePool, type Stage } from './stage.ts';

/** A lead by one set of rules. */
export interface Rated {
  grade: Grade;
  score: number;
  /** By its grade and score. */
  ready: boolean;
  /** Ready, armed, in the nurture pool and not cooling off: it would be handed over. */
  qualifies: boolean;
}

/** A lead that would newly qualify, or would not be ready any more. */
export interface MovedLead {
  leadId: string;
  stage: Stage;
  before: Pick<Rated, 'grade' | 'score'>;
  after: Pick<Rated, 'grade' | 'score'>;
}

interface Counts {
  before: number;
  after: number;
}

export interface ScoringPlan {
  /** Leads looked at: those in the nurture pool, and those with sales that are no opportunity yet. */
  leads: number;
  /** True when the rules or half-lives of engagement change, so that past events were counted anew. */
  replayed: boolean;
  /** Above 1: only one lead in so many was looked at, and the numbers are multiplied by it. */
  oneIn: number;
  /** Leads in the nurture pool that would newly qualify, by their grade then. */
  newlyQualify: { leads: number; byGrade: Record<Grade, number>; examples: MovedLead[] };
  /** Leads that are ready by the old rules and not by the new ones. Those with sales stay there. */
  drop: { leads: number; withSales: number; examples: MovedLead[] };
  /** Of all these, what the rules that are published already do once grades are made anew: it waits for a rescoring. */
  pending: { grades: number; newlyQualify: number; drop: number };
  ready: Counts;
  grades: Record<Grade, Counts>;
  /** Leads by score: `from` up to the next `from`. */
  scores: (Counts & { from: number })[];
}

const EXAMPLES = 20;
/** Bars of the histogram above 0, and the width that they have at least, in points. */
const BARS = 10;
const NARROWEST = 5;

export function emptyPlan(models: readonly ScoringModel[], replayed: boolean, oneIn: number): ScoringPlan {
  const grades = Object.fromEntries(GRADES.map((grade) => [grade, { before: 0, after: 0 }])) as ScoringPlan['grades'];
  const byGrade = Object.fromEntries(GRADES.map((grade) => [grade, 0])) as Record<Grade, number>;
  return {
    leads: 0,
    replayed,
    oneIn,
    newlyQualify: { leads: 0, byGrade, examples: [] },
    drop: { leads: 0, withSales: 0, examples: [] },
    pending: { grades: 0, newlyQualify: 0, drop: 0 },
    ready: { before: 0, after: 0 },
    grades,
    scores: edgesOf(models).map((from) => ({ from, before: 0, after: 0 })),
  };
}

/** 0, then steps of equal width until past the highest score that a grade needs. */
function edgesOf(models: readonly ScoringModel[]): number[] {
  const needed = models.flatMap(({ ready }) => Object.values(ready).flatMap((one) => one ?? []));
  const highest = Math.max(50, ...needed);
  const width = Math.max(NARROWEST, Math.ceil((highest * 1.5) / BARS / NARROWEST) * NARROWEST);
  return Array.from({ length: BARS + 1 }, (_, n) => n * width);
}

/**
 * Counts one lead. Changes `plan`: there may be a million leads.
 * @param regraded The lead as `before`, with its grade made anew by the rules that are published
 */
export function countLead(
  plan: ScoringPlan,
  lead: { leadId: string; stage: Stage },
  { before, regraded, after }: { before: Rated; regraded: Rated; after: Rated },
): void {
  const { oneIn } = plan;
  plan.leads += oneIn;
  plan.grades[before.grade].before += oneIn;
  plan.grades[after.grade].after += oneIn;
  plan.pending.grades += regraded.grade === before.grade ? 0 : oneIn;
  plan.ready.before += before.ready ? oneIn : 0;
  plan.ready.after += after.ready ? oneIn : 0;
  barOf(plan, before.score).before += oneIn;
  barOf(plan, after.score).after += oneIn;
  const moved = (): MovedLead => ({ ...lead, before: partOf(before), after: partOf(after) });
  if (after.qualifies && !before.qualifies) {
    plan.newlyQualify.leads += oneIn;
    plan.newlyQualify.byGrade[after.grade] += oneIn;
    plan.pending.newlyQualify += regraded.qualifies ? oneIn : 0;
    if (plan.newlyQualify.examples.length < EXAMPLES) plan.newlyQualify.examples.push(moved());
  }
  if (before.ready && !after.ready) {
    plan.drop.leads += oneIn;
    plan.pending.drop += regraded.ready ? 0 : oneIn;
    if (!isInNurturePool(lead.stage)) plan.drop.withSales += oneIn;
    if (plan.drop.examples.length < EXAMPLES) plan.drop.examples.push(moved());
  }
}

function partOf({ grade, score }: Rated): Pick<Rated, 'grade' | 'score'> {
  return { grade, score };
}

function barOf({ scores }: ScoringPlan, score: number): Counts {
  const bar = scores.findLast(({ from }) => score >= from) ?? scores[0];
  if (bar === undefined) throw new Error('A plan has bars');
  return bar;
}

/** Would the rules give other points for what has happened, or let them fade otherwise? */
export function needsReplay(before: ScoringModel, after: ScoringModel): boolean {
  const ofPoints = ({ engagement, halfLifeMs, groups = [] }: ScoringModel): string =>
    canonicalJson({ engagement, halfLifeMs, groups: groups.map(({ limit: _limit, ...fading }) => fading) });
  return ofPoints(before) !== ofPoints(after);
}

/** Would the rules give other grades? Also true for some changes that do not, never false for one that does. */
export function needsGrading(before: ScoringModel, after: ScoringModel): boolean {
  const ofFit = (model: ScoringModel): string => {
    const {
      engagement: _,
      halfLifeMs: _h,
      groups: _g,
      limit: _l,
      ready: _r,
      bands: _b,
      readiness: _m,
      highIntent: _i,
      learned: _d,
      learnedReady: _e,
      account: _a,
      lineNeed: _n,
      ...fit
    } = model;
    return canonicalJson(fit);
  };
  return ofFit(before) !== ofFit(after);
}

export function changesScoring(before: ScoringModel, after: ScoringModel): boolean {
  return canonicalJson(before) !== canonicalJson(after);
}
