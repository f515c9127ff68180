import { createHash } from 'node:crypto';
import { type Brand, organizationBy } from '../domain/brand.ts';
import { inLanguage, type TemplateSource } from '../domain/template.ts';
import type { MailOrigin, UtmRule } from '../domain/utm.ts';
import { type CompiledTemplate, compileTemplate } from '../email/compile.ts';
import { addressFor } from '../email/inbound/address.ts';
import { addressesOf, type Tracking, trackingFor } from '../email/links.ts';
import type { MailSettings } from '../email/mail-settings.ts';
import {
  buildAlertMessage,
  buildAnswerMessage,
  buildLeadMessage,
  messageIdOf,
  type OutgoingMessage,
} from '../email/message.ts';
import { render } from '../email/render.ts';
import type { RenderContext } from '../email/render-context.ts';
import type { Sender } from '../domain/playbook.ts';
import type { Untracked } from '../domain/tracking.ts';
import { fromFor, type Owner, senderFor } from '../domain/sender.ts';
import { baseOf } from '../domain/public-url.ts';
import type { Content, Intent } from './channel.ts';

/** The input for an email. */
export interface EmailDraft {
  template: TemplateSource;
  to: { address: string; name?: string };
  context: Omit<RenderContext, 'sender' | 'links' | 'utm'> & { links?: RenderContext['links'] };
  /** Of a mail to a lead; without it the template is all that is known. */
  origin?: MailOrigin;
  /** Transactional, to a lead: it belongs to no list and is not tracked. */
  isNotice?: boolean;
  /** It answers a request of the lead, and so is transactional. To who has left the list it is of no list either, and is not tracked. */
  answers?: { hasLeft: boolean };
  /** The rep who has the lead. */
  owner?: Owner | null;
  /** What is not recorded of it, by the rules and the reader. */
  untracked?: Untracked | null;
}

/** What every mail of an installation is written with. */
export interface MailSource {
  mail: Pick<MailSettings, 'tokens' | 'publicUrl' | 'companyName' | 'postalAddress'> & {
    from: { name?: string | undefined };
  };
  brand: Brand | undefined;
  /** Of mails to leads, by topic. */
  senders?: readonly Sender[] | undefined;
  utm: UtmRule | undefined;
}

/** A mail whose tracked addresses are to be stored before its words are final. */
export interface BegunMail {
  id: string;
  /** Marketing to a lead: tracked, and can be left by one click. */
  forLead: boolean;
  unsubscribeUrl: string;
  draft: EmailDraft;
  compiled: CompiledTemplate;
  context: RenderContext;
  /** The fixed addresses to be stored, in the template's order. */
  links: string[];
}

/** The stored ids of the tracked addresses: of the template's, in its order, and of those with values of the lead. */
export interface StoredLinks {
  linkIds: readonly number[];
  own: ReadonlyMap<string, number>;
}

/** The days that "View in browser" works. */
const VIEW_LINK_DAYS = 90;

/** Names what a mail was written from, without telling it: the same digest, the same mail. The links are the send's own, and left out. */
export function contextDigest(sendId: string, { links: _own, ...context }: RenderContext): string {
  return createHash('sha256')
    .update(`${sendId} ${JSON.stringify(context)}`)
    .digest()
    .toString('base64url', 0, 16);
}

