import type { StoreContext } from '../store/context.ts';
import { sweepIdempotency } from '../store/access/idempotency.ts';
import { sweepRateLimits } from '../store/access/rate-limits.ts';
import { sweepSessions } from '../store/access/sessions.ts';
import { sweepRecipients } from '../store/broadcasts/sweep-recipients.ts';
import { sweepInbound } from '../store/inbound/sweep-inbound.ts';
import { sweepUsedTokens } from '../store/inbound/used-tokens.ts';
import { sweepLimits } from '../store/mail-limits.ts';
import { sweepRefusals } from '../store/mail-refusals.ts';
import type { Logger } from '../runtime/log.ts';

const EVERY_MS = 10 * 60_000;

/**
 * Deletes old Idempotency-Keys, rate counts, sessions, incoming mails, counts of limits, old refusals, used tokens and the
 * recipients of canceled broadcasts at intervals. Returns a function that stops it.
 */
export function startSweeps(db: StoreContext['db'], log: Logger): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const stopping = new AbortController();
  const sweep = async (): Promise<{
    keys: number;
    counts: number;
    sessions: number;
    mails: number;
    limits: number;
    refusals: number;
    tokens: number;
    recipients: number;
  }> => ({
    keys: await sweepIdempotency(db, new Date(), stopping.signal),
    counts: await sweepRateLimits(db, new Date()),
    sessions: await sweepSessions(db, new Date()),
    mails: await sweepInbound(db, new Date(), stopping.signal),
    limits: await sweepLimits(db),
    refusals: await sweepRefusals(db),
    tokens: await sweepUsedTokens(db),
    recipients: await sweepRecipients(db, new Date(), stopping.signal),
  });
  const timer = setInterval(() => {
    running = sweep().then(
      (counts) =>
        log.debug(
          counts,
          'old Idempotency-Keys, counts of requests, sessions, incoming mails, counts of limits, old refusals, used tokens and recipients of canceled broadcasts were deleted',
        ),
      (error: unknown) =>
        log.warn(
          { err: error },
          'old Idempotency-Keys, counts of requests, sessions, incoming mails, counts of limits, old refusals, used tokens or recipients of canceled broadcasts could not be deleted',
        ),
    );
  }, EVERY_MS);
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await running;
  };
}
