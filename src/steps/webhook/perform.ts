import { messageId } from '../../effects/http/message-id.ts';
import { afterMessage } from '../after-outcome.ts';
import { endWaits } from '../awaiting.ts';
import { renderText } from '../liquid-text.ts';
import { orHold } from '../or-hold.ts';
import type { StepPerformer, StepWork, Timing } from '../performer.ts';
import { answeredAttributes } from './answer.ts';
import { factsAsked, valuesOf } from './fields.ts';
import type { WebhookStep } from './position.ts';

type Work = StepWork<WebhookStep>;

/** What an earlier attempt left that may not have arrived. */
const REPEATED: ReadonlySet<string> = new Set(['claimed', 'in_doubt']);

const WORDS = { who: 'The receiver of the webhook', what: 'message' };

/**
 * Other than a mail, a webhook in doubt is repeated: it carries the same id each time, by which the receiver knows what it has.
 */
export const performWebhook: StepPerformer<WebhookStep> = {
  async perform(work) {
    const { step } = work;
    const timing = await timingOf(work);
    if (timing.kind === 'later' && timing.cap === undefined) {
      work.wait(timing);
      return false;
    }
    const before = await work.lookBack();
    if (before !== null && !REPEATED.has(before)) {
      work.performed(before);
      await work.goOn();
      return true;
    }
    // A repeat is the same message, which may have arrived: no cap counts it twice, and it is not late.
    if (before !== null) await work.takeBack();
    else if (timing.kind === 'later') {
      work.wait(timing);
      return false;
    }
    const content = { templateKey: step.id, topic: step.topic ?? null };
    const stale = timing.kind === 'skip' && before === null ? timing.reason : null;
    const reason = stale ?? (await work.reasonNotToSend('webhook', step.topic ?? null));
    if (reason === null) return claimOrHold(work, content);
    work.skip('webhook', content, reason);
    work.performed(`skipped: ${reason}`);
    await work.goOn();
    return true;
  },
  // Without a topic it asks for no consent. It still has to be a way to the lead.
  isUsable: async (work) =>
    work.turn.lead.phone !== null && (await work.reasonNotToSend('webhook', work.step.topic ?? null)) === null,
  afterOutcome: (work, result) =>
    afterMessage(work, result, WORDS, async () => {
      if (result.outcome.kind === 'accepted') await fillIn(work, result.outcome.answer);
      await work.goOn();
    }),
};

/** A post that is no message to the lead waits for the window alone: no cap counts it, and it is never too late. */
async function timingOf(work: Work): Promise<Timing> {
  const { topic } = work.step;
  if (topic !== undefined) return work.timing(topic);
  const openAtMs = work.inWindow();
  return openAtMs > work.turn.atMs ? { kind: 'later', atMs: openAtMs, because: null } : { kind: 'now' };
}

async function claimOrHold(work: Work, content: { templateKey: string; topic: string | null }): Promise<boolean> {
  const { turn, enrollment, step } = work;
  const facts = await turn.facts(factsAsked(step.send).map((name) => ({ [name]: { exists: true } })));
  const claimed = await orHold(work, async () => {
    const data = {
      lead: turn.lead.id,
      cadence: enrollment.cadence,
      step: step.id,
      ...(step.text === undefined ? {} : { text: renderText(turn, step.id, step.text) }),
      ...(step.send.length === 0 ? {} : { fields: valuesOf(step.send, turn.lead, facts) }),
    };
    await work.claim('webhook', { url: step.url, id: messageId(work.intentKey), data, secret: step.secret, content });
    return true;
  });
  return claimed ?? false;
}

/** The timeline names the fields that the answer filled in. What the lead or a person stated stays. */
async function fillIn(
  { turn, step, ...work }: Work,
  answer: Readonly<Record<string, unknown>> | undefined,
): Promise<void> {
  const { attributes } = turn.lead;
  const known = typeof attributes === 'object' && !Array.isArray(attributes) ? (attributes ?? {}) : {};
  const filled = answeredAttributes(step.answer?.attributes ?? [], known, answer ?? {});
  const names = Object.keys(filled);
  if (names.length === 0) return;
  turn.changeLead({ attributes: { ...known, ...filled } });
  const fields = names.map((name) => `attributes.${name}`);
  endWaits(turn, fields);
  turn.note({ action: 'lead.updated', data: { fields } });
  await work.regrade();
}
