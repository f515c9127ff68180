import type { Bounce } from '../../domain/effect.ts';
import { newId } from '../../domain/ids.ts';
import type { Tx } from '../db.ts';
import { insertEvents } from '../events/new-event.ts';

/** A mail that a lead did not get, and that says nothing against the lead. */
export interface NotedBounce {
  leadId: string;
  /** Null: the message is tried again, and its row is gone. */
  sendId: string | null;
  verdict: Bounce;
  /** On the lead's clock. */
  at: Date;
  /** What the server said, without addresses. */
  reason?: string;
  /** RFC 3463, of a notice. */
  status?: string | null;
  /** `hand-over`: the server said so at once; `notice`: by a mail afterwards. */
  heardAt: 'hand-over' | 'notice';
}

/**
 * Writes such bounces on the timelines of their leads. They are events of machines: they give no points, pause no cadence, and count in no
 * figure of what people did.
 */
export async function noteBounces(tx: Tx, bounces: readonly NotedBounce[]): Promise<void> {
  await insertEvents(
    tx,
    bounces.map(({ leadId, sendId, verdict, at, reason, status, heardAt }) => ({
      id: newId('event'),
      leadId,
      type: 'email.bounced',
      properties: {
        sendId,
        verdict,
        heardAt,
        ...(reason === undefined ? {} : { reason }),
        ...(typeof status === 'string' ? { status } : {}),
      },
      machine: true,
      sendId,
      occurredAtMs: at.getTime(),
    })),
  );
}
