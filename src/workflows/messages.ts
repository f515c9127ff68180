/** Names and payloads of the messages to a lead's process. No imports: the API uses this file too. */

export const LEAD_WORKFLOW = 'leadLifecycle';
export const RING_SIGNAL = 'ring';
/** Update without effect that answers with the process's own time (epoch milliseconds). */
export const CLOCK_UPDATE = 'clock';
export const STATE_QUERY = 'state';
export const WHY_QUERY = 'why';

/** A doorbell: it says that something was written. The process reads from the rows what it was. */
export interface Ring {
  outboxId: string;
  /** Why it rings, for the history: submitted, qualified, awaited, unsubscribed, overdue, unacknowledged … */
  reason: string;
}

export interface LeadInput {
  leadId: string;
  /** Carried over a continue-as-new: the outbox ids already heard, newest last, bounded. */
  heard?: string[];
  /** Rings that came in as the run before ended. */
  rings?: Ring[];
}
