/** What a person does with a message in doubt on the attention page: has it sent once more, or says that nothing follows. */
import type { Router } from 'express';
import { html } from 'hono/html';
import { AppError } from '../domain/errors.ts';
import { isId } from '../domain/ids.ts';
import { dismissSend } from '../store/process/dismiss-send.ts';
import { resendSend } from '../store/process/resend-send.ts';
import { settleRepMailByHand } from '../store/sales/settle-rep-mail.ts';
import type { ConsoleDeps } from './deps.ts';
import { chosen, field } from './fields.ts';
import type { Html } from './layout.ts';
import { actorAtAll, requireAtAll, type Visitor, visitorOf } from './session.ts';

/** The buttons for a message; nothing for who may not press them. */
export type Actions = (sendId: string) => Html | '';

/** @param leadId the page of the lead is returned to; without it the attention page */
export function actionsFor(visitor: Visitor, leadId?: string): Actions {
  if (actorAtAll(visitor, 'settle-mail') === null) return () => '';
  return (sendId) =>
    html`<form method="post" action="/console/attention/sends">
      <input type="hidden" name="csrf" value="${visitor.csrf}" />
      <input
        type="hidden"
        name="send"
        value="${sendId}"
      />${leadId === undefined ? '' : html`<input type="hidden" name="lead" value="${leadId}" />`}
      <button name="do" value="resend">Send once more<span class="hidden"> (${sendId.slice(-6)})</span></button>
      <button name="do" value="dismiss">Dismiss<span class="hidden"> (${sendId.slice(-6)})</span></button>
    </form>`;
}

const SEND_DONE = {
  resend: 'The message is sent once more.',
  dismiss: 'The message is dismissed: nothing follows from it.',
} as const;

/** What the page says afterwards. */
export const SEND_SAID = { resend: SEND_DONE.resend, 'dismiss-send': SEND_DONE.dismiss } as const;

export function sendActions(router: Router, { store, ring }: ConsoleDeps): void {
  router.post('/attention/sends', async (request, response) => {
    const visitor = await visitorOf(store, request, response);
    if (visitor === null) return;
    const actor = requireAtAll(visitor, 'settle-mail');
    const sendId = field(request, 'send');
    const what = chosen(request, 'do', SEND_DONE, 'Load the page again, and repeat.');
    if (!isId('send', sendId)) throw new AppError('VALIDATION_FAILED', 'Load the page again, and repeat.');
    if ((await settleRepMailByHand(store, sendId, what, actor)) === null) {
      if (what === 'resend') ring((await resendSend(store, sendId, actor)).ringIds);
      else await dismissSend(store, sendId, actor);
    }
    const leadId = field(request, 'lead');
    const back = isId('lead', leadId) ? `/console/leads/${leadId}` : '/console/attention';
    response.redirect(303, `${back}?done=${what === 'dismiss' ? 'dismiss-send' : what}`);
  });
}
