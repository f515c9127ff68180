/** An event of the past, as a row. */
import { newId } from '../../../domain/ids.ts';

export interface PastEvent {
  leadId: string;
  type: string;
  at: string;
  properties?: Record<string, unknown>;
  machine?: boolean;
  sendId?: string;
}

export function eventRow({
  leadId,
  type,
  at,
  properties = {},
  machine = false,
  sendId,
}: PastEvent): Record<string, unknown> {
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
