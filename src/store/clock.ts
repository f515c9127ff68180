/** A lead's own clock: real time plus an offset that only fast-forward and simulation set. */

/** Now on the lead's clock, epoch milliseconds. */
export function leadNow(lead: { clockOffsetMs: bigint }, realNowMs: number): number {
  return realNowMs + Number(lead.clockOffsetMs);
}

/** Work that waits for its turn is late by seconds. A process that is later than this is on another clock. */
const LATE_MS = 60_000;

/**
 * By how many milliseconds a process's time is behind its lead's clock. A terminated process of a forwarded lead is followed by one in
 * real time, and an activity from an outage may run hours later. 0 for normal delays.
 */
export function behindMs(lead: { clockOffsetMs: bigint }, processNowMs: number, realNowMs: number): number {
  const behind = leadNow(lead, realNowMs) - processNowMs;
  return behind > LATE_MS ? behind : 0;
}

/**
 * When something happened, on the lead's clock: the stated time, or now. A stated time in the future becomes now: otherwise an event from
 * before a mail would count as a reaction to it, and again to the next mail.
 */
export function occurredAtMs(stated: Date | undefined, nowMs: number): number {
  return stated === undefined ? nowMs : Math.min(stated.getTime(), nowMs);
}

/** Whether a stated time became now. */
export function isAhead(stated: Date | undefined, nowMs: number): boolean {
  return stated !== undefined && stated.getTime() > nowMs;
}
