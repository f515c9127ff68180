/** Names and payloads of the messages to the process of a broadcast. No imports: others use this file too. */

export const BROADCAST_WORKFLOW = 'broadcast';
/** A doorbell: the row of the broadcast was changed, or all sending goes on. */
export const BROADCAST_SIGNAL = 'look';
export const BROADCAST_QUERY = 'progress';
export const CLOCK_QUERY = 'now';

export interface BroadcastInput {
  broadcastId: string;
}
