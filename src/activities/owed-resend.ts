import { AppError } from '../domain/errors.ts';
import { reasonNotToResend } from '../domain/resend.ts';
import type { Intent } from '../effects/channel.ts';
import type { EmailDraft } from '../effects/mail-writer.ts';
import { leadMail } from '../effects/lead-mail.ts';
import type { Send } from '../store/generated/client.ts';
import { runningOf } from '../store/process/picture.ts';
import { resendableOf } from '../store/process/resendable.ts';
import { templateByHash } from '../store/process/templates.ts';
import { parseTemplate } from '../store/stored/template.ts';
import type { Turn } from './turn.ts';

/** A mail that is owed to the lead, whatever owes it. */
export interface OwedMail {
  intent: Intent;
  topic: string | null;
  /** Why it does not go out; null: it does. */
  reason: string | null;
  /** @throws AppError TEMPLATE_BROKEN */
  draft(): EmailDraft | Promise<EmailDraft>;
}

/**
 * A message in doubt that a person had sent once more: the same words at the same place of the same cadence, in a send of its own.
 * Consent, suppression and stage are asked for anew: they may have changed since the person decided.
 */
export async function owedResend(turn: Turn, key: string): Promise<OwedMail | null> {
  const { tx, deps, lead, stage, picture } = turn;
  const send = await tx.send.findUnique({ where: { id: key.slice('resend:'.length) } });
  // The attempt that left it in doubt was alive after all, and has told what became of it.
  if (send === null || send.status !== 'in_doubt' || send.delivery !== null) return null;
  const { enrollmentId, stepId, pass } = send;
  const step =
    enrollmentId === null || stepId === null || pass === null ? {} : { step: { enrollmentId, stepId, pass } };
  const resendable = await resendableOf(deps.db, tx, send);
  return {
    intent: { key, audience: 'lead', resendOf: send.id, ...step },
    topic: send.topic,
    reason: reasonNotToResend(resendable, { stage, email: lead.email }, await turn.mailFacts()),
    async draft() {
      const template = send.templateHash && (await templateByHash(deps.db, tx, send.templateHash, parseTemplate));
      if (!template) throw new AppError('TEMPLATE_BROKEN', missing(send));
      const mail = leadMail(
        turn,
        template,
        runningOf(picture).find(({ id }) => id === enrollmentId),
        stepId === null ? {} : { content: stepId },
      );
      return resendable.isAnswer ? { ...mail, answers: { hasLeft: await turn.hasLeft(template.topic) } } : mail;
    },
  };
}

function missing({ templateKey }: Send): string {
  return `Template ‘${templateKey}’ of a message that is to be sent once more is not stored.`;
}
