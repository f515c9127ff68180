/** Readiness: what a lead does and who it is, together. It decides who qualifies, and orders the rep's desk. */
import type { Span } from './cadence.ts';
import type { LearnedModel } from './learned/model.ts';
import { shownScore } from './score-words.ts';
import type { Fading } from './score.ts';
import { GRADES, type Grade } from './stage.ts';

/** The readiest first. `never`: not by its score. */
export const READINESS = ['ready', 'soon', 'later', 'never'] as const;
export type Readiness = (typeof READINESS)[number];

/** Scores from `from` up to the next band. */
export interface ScoreBand {
  band: string;
  from: number;
}

/** When the people of one company are ready together, although none of them is alone. */
export interface AccountRule {
  /** At least so many people, each with a score of at least `personScore`, and together of at least `score`. */
  people: number;
  personScore: number;
  score: number;
  /** Whoever engaged last longer ago does not count. */
  within: Span;
}

/** When the score of a product line speaks for a need of that line. */
export interface LineNeed {
  /** From so many points of the line on. */
  score: number;
  /** `propose`: it is shown, and can be asked for. `fill`: the open need gets it too as it is routed, if nobody said what it is about. */
  then: 'propose' | 'fill';
}

/** How a score and a grade are read. */
export interface Rating extends Fading {
  ready?: Record<Grade, number | null>;
  /** The highest first. What is below the last one is `COLD`. */
  bands?: readonly ScoreBand[];
  /** By grade and band. Without it the readiness follows from `ready`. */
  readiness?: Record<Grade, Readonly<Record<string, Readiness>>>;
  /** From learned.yaml. It advises. */
  learned?: LearnedModel;
  /** Percent of the learned readiness from which a lead is ready too. Without it the learned readiness decides nothing. */
  learnedReady?: number;
  /** Without it an account is never ready by its people together. */
  account?: AccountRule;
  /** Without it no product line is proposed. */
  lineNeed?: LineNeed;
}

/** The band below all others. */
export const COLD = 'cold';

/** Whoever has this share of the score that its grade needs is ready soon, where no matrix says otherwise. */
const SOON_FROM = 0.5;

/** From which score on a grade has which readiness, the highest first. */
export interface ReadinessStep {
  from: number;
  is: Readiness;
}

export function readinessSteps(rating: Rating): Record<Grade, ReadinessStep[]> {
  return Object.fromEntries(GRADES.map((grade) => [grade, stepsOf(rating, grade)])) as Record<Grade, ReadinessStep[]>;
}

function stepsOf({ ready, bands = [], readiness }: Rating, grade: Grade): ReadinessStep[] {
  if (readiness !== undefined)
    return [...bands, { band: COLD, from: 0 }].map(({ band, from }) => ({
      from,
      is: readiness[grade][band] ?? 'later',
    }));
  const needed = ready?.[grade] ?? null;
  if (needed === null) return [{ from: 0, is: 'never' }];
  return [
    { from: needed, is: 'ready' },
    { from: needed * SOON_FROM, is: 'soon' },
    { from: 0, is: 'later' },
  ];
}

/** Of a lead without a sign of high intent. */
export function readinessByScore(rating: Rating, grade: Grade, score: number): Readiness {
  return stepsOf(rating, grade).find(({ from }) => score >= from)?.is ?? 'later';
}

/** The band of a score; null where there are no bands. */
export function bandOf({ bands }: Pick<Rating, 'bands'>, score: number): string | null {
  if (bands === undefined) return null;
  return bands.find(({ from }) => score >= from)?.band ?? COLD;
}

/** High intent since it was armed makes a lead ready, whatever its grade and score. Instants may be null. */
export function showedIntent(lead: { lastHighIntentAt: Date | null; armedAt: Date | null }): boolean {
  const { lastHighIntentAt: at, armedAt: since } = lead;
  return at !== null && (since === null || at > since);
}

/** Of a lead as its row stands. `score`: at that moment. */
export function readinessOf(
  rating: Rating,
  lead: { fitGrade: Grade; lastHighIntentAt: Date | null; armedAt: Date | null },
  score: number,
): Readiness {
  return showedIntent(lead) ? 'ready' : readinessByScore(rating, lead.fitGrade, score);
}

/** The lowest score from which a grade is ready, by its row of the matrix; null: none makes it so. */
export function readyFrom(bands: readonly ScoreBand[], row: Readonly<Record<string, Readiness>>): number | null {
  return bands.findLast(({ band }) => row[band] === 'ready')?.from ?? null;
}

type Ready = Required<Pick<Rating, 'ready'>>;

/** Does the score reach what the grade needs? */
export function isReady({ ready }: Ready, grade: Grade, score: number): boolean {
  const needed = ready[grade];
  return needed !== null && score >= needed;
}

/** The same in words: "score 32 of 45 needed for grade B". */
export function explainReadiness({ ready }: Ready, grade: Grade, score: number): string {
  const needed = ready[grade];
  return needed === null
    ? `grade ${grade} is never ready by its score`
    : `score ${shownScore(score)} of ${needed} needed for grade ${grade}`;
}
