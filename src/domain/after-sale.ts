/** What follows a sale: the stages of the funnel that come after it, and the need to be kept as a customer. */

/** `retention` of settings.yaml: a won need that comes to this stage of the funnel opens another one. */
export interface Retention {
  /** Stage of the funnel. */
  at: string;
  /** The cadence that begins then; it nurtures. */
  cadence: string;
  /** Type of the need that opens. */
  type: string;
}

/** The need has come to this stage of the funnel, or past it. A stage that the funnel does not have any more is nowhere. */
export function hasReached(funnel: readonly string[], stage: string | null, at: string): boolean {
  const place = stage === null ? -1 : funnel.indexOf(stage);
  return place >= 0 && place >= funnel.indexOf(at);
}
