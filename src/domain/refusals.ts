/**
 * A receiver that takes nothing of ours for now: its block list has our host, we sent too much, it asks for what our mails lack. It says
 * nothing of an address. Mails to the receiver wait, while those to others go on. After a pause one mail tries; each refusal makes the pause
 * longer, and a mail that is taken ends it.
 */

/** Pauses in minutes; the last one stays. */
export const REFUSAL_PAUSES = [1, 5, 15, 60, 240] as const;

/** So long nobody else tries while a mail does: longer than a hand-over lasts. Milliseconds. */
export const TRY_LASTS = 300_000;

/** A mail looks again so often at least: a person may have ended the pause. Milliseconds. */
const LOOK_AGAIN = 1_800_000;
/** So many milliseconds after the pause at most, the mails that waited come, one after the other. */
const SPREAD = { least: 5_000, share: 0.2 } as const;

/** When a mail that waits comes again, in milliseconds from now. `draw`: 0 up to 1. */
export function comesAgainMs(refusedForMs: number, draw: number): number {
  const wait = Math.min(Math.max(0, refusedForMs), LOOK_AGAIN);
  return Math.ceil(wait + draw * Math.max(SPREAD.least, wait * SPREAD.share));
}

/** Why a mail waits, as `why` shows it. It names no domain: that may be a person's own. */
export const RECEIVER_REFUSES = 'its receiving domain takes no mail of ours for now';

/** How a refusal came to be known: by the answer at hand-over, or by a notice afterwards. */
export type HeardBy = 'answer' | 'notice';

/** The receiver that one person of ours is, by the id: a full mailbox holds up nobody else of the domain. */
export function personReceiver(id: string): string {
  return `person:${id}`;
}
