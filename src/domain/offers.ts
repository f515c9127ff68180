/** What a lead was sent over a period: messages in all, and offers among them. */
export interface Received {
  messages: number;
  offers: number;
}

/**
 * Whether one more offer keeps their share within the bound. The first offer of a period always does: a share of one message is
 * everything or nothing.
 */
export function offerFits({ messages, offers }: Received, atMost: number): boolean {
  return offers === 0 || (offers + 1) / (messages + 1) <= atMost;
}
