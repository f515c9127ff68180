/** What the engine records itself: from outside it would be a statement about our own mail. */
export const OWN_EVENTS: ReadonlySet<string> = new Set([
  'email.opened',
  'email.clicked',
  'email.bounced',
  'unsubscribed',
]);
