/** Whether a lead that waited for a rep is still to be handed over when its turn has come. */
import type { ScoringModel } from './scoring.ts';
import type { Grade } from './stage.ts';

/** `qualifiedBy` of a lead that was put with sales by whoever submitted it. */
export function enteredAt(stage: string): string {
  return `entered at ${stage}`;
}

export function isEntered(qualifiedBy: string | null): boolean {
  return qualifiedBy?.startsWith(enteredAt('')) === true;
}

/** The share of the score that its grade needs, which a lead may fall to while it waits for us. */
const KEEPS_PLACE_FROM = 0.5;

/** Points fade while it waits, which is our doing: it loses its place only when little is left, or its grade is never ready. */
export function keepsPlace({ ready }: Pick<ScoringModel, 'ready'>, grade: Grade, score: number): boolean {
  const needed = ready[grade];
  return needed !== null && score >= needed * KEEPS_PLACE_FROM;
}
