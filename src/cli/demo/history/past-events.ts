/** Events of the past, as rows. */
import { newId } from '../../../domain/ids.ts';
import { type PastLife, TRUTHS } from './lives.ts';

type Row = Record<string, unknown>;

export interface PastEvent {
  leadId: string;
  type: string;
  at: string;
  properties?: Record<string, unknown>;
  machine?: boolean;
  sendId?: string;
}

export function eventRow({ leadId, type, at, properties = {}, machine = false, sendId }: PastEvent): Row {
  return {
    id: newId('event'),
    bare_id: false,
    lead_id: leadId,
    type,
    properties,
    machine,
    send_id: sendId ?? null,
    occurred_at: at,
    recorded_at: at,
  };
}

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
