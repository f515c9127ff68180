/** Events of the past that have to do with the webinar, as rows. */
import { eventRow } from './event-row.ts';
import type { PastLife } from './past-life.ts';
import { TRUTHS } from './truths.ts';

type Row = Record<string, unknown>;

/** What a lead did with the webinar of the history. `at`: the instant so many days after it came in. */
export function webinarEvents(
  leadId: string,
  { afterDays, attended, rating }: NonNullable<PastLife['webinar']>,
  at: (afterDays: number) => string,
): Row[] {
  const took = (type: string, properties: Row, days = afterDays): Row =>
    eventRow({ leadId, type, properties, at: at(days) });
  const webinar = TRUTHS.webinar;
  return [
    took('webinar.registered', { webinar }, afterDays - 0.5),
    took(attended ? 'webinar.attended' : 'webinar.missed', { webinar }),
    ...(rating === null ? [] : [took('feedback.given', { campaign: webinar, rating })]),
  ];
}
