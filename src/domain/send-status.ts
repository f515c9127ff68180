/** How a send stands, as people are told it: what the ledger says, and after the mail server took it what became of it since. */
export const SEND_STATUSES = [
  'claimed',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'in_doubt',
  'failed',
  'skipped',
] as const;
export type ShownSendStatus = (typeof SEND_STATUSES)[number];

/** What a mail that came back, or a provider, says of a message that was sent. The later in this list outranks the earlier. */
export const DELIVERIES = ['delivered', 'bounced', 'complained'] as const satisfies readonly ShownSendStatus[];
export type Delivery = (typeof DELIVERIES)[number];

/** A bounce or a complaint also tells of a message in doubt that it had left. */
export function shownStatus(send: { status: string; delivery: string | null }): ShownSendStatus {
  const { status, delivery } = send;
  const hasLeft = status === 'sent' || status === 'in_doubt';
  const shown = hasLeft && delivery !== null ? delivery : status;
  return SEND_STATUSES.find((one) => one === shown) ?? 'sent';
}
