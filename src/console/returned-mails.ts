/** Mails that came back and wait for a person: what they say, and what can be done. On the attention page and on that of the lead. */
import type { Request, Router } from 'express';
import { html } from 'hono/html';
import { actorHandle } from '../domain/actor.ts';
import { AppError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import type { LeadTies } from '../domain/policy.ts';
import { storedAddress } from '../domain/suppression.ts';
import {
  type InboundMail,
  listInbound,
  readInbound,
  readInbounds,
  settleBurst,
  settleInbound,
  unsubscribeByInbound,
} from '../store/inbound/inbound-mails.ts';
import { sendsInDoubt } from '../store/lists/sends-in-doubt.ts';
import type { StoreContext } from '../store/context.ts';
import type { ConsoleDeps } from './deps.ts';
import { chosen, field } from './fields.ts';
import { csrfField, type Html } from './layout.ts';
import { actionsFor } from './send-actions.ts';
import { actorAtAll, mayWith, requireAtAll, requireLead, type Visitor, visitorOf } from './session.ts';
import type { When } from './words.ts';

export const MAIL_DONE = {
  suppress: 'The address gets no more mail.',
  unsubscribe: 'The person is unsubscribed.',
  dismiss: 'The mail is dismissed: nothing follows from it.',
  'suppress-burst': 'The addresses of the burst get no more mail.',
  'dismiss-burst': 'The burst is dismissed: its addresses get mail as before.',
} as const;
type Doing = keyof typeof MAIL_DONE;

/** Where the visitor presses, and comes back to. */
type From = 'attention' | 'lead';

const PATH = '/console/attention/mails';
const RELOAD = 'Load the page again, and repeat.';
const MOST_SHOWN = 20;

/** What an entry of the attention page adds for a mail. Nothing for who may not settle mails: they may hold a person’s words. */
export async function returnedFor(
  { db }: StoreContext,
  visitor: Visitor,
  ids: readonly string[],
): Promise<(id: string) => Html | ''> {
  if (actorAtAll(visitor, 'settle-mail') === null) return () => '';
  const mails = await readInbounds(db, ids);
  return (id) => {
    const mail = mails.get(id);
    return mail === undefined ? '' : html`${words(mail)}${buttons(mail, visitor, 'attention', doingsFor(mail))}`;
  };
}

/** On the page of a lead: messages in doubt, and mails that came back and wait; nothing where there are none. */
export async function mailTrouble(
  { db }: StoreContext,
  visitor: Visitor,
  ties: LeadTies,
  at: When,
): Promise<{ section: Html | ''; ofAnswer(mail: InboundMail): Html | '' }> {
  const settles = actorAtAll(visitor, 'settle-mail') !== null;
  const ofAnswer = (mail: InboundMail): Html | '' => {
    if (mail.settledAt !== null || mail.did !== 'kept') return '';
    const able = settles ? doingsFor(mail) : mayWith(visitor, 'unsubscribe', ties) ? (['unsubscribe'] as const) : [];
    return able.length === 0 ? '' : buttons(mail, visitor, 'lead', able);
  };
  if (!settles) return { section: '', ofAnswer };
  const [doubtful, mails] = await Promise.all([
    sendsInDoubt(db, ties.leadId),
    listInbound(db, { waiting: true, lead: ties.leadId }, null, MOST_SHOWN),
  ]);
  const returned = mails.filter(({ verdict }) => verdict !== 'reply');
  if (doubtful.length + returned.length === 0) return { section: '', ofAnswer };
  const sendButtons = actionsFor(visitor, ties.leadId);
  const section = html`<section class="card">
    <h2>Mails that wait for a person</h2>
    <ul>
      ${doubtful.map(
        ({ id, templateKey, recordedAt }) =>
          html`<li>
            <span class="soft">${at(recordedAt)}</span> “${templateKey}” may or may not have left. ${sendButtons(id)}
          </li>`,
      )}
      ${returned.map(
        (mail) =>
          html`<li>
            <span class="soft">${at(mail.receivedAt)}</span>
            ${words(mail)}${buttons(mail, visitor, 'lead', doingsFor(mail))}
          </li>`,
      )}
    </ul>
  </section>`;
  return { section, ofAnswer };
}

/** What can follow from a mail. */
function doingsFor({ verdict, did, leadId, sendId, domain, recipient }: InboundMail): readonly Doing[] {
  if (verdict === 'reply') return leadId === null || sendId === null ? ['dismiss'] : ['unsubscribe', 'dismiss'];
  const isOfNobody = leadId === null && storedAddress(recipient ?? '') === null;
  const one: readonly Doing[] = isOfNobody || verdict === 'sender' ? ['dismiss'] : ['suppress', 'dismiss'];
  return did === 'quarantined' && domain !== null ? [...one, 'suppress-burst', 'dismiss-burst'] : one;
}

function words({ verdict, status, recipient, excerpt, asksRemoval, domain, did }: InboundMail): Html {
  const about = [
    verdict === 'reply' ? null : verdict,
    status,
    recipient === null ? null : `about ${recipient}`,
    did === 'quarantined' && domain !== null ? `one of many from ${domain}` : null,
  ].filter((part) => part !== null);
  return html`${asksRemoval ? html`<span class="badge">seems to ask for no more mail</span>` : ''}
  ${about.length === 0 ? '' : html`<p class="soft">${about.join(', ')}</p>`}
  ${
    excerpt === null
      ? ''
      : html`<details>
          <summary>What it says</summary>
          <blockquote>${excerpt}</blockquote>
        </details>`
  }`;
}

function buttons(mail: InboundMail, { csrf }: Visitor, from: From, doings: readonly Doing[]): Html {
  const labels: Readonly<Record<Doing, string>> = {
    suppress: mail.verdict === 'complaint' ? 'Send nothing to the address' : 'The address is gone for good',
    unsubscribe: 'Unsubscribe them',
    dismiss: mail.verdict === 'reply' ? 'I have seen to it' : 'Dismiss',
    'suppress-burst': `All from ${mail.domain ?? ''} are gone for good`,
    'dismiss-burst': `Dismiss all from ${mail.domain ?? ''}`,
  };
  return html`<form method="post" action="${PATH}">
    ${csrfField(csrf)}<input type="hidden" name="mail" value="${mail.id}" /><input
      type="hidden"
      name="from"
      value="${from}"
    />
    ${doings.map((doing) => html`<button name="do" value="${doing}">${labels[doing]}<span class="hidden"> (${mail.id.slice(-6)})</span></button> `)}
  </form>`;
}

export function mailActions(router: Router, { store, ring }: ConsoleDeps): void {
  router.post('/attention/mails', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    // A rep may unsubscribe a lead of theirs; all else is for who settles mails.
    if (field(request, 'do') !== 'unsubscribe') requireAtAll(visitor, 'settle-mail');
    const id = field(request, 'mail');
    const doing = chosen(request, 'do', MAIL_DONE, RELOAD);
    if (!isId('inboundMail', id)) throw new AppError('VALIDATION_FAILED', RELOAD);
    const back = await carryOut(visitor, request, id, doing);
    response.redirect(303, `${back}?done=${doing}`);
  });

  /** Answers with the page to go back to. @throws AppError, the refusal of the policy; MAIL_UNKNOWN, CONFLICT */
  async function carryOut(visitor: Visitor, request: Request, id: string, doing: Doing): Promise<string> {
    const actor = await actorOf(visitor, id, doing);
    const { leadId, domain } = await readInbound(store.db, id);
    if (doing === 'unsubscribe') ring((await unsubscribeByInbound(store, id, actor)).ringIds);
    else if (doing === 'suppress' || doing === 'dismiss')
      await settleInbound(store, id, { suppress: doing === 'suppress', actor });
    else if (domain !== null) await settleBurst(store, domain, { suppress: doing === 'suppress-burst', actor });
    return field(request, 'from') === 'lead' && leadId !== null ? `/console/leads/${leadId}` : '/console/attention';
  }

  async function actorOf(visitor: Visitor, id: string, doing: Doing): Promise<string> {
    if (doing !== 'unsubscribe' || actorAtAll(visitor, 'settle-mail') !== null)
      return actorHandle(requireAtAll(visitor, 'settle-mail'));
    const { leadId } = await readInbound(store.db, id);
    return actorHandle(await requireLead(store, visitor, 'unsubscribe', leadId ?? ''));
  }
}
