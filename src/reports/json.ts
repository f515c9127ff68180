/** Sections of a report for programs, with what they are of. `sections`: as they are shown. */
import type { Answer } from './answer.ts';
import { currencyOf } from './money.ts';
import { dayOf, lastDayOf } from './periods.ts';
import type { Asked, Report } from './report.ts';

export function toJson<S>({ key }: Report, asked: Asked, { asOf, isKept }: Answer, sections: readonly S[]) {
  const { zone, by, since, playbook } = asked;
  return {
    report: key,
    since: dayOf(since, zone),
    until: lastDayOf(asked),
    zone,
    by,
    currency: currencyOf(playbook),
    asOf: asOf.toISOString(),
    kept: isKept,
    sections,
  };
}
