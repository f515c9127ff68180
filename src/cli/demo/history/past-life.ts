/** A life of the past, as it is made up and written. */
import type { PastRun } from './cadence-runs.ts';
import type { PastFunnel } from './past-funnel.ts';
import type { PastOrders } from './past-orders.ts';
import type { PastProfile } from './profile.ts';

export interface PastInterest {
  afterDays: number;
  type: string;
  properties: Record<string, unknown>;
}

export interface PastLife extends PastRun, PastProfile {
  /** Days before the end of the history at which it came in, with a fraction. */
  cameDaysAgo: number;
  source: string;
  medium: string;
  campaign: string;
  channel: string;
  /** Later contacts, in days after it came in. */
  touches: readonly { afterDays: number; source: string; medium: string; campaign: string; channel: string }[];
  /** The webinar that it has to do with, if any: days after it came in; the rating is of who came. */
  webinar: { afterDays: number; attended: boolean; rating: number | null } | null;
  productLine: string;
  needType: string;
  maturity: 'researching' | 'evaluating' | 'ready';
  grade: 'A' | 'B' | 'C' | 'D';
  country: string;
  region: string;
  /** It gave a number alone: nobody can write to it. */
  phoneOnly: boolean;
  hasConsent: boolean;
  /** It is of the control group: it would have been in a cadence, and was kept out. */
  isControl: boolean;
  /** Arm of the split of the cadence; null: it came to none. */
  arm: 'a' | 'b' | 'holdout' | null;
  /** Its way through the stages, in days after it came in. */
  qualified: number | null;
  /** It qualified at once, by a sign of high intent, and not by score and grade. */
  highIntent: boolean;
  /** `reason`: why the rep sent it back, if so. */
  handed: { afterDays: number; rep: number; answeredHours: number; accepted: boolean; reason: string } | null;
  opportunity: number | null;
  ended: { afterDays: number; won: boolean; reason: string } | null;
  /** Its way through the funnel, in days after it came in: what comes after it was lost does not happen. */
  funnel: PastFunnel;
  orders: PastOrders;
  /** What it did on the website. */
  interest: readonly PastInterest[];
  /** It rests in the nurture pool from then on: nothing is left to send. Null: sales had the last word. */
  rests: number | null;
  /** What its rep plans next, while it is open: in days from the end of the history, below 0 when that is overdue. Null: nothing. */
  nextStep: { inDays: number; words: string } | null;
  valueMinor: number;
}
