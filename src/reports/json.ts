/** Sections of a report for programs, with what they are of. */
import type { Answer } from './answer.ts';
import { currencyOf } from './money.ts';
import { dayOf, lastDayOf } from './periods.ts';
import type { Asked, Report, Section } from './report.ts';

export function toJson({ key }: Report, asked: Asked, { asOf, isKept }: Answer, sections: readonly Section[]) {
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
