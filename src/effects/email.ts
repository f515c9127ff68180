import { organizationBy } from '../domain/brand.ts';
import type { Playbook } from '../domain/playbook.ts';
import { type CompiledTemplate, compileTemplate } from '../email/compile.ts';
import { trackingFor } from '../email/links.ts';
import { inboundAddress } from '../email/inbound/address.ts';
import type { MailSettings } from '../email/mail-settings.ts';
import { buildAlertMessage, buildLeadMessage, messageIdOf } from '../email/message.ts';
import { addressesFor, render } from '../email/render.ts';
import type { RenderContext } from '../email/render-context.ts';
import type { TemplateSource } from '../domain/template.ts';
import { suppressAddress } from '../store/consent/suppress-address.ts';
import { linkIds, storeLeadLinks } from '../store/process/link-ids.ts';
import type { Channel, EffectTurn, Intent, Prepared } from './channel.ts';

/** The input for an email. */
export interface EmailDraft {
  template: TemplateSource;
  to: { address: string; name?: string };
  context: Omit<RenderContext, 'sender' | 'links'> & { links?: RenderContext['links'] };
}

/** A turn that can write a mail. */
export type EmailTurn = EffectTurn & {
  readonly deps: { readonly mail: MailSettings };
  readonly playbook: Pick<Playbook, 'brand'>;
};

/** Mail by SMTP. Rendering is part of preparing, so a template that throws leaves no claim. */
export const email = { addressOf: (lead) => lead.email, prepare } satisfies Channel<EmailDraft, EmailTurn>;

async function prepare(
  turn: EmailTurn,
  { id, audience }: { id: string; audience: Intent['audience'] },
  draft: EmailDraft,
): Promise<Prepared> {
  const { mail } = turn.deps;
  const { brand } = turn.playbook;
  const organization = organizationBy(brand, mail);
  const { template, to } = draft;
  const compiled = await compileTemplate(template);
  const unsubscribeUrl = `${mail.publicUrl.replace(/\/+$/, '')}/u/${mail.tokens.unsubscribe(id)}`;
  const forLead = audience === 'lead';
  const context: RenderContext = {
    ...draft.context,
    sender: { ...organization, name: mail.from.name ?? organization.companyName },
    ...(brand === undefined ? {} : { brand }),
    links: forLead ? { ...draft.context.links, unsubscribe: unsubscribeUrl } : { ...draft.context.links },
  };
  const tracking = forLead
    ? trackingFor(mail.publicUrl, mail.tokens, id, await storedLinks(turn, compiled, context))
    : undefined;
  const common = { id, from: mail.from, to, email: render(compiled, context, tracking), date: turn.at };
  const message = forLead
    ? buildLeadMessage({ ...common, ...returnAddresses(mail, id), unsubscribeUrl, topic: template.topic })
    : buildAlertMessage(common);
  return {
    content: {
      templateKey: template.key,
      templateHash: template.hash,
      contentKind: template.kind,
      topic: template.topic,
      messageId: messageIdOf(id, mail.from.address),
    },
    act: () => mail.transport.send(message),
    ...(forLead ? { recipientRefused: (settling) => suppress(settling, message.envelope.to) } : {}),
  };
}

/** Addresses with values of the lead are stored for this lead alone, and go with it. */
async function storedLinks(
  { deps, tx, lead }: EmailTurn,
  compiled: CompiledTemplate,
  context: RenderContext,
): Promise<{ linkIds: number[]; own: Map<string, number> }> {
  const ids = await linkIds(deps.db, tx, compiled.links);
  return { linkIds: ids, own: await storeLeadLinks(tx, lead.id, addressesFor(compiled, context)) };
}

function suppress(turn: EffectTurn, address: string): Promise<void> {
  const { id: leadId } = turn.lead;
  return suppressAddress(turn.tx, { address, reason: 'hard-bounce', source: 'smtp', leadId, occurredAt: turn.at });
}

/** Addresses of this send alone, so that a mail that comes back says which one it answers, whatever is in it. */
function returnAddresses(mail: MailSettings, sendId: string): { envelopeFrom?: string; unsubscribeMailbox?: string } {
  if (mail.inboundDomain === null) return {};
  const token = mail.tokens.mailbox(sendId);
  return {
    envelopeFrom: inboundAddress('bounce', token, mail.inboundDomain),
    unsubscribeMailbox: inboundAddress('unsubscribe', token, mail.inboundDomain),
  };
}
