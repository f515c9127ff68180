/**
 * A score as it is shown to people, in every place: the brief, the decision page, `why`, lists, the timeline, the Temporal UI. Whole
 * points, rounded down: 44.9 must not read as the 45 that was not reached. Conditions and thresholds compare the exact score.
 */
export function shownScore(score: number): number {
  // A sum of fractions may miss a whole number by the last digit of a double.
  return Math.floor(score + 1e-9);
}

/** Points that a rule gave, as they are shown to people: one decimal at most, as decay leaves fractions. */
export function shownPoints(points: number): number {
  return Math.round(points * 10) / 10;
}
