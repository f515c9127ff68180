import { countOf } from './count-of.ts';
import type { Cap } from './playbook.ts';
import { spanToMs, spanToText } from './span.ts';

/** A message that a lead got, or may have got, by whatever channel: an email, a webhook with a topic, a task of a rep. */
export interface RecentMessage {
  /** Null: a rep calls or writes, on no topic of the marketing. */
  topic: string | null;
  /** Epoch milliseconds, on the lead's clock. */
  atMs: number;
}

/** A cap that holds a message back. */
export interface Capped {
  cap: Cap;
  /** From when on it does not any more, as far as is known now. */
  untilMs: number;
}

/**
 * The cap that holds a message on this topic back for the longest; null when it may go out. A cap of one topic counts the messages on that
 * topic, any other counts all.
 */
export function cappedBy(
  caps: readonly Cap[],
  recent: readonly RecentMessage[],
  topic: string | undefined,
  atMs: number,
): Capped | null {
  let longest: Capped | null = null;
  for (const cap of caps) {
    if (cap.topic !== undefined && cap.topic !== topic) continue;
    const periodMs = spanToMs(cap.per);
    const counted = recent
      .filter((one) => (cap.topic === undefined || one.topic === cap.topic) && one.atMs > atMs - periodMs)
      .map((one) => one.atMs)
      .toSorted((a, b) => a - b);
    // When this one has left the period, one less than the cap is in it.
    const oldest = counted.at(-cap.messages);
    if (oldest === undefined) continue;
    const untilMs = oldest + periodMs;
    if (longest === null || untilMs > longest.untilMs) longest = { cap, untilMs };
  }
  return longest;
}

/** How far back messages count, in milliseconds; 0 without caps. */
export function longestPeriodMs(caps: readonly Cap[]): number {
  return Math.max(0, ...caps.map(({ per }) => spanToMs(per)));
}

/** "2 messages in 1 week", "1 message about ‘news’ in 2 days" */
export function capToText({ topic, messages, per }: Cap): string {
  const about = topic === undefined ? '' : ` about ‘${topic}’`;
  return `${countOf(messages, 'message')}${about} in ${spanToText(per)}`;
}
