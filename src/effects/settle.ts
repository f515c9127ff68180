import { bounced, bounceOf, isOfMailbox, isTrouble, type Outcome, refusalOf, settlementOf } from '../domain/effect.ts';
import { noteTroubles } from '../store/brakes.ts';
import { announce } from '../store/outbox.ts';
import { releaseSends, sendExists, settleSends, type Settled } from '../store/process/sends.ts';
import type { EffectTurn } from './channel.ts';
import type { Claimed } from './claim.ts';
import type { EffectResult } from './settler.ts';

/** Writes the outcome of an effect and lets its settler go on. May be repeated when the answer to the commit was lost. */
export async function settle<T extends EffectTurn>(turn: T, claimed: Claimed<T>, outcome: Outcome): Promise<void> {
  const result = await write(turn, claimed, outcome);
  if (result === null) return;
  if (claimed.countsForBrakes && isTrouble(outcome)) turn.send(noteTroubles(turn.tx, 1));
  const heard = claimed.heard?.(turn, outcome) ?? null;
  if (heard !== null && refusalOf(outcome) === null) turn.send(heard);
  else if (heard !== null) result.isOutdated = (await heard).isOutdated;
  if (outcome.kind === 'refused' && outcome.scope === 'recipient') await claimed.recipientRefused?.(turn);
  const bounce = bounceOf(outcome, result.status);
  if (bounce !== null && 'reason' in outcome) await claimed.bounced?.(turn, bounce, outcome.reason);
  // The process already has the result of the later attempt. Without a bell it would not look again.
  if (result.isLate)
    turn.send(announce(turn.tx, [{ leadId: turn.lead.id, reason: 'released', refs: { sendId: claimed.id } }]));
  await claimed.settler.settled(turn, result);
}

/** Null when the claim is already taken back: by a transaction of this attempt that was committed while its answer was lost. */
async function write<T extends EffectTurn>(
  turn: T,
  claimed: Claimed<T>,
  outcome: Outcome,
): Promise<EffectResult | null> {
  const settlement = settlementOf(outcome);
  if (settlement.status === 'released') {
    if (isOfMailbox(outcome) && claimed.settler.isLastTry?.(turn) === true)
      return writeOutcome(turn, claimed, outcome, {
        status: 'failed',
        reason: bounced(settlement.reason),
        sentAt: null,
      });
    const alsoInDoubt = claimed.settler.canRepeat(turn);
    const [before] = await releaseSends(turn.tx, [claimed], { alsoInDoubt });
    if (before !== undefined) return { status: 'released', outcome, isLate: before.status === 'in_doubt' };
    return writeOutcome(turn, claimed, outcome, {
      status: 'in_doubt',
      reason: missed(settlement.reason),
      sentAt: null,
    });
  }
  const sentAt = settlement.status === 'sent' ? turn.at : null;
  return writeOutcome(turn, claimed, outcome, { status: settlement.status, reason: settlement.reason, sentAt });
}

async function writeOutcome(
  turn: EffectTurn,
  { id, attempt }: Pick<Claimed<never>, 'id' | 'attempt'>,
  outcome: Outcome,
  settled: Omit<Settled, 'id' | 'attempt'>,
): Promise<EffectResult | null> {
  const isOurs = (await settleSends(turn.tx, [{ id, attempt, ...settled }])).includes(id);
  if (isOurs) return { status: settled.status, outcome, isLate: false };
  return (await sendExists(turn.tx, id)) ? { status: 'not-ours', outcome, isLate: false } : null;
}

/** A later attempt put it in doubt and went on, so nothing tries it again. The attention list shows it to a person. */
export function missed(reason: string): string {
  return `It was not taken, and the lead has gone on meanwhile: ${reason}`;
}
