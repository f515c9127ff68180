/**
 * A mail that was sent, written again for its reader's browser. Neither the mail nor the values in it are kept: it is made of the pinned
 * template and of what is known of the lead today. The digest in its row says whether that gives the same mail.
 */
import type { KnownWords, Playbook } from '../domain/playbook.ts';
import { mayMail } from '../domain/consent.ts';
import { knownNeed } from '../domain/stated-words.ts';
import { zoneOfLead } from '../domain/lead-zone.ts';
import { render } from '../email/render.ts';
import type { RenderContext } from '../email/render-context.ts';
import type { Db } from '../store/db.ts';
import { readSentMail, type SentMail } from '../store/lists/sent-mail.ts';
import { leadMail } from './lead-mail.ts';
import { beginMail, contextDigest, type EmailDraft, type MailSource } from './mail-writer.ts';
import { addressOf, personOf } from './person.ts';

/** `language`: of its reader. */
export type ShownMail =
  | { kind: 'mail'; html: string; isAsSent: boolean; language: string | null }
  /** Its reader has left the list. */
  | { kind: 'unsubscribed'; language: string | null }
  /** There is no such mail any more, as after an erasure. */
  | { kind: 'gone' };

type Source = Pick<MailSource, 'mail'> & {
  /** Where the reader's own links lead instead: whoever was passed the address of the page must not act for the reader. */
  asks: string;
  /** Of the page itself: its mail leads there and to no fresh one, so that who was passed it keeps it no longer than its link lasts. */
  page: string;
  playbook: KnownWords & Pick<Playbook, 'defaultTimeZone' | 'brand' | 'utm'>;
};

/**
 * Without pixel and tracked links: whoever looks at a mail in a browser is not counted.
 * @throws AppError TEMPLATE_BROKEN for one that cannot be rendered with what is known today
 */
export async function sentMail(db: Db, { mail, playbook, asks, page }: Source, sendId: string): Promise<ShownMail> {
  const sent = await readSentMail(db, sendId);
  if (sent === null) return { kind: 'gone' };
  const { language } = sent.lead;
  const may = mayMail(sent.lead.email, sent.word, sent.send.topic ?? undefined);
  if (!may.may && may.reason.startsWith('unsubscribed')) return { kind: 'unsubscribed', language };
  const { brand, utm } = playbook;
  const begun = await beginMail({ mail, brand, utm }, { id: sendId, audience: 'lead' }, draftOf(sent, playbook));
  const { viewInBrowser, ...own } = begun.context.links;
  const links = {
    ...Object.fromEntries(Object.keys(own).map((name) => [name, asks])),
    ...(viewInBrowser === undefined ? {} : { viewInBrowser: page }),
  };
  const { html } = render(begun.compiled, { ...begun.context, links });
  return { kind: 'mail', html, isAsSent: isAsBegun(sent.send, begun.context), language };
}

/** The digest of a mail from before templates knew of the lead's request is without it. */
function isAsBegun({ id, contextDigest: written }: SentMail['send'], context: RenderContext): boolean {
  const { request: _ofLater, ...before } = context;
  return [context, before].some((one) => contextDigest(id, one) === written);
}

/** As the mail was begun, see leadMail and the broadcasts. */
function draftOf({ send, template, broadcastKey, ...sent }: SentMail, playbook: Source['playbook']): EmailDraft {
  const { lead, need, needTouch, enrollment } = sent;
  const at = send.occurredAt;
  if (broadcastKey === null)
    return leadMail(
      { playbook, picture: { lead, need, needTouch }, at },
      template,
      enrollment ?? undefined,
      send.stepId === null ? {} : { content: send.stepId },
    );
  return {
    template,
    to: addressOf(lead),
    origin: { campaign: broadcastKey, content: send.variant ?? template.key },
    context: {
      lead: personOf(lead),
      clock: { zone: zoneOfLead(lead, playbook.defaultTimeZone), at },
      campaign: null,
      need: need === null ? null : knownNeed(playbook, need),
    },
  };
}
