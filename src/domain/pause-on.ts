/** What makes the mails of a cadence wait: the person is in a conversation already, or cannot be reached just now. */
export const PAUSE_CAUSES = ['reply', 'bounce', 'ticket', 'account-opportunity'] as const;
export type PauseCause = (typeof PAUSE_CAUSES)[number];

/** What is known of the causes. Times are epoch milliseconds on the lead's clock. */
export interface PauseFacts {
  /** The latest answer to a mail of ours, and the latest bounce. */
  repliedAtMs: number | null;
  bouncedAtMs: number | null;
  /** An out-of-office named this day of return. */
  awayUntilMs?: number | null;
  /** A support ticket was opened and not closed. */
  hasTicket: boolean;
  /** A colleague at the same account has an open opportunity. */
  accountHasOpportunity: boolean;
}

const DAY = 86_400_000;
/** After a reply or a bounce the next mail waits so long. Milliseconds. */
const AFTER_REPLY = 3 * DAY;
/** A ticket or an opportunity is looked for again after so long. Milliseconds. */
const LOOK_AGAIN = DAY;

/** What of a cadence decides which causes it heeds. */
export interface PausableCadence {
  purpose: 'nurture' | 'customer';
  kind?: 'reminder';
  pauseOn?: readonly PauseCause[];
}

/** The causes that a cadence heeds: those it names, or all of them while it nurtures. Reminders and customer content heed none by default. */
export function pauseCausesOf({ pauseOn, purpose, kind }: PausableCadence): readonly PauseCause[] {
  return pauseOn ?? (purpose === 'nurture' && kind !== 'reminder' ? PAUSE_CAUSES : []);
}

/**
 * Why a mail waits, and until when it does at least (epoch milliseconds); null: it does not. Whatever heeds a cause heeds an absence too.
 */
export function pauseBecause(
  causes: readonly PauseCause[],
  facts: PauseFacts,
  atMs: number,
): { cause: PauseCause | 'absence'; untilMs: number } | null {
  const until = (cause: PauseCause): number => {
    switch (cause) {
      case 'reply':
        return (facts.repliedAtMs ?? -Infinity) + AFTER_REPLY;
      case 'bounce':
        return (facts.bouncedAtMs ?? -Infinity) + AFTER_REPLY;
      case 'ticket':
        return facts.hasTicket ? atMs + LOOK_AGAIN : -Infinity;
      case 'account-opportunity':
        return facts.accountHasOpportunity ? atMs + LOOK_AGAIN : -Infinity;
    }
  };
  const absence = causes.length === 0 ? -Infinity : (facts.awayUntilMs ?? -Infinity);
  const waits = [
    ...causes.map((cause) => ({ cause, untilMs: until(cause) })),
    { cause: 'absence' as const, untilMs: absence },
  ].filter(({ untilMs }) => untilMs > atMs);
  return waits.toSorted((a, b) => b.untilMs - a.untilMs)[0] ?? null;
}
