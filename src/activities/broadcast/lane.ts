import type { LimitFunction } from 'p-limit';
import { isBroadcastOver } from '../../domain/broadcast.ts';
import { type Outcome, refusalOf } from '../../domain/effect.ts';
import { RECEIVER_REFUSES } from '../../domain/refusals.ts';
import { type ActedMail, settleMails } from '../../effects/many-mails.ts';
import { pause } from '../../runtime/pause.ts';
import { reached } from '../../runtime/race-points.ts';
import { TRY_AGAIN_AFTER } from '../../steps/after-outcome.ts';
import { type Broadcast, lockBroadcast } from '../../store/broadcasts/broadcasts.ts';
import { putOff, type Recipient } from '../../store/broadcasts/recipients.ts';
import { inTransaction } from '../../store/process/picture.ts';
import { type NewSend, writeSends } from '../../store/process/sends.ts';
import type { ActivityDeps } from '../deps.ts';
import { sitOut } from '../sit-out.ts';
import { skipRow, variantFor } from './skip-row.ts';
import { type TakenMail, takeNext } from './take.ts';
import { triedAgain } from './try-again.ts';

/** What a lane works with. */
export interface LaneWork {
  deps: ActivityDeps;
  broadcastId: string;
  /** The process's time, epoch milliseconds. */
  clock(): number;
  /** It begins nothing new from then on. */
  untilMs: number;
  signal: AbortSignal;
  /** Bounds the messages that are with the mail server at once, over all lanes. */
  handOver: LimitFunction;
}

/**
 * Messages that are claimed together: as many as leave in about half a second. What is claimed when a worker is killed is in doubt, so a slow
 * mail server must not have many of them.
 */
const FEWEST = 10;
const MOST = 250;
const CLAIMED_FOR_MS = 500;
/** A longer wait for the rate is a timer of the process. Milliseconds. */
const SHORT_WAIT = 2_000;

/** Claims, hands over and settles, again and again, until nothing is due or its time is over. */
export async function runLane(work: LaneWork): Promise<void> {
  const { deps, broadcastId, clock, untilMs, signal } = work;
  let limit = FEWEST;
  while (!signal.aborted && clock() < untilMs) {
    const taken = await takeNext(deps, { broadcastId, limit, nowMs: clock() });
    if (taken.isStopped) return;
    if (taken.pacedUntilMs !== null) {
      const waitMs = taken.pacedUntilMs - clock();
      if (waitMs > SHORT_WAIT) return;
      await pause(waitMs, signal);
      continue;
    }
    if (taken.looked === 0) return;
    if (taken.mails.length === 0) continue;
    await reached('broadcast.claimed', broadcastId);
    const begun = performance.now();
    const sinceMs = Date.now();
    const outcomes = await Promise.all(
      taken.mails.map(({ mail }) => work.handOver(() => deps.mail.transport.send(mail.message))),
    );
    const tookMs = Math.max(1, performance.now() - begun);
    await reached('broadcast.acted', broadcastId);
    await sitOut(() => writeOutcomes(work, taken.mails, outcomes, sinceMs));
    limit = Math.max(FEWEST, Math.min(MOST, Math.round((taken.mails.length / tookMs) * CLAIMED_FOR_MS)));
  }
}

async function writeOutcomes(
  { deps, broadcastId, clock }: LaneWork,
  mails: readonly TakenMail[],
  outcomes: readonly Outcome[],
  sinceMs: number,
): Promise<void> {
  const byId = new Map(mails.map((taken) => [taken.mail.id, taken]));
  const realNowMs = Date.now();
  const acted = mails.flatMap(({ mail, recipient, offsetMs }, n): ActedMail[] => {
    const outcome = outcomes[n];
    const isLast = TRY_AGAIN_AFTER[recipient.attempts] === undefined;
    return outcome === undefined ? [] : [{ mail, outcome, isLast, sinceMs, at: new Date(realNowMs + offsetMs) }];
  });
  await inTransaction(deps.db, async (tx) => {
    // Only where a message did not leave does the broadcast's own row matter.
    const mayPutBack = acted.some(({ outcome }) => outcome.kind === 'released' || outcome.kind === 'refused');
    const broadcast = mayPutBack ? await lockBroadcast(tx, broadcastId) : null;
    const canRepeat = broadcast !== null && !isBroadcastOver(broadcast.status);
    const released = await settleMails(tx, acted, { canRepeat });
    const back: Recipient[] = [];
    const givenUp: NewSend[] = [];
    for (const one of released) {
      const recipient = byId.get(one.mail.id)?.recipient;
      if (recipient === undefined || broadcast === null) continue;
      const again = broadcast.status === 'canceled' ? null : triedAgain(one, recipient, clock());
      if (again === null) givenUp.push(givenUpRow(broadcast, recipient, one));
      else back.push({ ...recipient, ...again });
    }
    await putOff(tx, broadcastId, back);
    await writeSends(tx, givenUp, 'skipped');
  });
}

/** With the same reason as those that waited for the receiver in vain. */
function givenUpRow(broadcast: Broadcast, recipient: Recipient, { outcome, at }: ActedMail): NewSend {
  const because =
    refusalOf(outcome) === null ? `not-accepted: ${'reason' in outcome ? outcome.reason : ''}` : RECEIVER_REFUSES;
  const reason = broadcast.status === 'canceled' ? 'canceled' : because;
  return skipRow(broadcast, variantFor(broadcast, recipient), { leadId: recipient.leadId, at, reason });
}
