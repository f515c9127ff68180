import { answerConditions, chooseAnswer } from '../domain/answer.ts';
import { AppError } from '../domain/errors.ts';
import { isOwnRequest } from '../domain/own-request.ts';
import { isOfMailbox, NOT_ACCEPTED } from '../domain/effect.ts';
import { claim, lookBack, skip } from '../effects/claim.ts';
import { leadMail } from '../effects/lead-mail.ts';
import type { EffectResult, Settler } from '../effects/settler.ts';
import { nextAttempt, TRY_AGAIN_AFTER } from '../steps/after-outcome.ts';
import { orHold } from '../steps/or-hold.ts';
import type { TouchRead } from '../store/campaign-of-touch.ts';
import type { Answer } from '../store/generated/client.ts';
import { answeredSince, deleteAnswer, readAnswers, writeAnswer } from '../store/process/answers.ts';
import { requestOf } from '../store/capture/touch.ts';
import { holdFor } from './hold.ts';
import { owedNotice } from './owed-notice.ts';
import { type OwedMail, owedResend } from './owed-resend.ts';
import type { Turn } from './turn.ts';
import { waitForTurn } from './wait-for-turn.ts';

/**
 * Mails that are owed to a lead. An answer is what a person just asked for: the guide, the confirmation. It is no drip. It leaves at once in every stage but
 * `disqualified`: neither the window nor the cap nor an earlier cadence holds it back. The transaction that takes the request in writes
 * the answer to `answers`, so that no crash loses it. Its send has the same key, so that a request is answered once. What else is owed
 * (a message in doubt that a person had sent once more) goes the same way; the beginning of its key says what it is.
 */

/** A form that is sent again within this time was sent by a second press of the button. Milliseconds. */
const ONE_REQUEST = 10 * 60_000;
/**
 * Anybody can ask in the name of anybody: so many answers leave in a day, whatever is asked for and by whom, or a stranger could fill a
 * mailbox with them.
 */
const MOST_A_DAY = 10;
const DAY = 86_400_000;
/** An older request is imported history: nobody waits for its answer. Milliseconds. */
const TOO_LATE = 7 * 86_400_000;

/** Records what a request is to be answered with, if anything. */
export async function oweAnswer(turn: Turn, touch: TouchRead): Promise<void> {
  const { cadences, forms } = turn.playbook;
  if (!isOwnRequest(touch) || touch.occurredAt.getTime() < turn.atMs - TOO_LATE) return;
  if (!cadences.some(({ answer }) => answer !== undefined) && forms.length === 0) return;
  const facts = await turn.facts(answerConditions(cadences, forms), touch);
  const chosen = chooseAnswer(cadences, forms, requestOf(touch).form, facts);
  if (chosen === null) return;
  const { by: askedBy, template: templateKey } = chosen;
  const { id: leadId, answerDueAt } = turn.lead;
  turn.send(
    writeAnswer(turn.tx, { key: `answer:${touch.id}`, leadId, templateKey, askedBy, dueAt: turn.at, attempts: 0 }),
  );
  turn.note({ action: 'answer.owed', data: { touchId: touch.id, template: templateKey, by: askedBy } });
  if (answerDueAt === null || answerDueAt > turn.at) turn.changeLead({ answerDueAt: turn.at });
}

/** Claims the next answer that is due, or records why it does not go out. One message leaves in a turn. */
export async function answerNext(turn: Turn): Promise<void> {
  const { answerDueAt } = turn.lead;
  if (turn.isStopped || turn.onPause() !== null || answerDueAt === null || answerDueAt > turn.at) return;
  for (const answer of await readAnswers(turn.tx, turn.lead.id)) {
    if (answer.dueAt > turn.at) break;
    // A claimed answer stays owed until it has an outcome: after a crash the next attempt comes back to it.
    const given = await give(turn, answer);
    if (given === 'waits') break;
    if (given !== 'over') return;
    turn.send(deleteAnswer(turn.tx, answer.key));
  }
  await showDue(turn);
}

/** Writes into the lead when its next answer is due. */
async function showDue(turn: Turn): Promise<void> {
  const [next] = await readAnswers(turn.tx, turn.lead.id);
  turn.changeLead({ answerDueAt: next?.dueAt ?? null });
}

async function give(turn: Turn, answer: Answer): Promise<'claimed' | 'over' | 'held' | 'waits'> {
  if ((await lookBack(turn, answer.key)) !== null) return 'over';
  const owed = await owedBy(turn, answer);
  if (owed === null) return 'over';
  if (owed.reason === null) {
    if (await waitsForRoom(turn, answer)) return 'waits';
    return claimOrHold(turn, answer, owed);
  }
  const content = { templateKey: answer.templateKey, topic: owed.topic };
  skip(turn, owed.intent, { channel: 'email', content, reason: owed.reason });
  return 'over';
}