/** Begins the mail of a send. @throws AppError when its template cannot be compiled */
export async function beginMail(
  { mail, brand, utm: rule }: MailSource,
  { id, audience }: { id: string; audience: Intent['audience'] },
  draft: EmailDraft,
): Promise<BegunMail> {
  const organization = organizationBy(brand, mail);
  // A mail to a rep is about a lead, in the language of the organization.
  const worded = audience === 'lead' ? inLanguage(draft.template, draft.context.lead.language) : draft.template;
  const compiled = await compileTemplate(worded);
  const base = baseOf(mail.publicUrl);
  const unsubscribeUrl = `${base}/u/${mail.tokens.unsubscribe(id)}`;
  // People follow links in real time, however far the lead's clock is ahead.
  const viewInBrowser = `${base}/v/${mail.tokens.view(id, new Date(Date.now() + VIEW_LINK_DAYS * 86_400_000))}`;
  const { isNotice = false } = draft;
  const forLead = audience === 'lead' && !isNotice;
  const preferences = `${base}/preferences/${mail.tokens.preferences(id)}`;
  const toLead = {
    ...draft.context.links,
    preferences,
    ...(forLead ? { unsubscribe: unsubscribeUrl, viewInBrowser } : {}),
  };
  const { key } = draft.template;
  const utm = rule && forLead ? { rule, ...(draft.origin ?? { campaign: key, content: key }) } : undefined;
  const context: RenderContext = {
    ...draft.context,
    ...(utm === undefined ? {} : { utm }),
    sender: { ...organization, name: mail.from.name ?? organization.companyName },
    ...(brand === undefined ? {} : { brand }),
    links: audience === 'lead' ? toLead : { ...draft.context.links },
  };
  return { id, forLead, unsubscribeUrl, draft, compiled, context, links: addressesOf(compiled.links, utm) };
}

/**
 * Writes the message. `links`: of a mail to a lead, which is tracked.
 * @throws AppError TEMPLATE_BROKEN when its template cannot be rendered for this recipient
 */
export function finishMail(
  { mail, senders }: { mail: MailSettings; senders?: readonly Sender[] | undefined },
  { id, forLead, unsubscribeUrl, draft, compiled, context }: BegunMail,
  { at, links }: { at: Date; links: StoredLinks | null },
): { content: Content; message: OutgoingMessage } {
  const { template, to } = draft;
  const hasLeft = draft.answers?.hasLeft === true;
  const untracked = mail.tracking === false || hasLeft ? 'all' : (draft.untracked ?? null);
  const tracked =
    links === null || untracked === 'all' ? undefined : trackingFor(mail.publicUrl, mail.tokens, id, links);
  const tracking = tracked === undefined || untracked === null ? tracked : withoutPixel(tracked);
  const sender = forLead ? senderFor(senders, template) : undefined;
  const whose = fromFor(sender, mail.from, draft.owner ?? null);
  const common = { id, ...whose, to, email: render(compiled, context, tracking), date: at };
  const returns = returnAddresses(mail, id, sender);
  const named = { topic: template.topic, template: template.key, isAnswer: draft.answers !== undefined };
  const message = forLead
    ? hasLeft
      ? buildAnswerMessage({ ...common, ...returns, ...named })
      : buildLeadMessage({ ...common, ...returns, ...named, unsubscribeUrl })
    : buildAlertMessage({ ...common, ...(draft.isNotice === true ? returnPath(mail, id) : {}) });
  const content = {
    templateKey: template.key,
    templateHash: template.hash,
    contentKind: template.kind,
    // Caps and consent are asked about topics: a notice has none.
    topic: draft.isNotice === true ? null : template.topic,
    messageId: messageIdOf(id, whose.from.address),
    ...(forLead ? { contextDigest: contextDigest(id, context) } : {}),
    ...(forLead ? { untracked, ownLeaveAddress: true } : {}),
    ...(links === null ? {} : { linkCount: links.linkIds.length + (links.own?.size ?? 0) }),
  };
  return { content, message };
}

/** Clicks are recorded, opens are not. */
function withoutPixel({ pixel: _none, ...clicks }: Tracking): Tracking {
  return clicks;
}

/** Addresses of this send alone, so that a mail that comes back says which one it answers, whatever is in it. */
function returnAddresses(
  mail: MailSettings,
  sendId: string,
  sender: Sender | undefined,
): { envelopeFrom?: string; unsubscribeMailbox?: string } {
  if (mail.inboundDomain === null) return {};
  const domain = sender?.returnDomain ?? mail.inboundDomain;
  const named = { tokens: mail.tokens, sendId, domain };
  return { envelopeFrom: addressFor('bounce', named), unsubscribeMailbox: addressFor('unsubscribe', named) };
}

function returnPath(mail: MailSettings, sendId: string): { envelopeFrom?: string } {
  if (mail.inboundDomain === null) return {};
  return { envelopeFrom: addressFor('bounce', { tokens: mail.tokens, sendId, domain: mail.inboundDomain }) };
}
