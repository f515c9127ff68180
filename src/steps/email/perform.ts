import { MAIL_SERVER } from '../../domain/effect.ts';
import { AppError } from '../../domain/errors.ts';
import type { TemplateSource } from '../../domain/template.ts';
import { leadMail } from '../../effects/lead-mail.ts';
import { templateByHash } from '../../store/process/templates.ts';
import { parseTemplate } from '../../store/stored/template.ts';
import { afterMessage } from '../after-outcome.ts';
import { orHold } from '../or-hold.ts';
import type { StepPerformer, StepWork } from '../performer.ts';
import type { EmailStep } from './position.ts';

type Work = StepWork<EmailStep>;

const WORDS = { who: MAIL_SERVER, what: 'mail' };

export const performEmail: StepPerformer<EmailStep> = {
  perform,
  isUsable: async (work) => (await work.reasonNotToSend('email')) === null,
  afterOutcome: (work, result) => afterMessage(work, result, WORDS, () => work.goOn()),
};

/** Claims the send of a due step, skips it and records the reason, or waits until it may leave. */
async function perform(work: Work): Promise<boolean> {
  const template = await pinnedTemplate(work);
  const timing = await work.timing(template?.topic);
  if (timing.kind === 'later' && timing.cap === undefined) {
    work.wait(timing);
    return false;
  }
  // A cap counts the message of an earlier attempt of this step, too: that attempt is looked for before it is waited.
  const content = { templateKey: work.step.template, templateHash: template?.hash ?? null };
  const { before, hasGot } = await work.lookBackOn(content);
  if (before !== null) {
    work.performed(before === 'claimed' ? 'in doubt: not repeated' : before);
  } else if (timing.kind === 'later') {
    work.wait(timing);
    return false;
  } else {
    const stale = timing.kind === 'skip' ? timing.reason : null;
    const reason =
      (await reasonNotAgain(work, template, hasGot)) ?? stale ?? (await work.reasonNotToSend('email', template?.topic));
    if (reason === null) {
      const turn = await work.room(template);
      if (turn === null) return claimOrHold(work, template);
      work.wait(turn);
      return false;
    }
    work.skip('email', { templateKey: work.step.template, topic: template?.topic ?? null }, reason);
    work.performed(`skipped: ${reason}`);
  }
  await work.goOn();
  return true;
}

/** Why the lead has no use for the content, or not now. A step that says `again` gives also what the lead has. */
async function reasonNotAgain(work: Work, template: TemplateSource | null, hasGot: boolean): Promise<string | null> {
  const { again } = work.step;
  if (hasGot && again !== true) return 'already-got';
  if (template === null) return null;
  return work.reasonToPassOver(again === true ? { kind: template.kind } : template);
}

/** A template that cannot be rendered holds the lead at this step. What was done before stays on record. */
async function claimOrHold(work: Work, template: TemplateSource | null): Promise<boolean> {
  const claimed = await orHold(work, async () => {
    await work.claim(
      'email',
      leadMail(work.turn, template ?? missing(work), work.enrollment, { content: work.step.id }),
    );
    return true;
  });
  return claimed ?? false;
}

/** The template of the revision; null when it is not stored. */
async function pinnedTemplate({ turn, enrollment, step }: Work): Promise<TemplateSource | null> {
  const hashes = enrollment.revision.templates as Record<string, string>;
  const hash = hashes[step.template];
  return hash === undefined ? null : templateByHash(turn.deps.db, turn.tx, hash, parseTemplate);
}

function missing({ enrollment, step }: Work): never {
  throw new AppError(
    'TEMPLATE_BROKEN',
    `Template ‘${step.template}’ of ${enrollment.cadence}, revision ${enrollment.revision.number}, is not stored.`,
  );
}
