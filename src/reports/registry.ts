/** The reports, in the order in which they are shown. A report of its own is a file and a line here. */
import { AppError } from '../domain/errors.ts';
import { ATTRIBUTION } from './attribution.ts';
import { BASE } from './base.ts';
import { BROADCASTS } from './broadcasts.ts';
import { CADENCES } from './cadences.ts';
import { CAMPAIGNS } from './campaigns.ts';
import { FUNNEL } from './funnel.ts';
import { HAND_OFF } from './hand-off.ts';
import { LEADS_IN } from './leads-in.ts';
import { MANAGERS } from './managers.ts';
import { TARGET } from './measure-target.ts';
import type { Report } from './report.ts';
import { SCORING } from './scoring.ts';
import { SO_FAR } from './so-far.ts';

export const REPORTS: readonly Report[] = [
  LEADS_IN,
  FUNNEL,
  CAMPAIGNS,
  ATTRIBUTION,
  CADENCES,
  BROADCASTS,
  HAND_OFF,
  MANAGERS,
  BASE,
  SCORING,
];

/** @throws AppError NOT_FOUND, naming those that there are */
export function reportNamed(key: string): Report {
  const found = REPORTS.find((report) => report.key === key);
  if (found !== undefined) return found;
  throw new AppError('NOT_FOUND', `There is no such report; there are: ${REPORTS.map((one) => one.key).join(', ')}`);
}

/** The report of a kept answer: target planning keeps what it counts in the same way. @throws AppError NOT_FOUND */
export function keptReport(key: string): Report {
  return [TARGET, SO_FAR].find((report) => report.key === key) ?? reportNamed(key);
}
