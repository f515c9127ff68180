import { stableShare } from './stable-share.ts';

/** Whether a lead is of the share of a cadence's new enrollments that gets its canary. Who is of 5 percent is of 20 percent as well. */
export function isOfCanary(cadence: string, leadId: string, percent: number): boolean {
  return stableShare('canary', cadence, leadId) * 100 < percent;
}
