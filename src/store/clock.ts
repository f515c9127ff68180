/** A lead's own clock: real time plus an offset that only fast-forward and simulation set. */

/** Now on the lead's clock, epoch milliseconds. */
export function leadNow(lead: { clockOffsetMs: bigint }, realNowMs: number): number {
  return realNowMs + Number(lead.clockOffsetMs);
}

/** Work that waits for its turn is late by seconds; more is a process on another clock. */
const LATE_MS = 60_000;

/**
 * How far what a process asks for is behind its lead's clock, in milliseconds: a process that was ended while the lead was
 * forwarded is followed by one in real time, and what was asked for in an outage is carried out hours later. 0 for what is
 * merely late.
 */
export function behindMs(lead: { clockOffsetMs: bigint }, processNowMs: number, realNowMs: number): number {
  const behind = leadNow(lead, realNowMs) - processNowMs;
  return behind > LATE_MS ? behind : 0;
}

/**
 * When something happened, on the lead's clock: as stated, or now. The past is believed. The future is not: what came before
 * a mail would count as an answer to it, and again to the next.
 */
export function occurredAtMs(stated: Date | undefined, nowMs: number): number {
  return stated === undefined ? nowMs : Math.min(stated.getTime(), nowMs);
}
