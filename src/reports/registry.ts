/** The reports, in the order in which they are shown. A report of its own is a file and a line here. */
import { AppError } from '../domain/errors.ts';
import { FUNNEL } from './funnel.ts';
import { HAND_OFF } from './hand-off.ts';
import { LEADS_IN } from './leads-in.ts';
import type { Report } from './report.ts';

export const REPORTS: readonly Report[] = [LEADS_IN, FUNNEL, HAND_OFF];

/** @throws AppError NOT_FOUND, naming those that there are */
export function reportNamed(key: string): Report {
  const found = REPORTS.find((report) => report.key === key);
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `There is no such report; there are: ${REPORTS.map((one) => one.key).join(', ')}`);
}
