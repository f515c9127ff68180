/** The rate of a broadcast: messages in a minute, evenly, whoever works on it and however often. */
import type { Broadcast } from '../../store/broadcasts/broadcasts.ts';

/** So much of the rate may be used at once, in milliseconds. */
const AHEAD = 1_000;
const MINUTE = 60_000;

export interface Pace {
  /** Messages that may leave now. */
  most: number;
  /** When one may leave again, if none may now. Epoch milliseconds. */
  untilMs: number | null;
  /** The rate is used up until then, once so many have left. Epoch milliseconds. */
  after(messages: number): number;
}

/** A broadcast without a rate goes as fast as the mail server takes it. */
export function pace({ rate, pacedUntil }: Pick<Broadcast, 'rate' | 'pacedUntil'>, nowMs: number): Pace {
  if (rate === null) return { most: Infinity, untilMs: null, after: () => nowMs };
  const each = MINUTE / rate;
  const usedUntil = Math.max(nowMs, pacedUntil?.getTime() ?? 0);
  // Another worker may have used more ahead: its clock may be ahead of this one.
  const most = Math.max(0, Math.floor((nowMs + Math.max(AHEAD, each) - usedUntil) / each));
  const after = (messages: number): number => usedUntil + messages * each;
  return { most, untilMs: most > 0 ? null : usedUntil + each - Math.max(AHEAD, each), after };
}
