/** Where the current need of a lead stands (product vocabulary). */

export const STAGES = [
  'new',
  'nurturing',
  'qualifying',
  'qualified',
  'assigned',
  'accepted',
  'opportunity',
  'customer',
  'dormant',
  'no-need',
  'disqualified',
] as const;

export type Stage = (typeof STAGES)[number];

/** Ends of a need: satisfied, refused or not fitting, spam or invalid. */
export type ClosedStage = 'customer' | 'no-need' | 'disqualified';

export function isClosed(stage: Stage): stage is ClosedStage {
  return stage === 'customer' || stage === 'no-need' || stage === 'disqualified';
}

/** Stages in which the nurture cadence runs and a crossing of the threshold begins a hand-off. */
export function isInNurturePool(stage: Stage): boolean {
  return stage === 'new' || stage === 'nurturing' || stage === 'dormant';
}

/** Stages in which a person in sales has the lead: no marketing drip leaves. */
export function isWithSales(stage: Stage): boolean {
  return (
    stage === 'qualifying' ||
    stage === 'qualified' ||
    stage === 'assigned' ||
    stage === 'accepted' ||
    stage === 'opportunity'
  );
}

export const GRADES = ['A', 'B', 'C', 'D'] as const;
/** Fit of a lead to the ideal customer profile, A the best. */
export type Grade = (typeof GRADES)[number];

export const MATURITIES = ['researching', 'evaluating', 'ready'] as const;
export type Maturity = (typeof MATURITIES)[number];

export const BANT_STATES = ['known', 'unknown', 'no'] as const;
export type BantState = (typeof BANT_STATES)[number];
