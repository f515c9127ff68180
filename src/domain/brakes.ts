/** When sending stops by itself. */
import type { Span } from './cadence.ts';
import { spanToText } from './span.ts';

/** Of settings.yaml. Shares are 0 to 1. */
export interface Brakes {
  /** What happened over so long counts. */
  per: Span;
  /** Fewer mails than that stop nobody. */
  mails: number;
  /** From these shares on sending stops. Of the mails that a server took or refused for the address. */
  bounces: number;
  /** Of the mails that a server took. */
  complaints: number;
  /** Of all attempts. */
  errors: number;
}

export const DEFAULT_BRAKES: Brakes = {
  per: { amount: 1, unit: 'hours' },
  mails: 100,
  bounces: 0.1,
  complaints: 0.005,
  errors: 0.5,
};

/** What became of the mails to leads over the time. */
export interface MailCounts {
  /** Handed over: the mail server took them. */
  accepted: number;
  /** Refused for the address, for good. A mailbox that is full counts nowhere here. */
  refused: number;
  /** Handed over, and came back for good. */
  returned: number;
  complaints: number;
  /** Handed over without an answer. */
  inDoubt: number;
  /** Attempts at which the mail server could not be reached, or refused us, not one recipient: each one, so that a mail tried for an hour is many. */
  failures: number;
}

/** So many cases at least: a share of few mails is one person's bad day. */
const FEWEST: Readonly<Record<'bounces' | 'complaints' | 'errors', number>> = {
  bounces: 10,
  complaints: 5,
  errors: 20,
};

const WORDS = {
  bounces: 'mails bounced',
  complaints: 'mails were reported as spam',
  errors: 'attempts to hand over a mail failed',
} as const;

/** What is a share of what: an outage makes many attempts, and they must not make complaints and bounces look rare. */
function casesOf(counts: MailCounts, kind: keyof typeof FEWEST): { cases: number; mails: number } {
  const { accepted, refused, returned, complaints, inDoubt, failures } = counts;
  switch (kind) {
    case 'complaints':
      return { cases: complaints, mails: accepted };
    case 'bounces':
      return { cases: refused + returned, mails: accepted + refused };
    case 'errors':
      return { cases: failures + inDoubt, mails: accepted + refused + inDoubt + failures };
  }
}

/** Why sending is to stop; null: it is not. */
export function whyBrake(brakes: Brakes, counts: MailCounts): string | null {
  for (const kind of ['complaints', 'bounces', 'errors'] as const) {
    const { cases, mails } = casesOf(counts, kind);
    if (mails >= brakes.mails && cases >= FEWEST[kind] && cases >= brakes[kind] * mails)
      return `stopped by itself: ${cases} of ${mails} ${WORDS[kind]} within ${spanToText(brakes.per)}`;
  }
  return null;
}
