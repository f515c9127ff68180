import { newId } from '../domain/ids.ts';
import { compileTemplate } from '../email/compile.ts';
import { trackingFor } from '../email/links.ts';
import { buildAlertMessage, buildLeadMessage, messageIdOf } from '../email/message.ts';
import { render } from '../email/render.ts';
import type { RenderContext } from '../email/render-context.ts';
import type { TemplateSource } from '../email/template-source.ts';
import type { SendOutcome } from '../email/transport.ts';
import type { Lead } from '../store/generated/client.ts';
import { linkIds } from '../store/process/link-ids.ts';
import { releaseSend, sendExists, settleSend, writeSend } from '../store/process/sends.ts';
import { suppressAddress } from '../store/consent/suppress-address.ts';
import type { Delivery, Purpose } from './delivery.ts';
import type { ActivityDeps } from './deps.ts';
import type { Turn } from './turn.ts';

/** What a message is made from; the names of a lead and a rep go no further than the message. */
export interface Draft {
  /** The intent: unique, see `Send.key`. */
  key: string;
  audience: 'lead' | 'rep';
  template: TemplateSource;
  to: { address: string; name?: string };
  context: Omit<RenderContext, 'sender' | 'links'> & { links?: RenderContext['links'] };
  purpose: Purpose;
  assignmentId?: string;
}

/**
 * Renders a message and claims its send in the same transaction: a template that throws leaves no claim, and no message
 * leaves without a row that was committed before.
 */
export async function claim(turn: Turn, draft: Draft): Promise<void> {
  const { mail, db } = turn.deps;
  const sendId = newId('send');
  const compiled = await compileTemplate(draft.template);
  const unsubscribeUrl = `${mail.publicUrl.replace(/\/+$/, '')}/u/${mail.tokens.unsubscribe(sendId)}`;
  const forLead = draft.audience === 'lead';
  const context: RenderContext = {
    ...draft.context,
    sender: {
      companyName: mail.companyName,
      postalAddress: mail.postalAddress,
      name: mail.from.name ?? mail.companyName,
    },
    links: forLead ? { ...draft.context.links, unsubscribe: unsubscribeUrl } : { ...draft.context.links },
  };
  const tracking = forLead
    ? trackingFor(mail.publicUrl, mail.tokens, sendId, await linkIds(db, turn.tx, compiled.links))
    : undefined;
  const email = render(compiled, context, tracking);
  const common = { id: sendId, from: mail.from, to: draft.to, email, date: turn.at };
  const message = forLead
    ? buildLeadMessage({ ...common, unsubscribeUrl, topic: draft.template.topic })
    : buildAlertMessage(common);
  const attempt = newId('command');
  const step = draft.purpose.kind === 'step' ? draft.purpose : null;
  turn.send(
    writeSend(
      turn.tx,
      {
        id: sendId,
        key: draft.key,
        leadId: turn.lead.id,
        audience: draft.audience,
        enrollmentId: step?.enrollmentId ?? null,
        stepId: step?.stepId ?? null,
        pass: step?.pass ?? null,
        assignmentId: draft.assignmentId ?? null,
        templateKey: draft.template.key,
        templateHash: draft.template.hash,
        contentKind: draft.template.kind,
        messageId: messageIdOf(sendId, mail.from.address),
        attempt,
        occurredAt: turn.at,
      },
      'claimed',
    ),
  );
  turn.delivery = { sendId, attempt, message, assignmentId: draft.assignmentId ?? null, purpose: draft.purpose };
}

/** What a template may say of the lead to anybody; how to reach it is for mails to reps alone. */
export function personOf(lead: Lead): RenderContext['lead'] {
  const { firstName, lastName, company, jobTitle, country, language } = lead;
  return {
    firstName,
    lastName,
    company,
    jobTitle,
    country,
    language,
    attributes: lead.attributes as Record<string, unknown>,
  };
}

/** Hands the message over. Never throws: what happened is an outcome. */
export function deliver(deps: ActivityDeps, delivery: Delivery): Promise<SendOutcome> {
  return deps.mail.transport.send(delivery.message);
}

/** What became of a send, as the rest of the turn needs to know. */
export type Settled = 'sent' | 'in_doubt' | 'failed' | 'released' | 'not-ours' | 'gone';

/**
 * Writes the outcome; for a hard bounce of a lead's address also its suppression. Released: the claim is taken back, to be
 * tried again later (put off) or once somebody has seen to it (refused for our own fault).
 */
export async function settle(turn: Turn, delivery: Delivery, outcome: SendOutcome): Promise<Settled> {
  const { tx } = turn;
  const claimed = { id: delivery.sendId, attempt: delivery.attempt };
  const write = async (status: 'sent' | 'in_doubt' | 'failed', reason: string | null): Promise<Settled> => {
    const ours = await settleSend(tx, claimed, { status, reason, sentAt: status === 'sent' ? turn.at : null });
    if (ours) return status;
    // Taken back already, by a transaction of this attempt whose commit went through while its answer was lost.
    return (await sendExists(tx, delivery.sendId)) ? 'not-ours' : 'gone';
  };
  switch (outcome.kind) {
    case 'accepted':
      return write('sent', null);
    case 'in_doubt':
      return write('in_doubt', outcome.reason);
    case 'released':
      return (await releaseSend(tx, claimed)) ? 'released' : write('in_doubt', missed(outcome.reason));
    case 'refused':
      // For our own fault nobody got anything: the intent stands until the cause is gone.
      if (outcome.scope !== 'recipient')
        return (await releaseSend(tx, claimed)) ? 'released' : write('in_doubt', missed(outcome.reason));
      if (delivery.purpose.kind === 'step') {
        await suppressAddress(tx, {
          address: delivery.message.envelope.to,
          reason: 'hard-bounce',
          source: 'smtp',
          leadId: turn.lead.id,
          occurredAt: turn.at,
        });
      }
      return write('failed', outcome.reason);
  }
}

/** A later attempt was in doubt and has gone on to the next step: somebody is to know, as nobody tries again. */
function missed(reason: string): string {
  return `SMTP did not take it, and the lead has gone on meanwhile: ${reason}`;
}