/** An answer goes before all mails of cadences. Where even so there is no room for it, it is put off, and no attempt is counted. */
async function waitsForRoom(turn: Turn, answer: Answer): Promise<boolean> {
  const template = turn.rules.templates.get(answer.templateKey) ?? null;
  const asked = { lane: 'answers', isAnswer: true, hasWaited: false, refusedForMs: await turn.refusedForMs() };
  const mail = { template, lead: turn.lead, atMs: turn.atMs, ...asked };
  const wait = await waitForTurn(turn.deps, turn.tx, turn.playbook, mail);
  if (wait.kind === 'now') {
    turn.triesReceiver = wait.tries;
    return false;
  }
  turn.send(writeAnswer(turn.tx, { ...answer, dueAt: new Date(wait.atMs) }));
  return true;
}

/** What is to leave, or why it does not; null: there is nothing any more that it could be about. */
async function owedBy(turn: Turn, answer: Answer): Promise<OwedMail | null> {
  if (answer.key.startsWith('resend:')) return owedResend(turn, answer.key);
  if (!answer.key.startsWith('answer:')) return owedNotice(turn, answer.key);
  const template = turn.rules.templates.get(answer.templateKey);
  return {
    intent: { key: answer.key, audience: 'lead' },
    topic: template?.topic ?? null,
    reason: await reasonNotToAnswer(turn, answer),
    async draft() {
      const campaign = answer.askedBy.replace(/^\w+:/, '');
      const mail = leadMail(turn, template ?? unpublished(answer), undefined, { campaign });
      return { ...mail, answers: { hasLeft: await turn.hasLeft(template?.topic) } };
    },
  };
}

/** @throws AppError TEMPLATE_BROKEN */
function unpublished({ templateKey }: Answer): never {
  throw new AppError('TEMPLATE_BROKEN', `Template ‘${templateKey}’ of an answer is not published any more.`);
}

async function reasonNotToAnswer(turn: Turn, { templateKey }: Answer): Promise<string | null> {
  if (turn.stage === 'disqualified') return 'stage-disqualified';
  const may = await turn.mayAnswer();
  if (!may.may) return may.reason;
  const since = new Date(turn.atMs - DAY);
  const { count, lastOfTemplate } = await answeredSince(turn.tx, turn.lead.id, templateKey, since);
  if (lastOfTemplate !== null && lastOfTemplate.getTime() > turn.atMs - ONE_REQUEST) return 'answered-just-now';
  return count < MOST_A_DAY ? null : 'answered-often';
}

/** An answer that cannot be rendered holds the lead. It stays in `answers` until somebody has mended its template. */
async function claimOrHold(
  turn: Turn,
  answer: Answer,
  { intent, draft: makeDraft }: OwedMail,
): Promise<'claimed' | 'held'> {
  const claimed = await orHold({ hold: (reason) => holdFor(turn, reason) }, async () => {
    const draft = await makeDraft();
    turn.claimed = await claim(turn, intent, { channel: 'email', draft, settler: answerSettler(answer) });
    return true;
  });
  return claimed === null ? 'held' : 'claimed';
}

function answerSettler(answer: Answer): Settler<Turn> {
  return {
    canRepeat: ({ stage }) => stage !== 'disqualified',
    isLastTry: () => TRY_AGAIN_AFTER[answer.attempts] === undefined,
    async settled(turn, result) {
      if (result.status !== 'released') turn.send(deleteAnswer(turn.tx, answer.key));
      else oweAgain(turn, answer, result);
      await showDue(turn);
    },
  };
}

function oweAgain(turn: Turn, answer: Answer, result: EffectResult): void {
  const { outcome } = result;
  const next = nextAttempt(result, answer.attempts);
  const isRefused = outcome.kind === 'refused' && outcome.refusesUs !== true && !isOfMailbox(outcome);
  const why = 'reason' in outcome ? outcome.reason : 'the message was not given to the mail server';
  if (isRefused) holdFor(turn, `The mail server refuses our mail: ${why}`);
  else if (next === null) holdFor(turn, `${NOT_ACCEPTED} an answer after ${TRY_AGAIN_AFTER.length} attempts: ${why}`);
  const { afterMinutes, attempts } = (isRefused ? null : next) ?? { afterMinutes: 0, attempts: 0 };
  const dueAt = new Date(turn.atMs + afterMinutes * 60_000);
  turn.send(writeAnswer(turn.tx, { ...answer, dueAt, attempts }));
}
