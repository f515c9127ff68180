/** When sending stops by itself. */
import type { Span } from './cadence.ts';
import { spanToText } from './span.ts';

/** Of settings.yaml. Shares are 0 to 1. */
export interface Brakes {
  /** What happened over so long counts. */
  per: Span;
  /** Fewer mails than that stop nobody. */
  mails: number;
  /** The share of mails from which on sending stops. */
  bounces: number;
  complaints: number;
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
  /** Handed over to the mail server, or tried to. */
  mails: number;
  /** Came back for good, or were refused for the address. */
  bounces: number;
  complaints: number;
  /** The mail server could not be reached, refused us, or did not answer. */
  errors: number;
}

/** So many cases at least: a share of few mails is one person's bad day. */
const FEWEST: Readonly<Record<'bounces' | 'complaints' | 'errors', number>> = {
  bounces: 10,
  complaints: 5,
  errors: 20,
};

const WORDS = {
  bounces: 'bounced',
  complaints: 'were reported as spam',
  errors: 'were not taken by the mail server',
} as const;

/** Why sending is to stop; null: it is not. */
export function whyBrake(brakes: Brakes, counts: MailCounts): string | null {
  const { mails } = counts;
  if (mails < brakes.mails) return null;
  for (const kind of ['complaints', 'bounces', 'errors'] as const) {
    const cases = counts[kind];
    if (cases >= FEWEST[kind] && cases >= brakes[kind] * mails)
      return `stopped by itself: ${cases} of ${mails} mails ${WORDS[kind]} within ${spanToText(brakes.per)}`;
  }
  return null;
}
